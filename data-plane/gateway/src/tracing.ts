import type { Clock } from '@vigia/contract';
import { changesOf, collectTrace, createSecretMask, HeaderMap, type TraceChange, type TraceEntry } from '@vigia/policy';
import type { RequestRun } from './request-run.ts';

/** What a debug credential opens. */
export interface DebugGrant {
  readonly serviceId: string;
  readonly apiId: string;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
}

export interface RequestTraceEntry {
  /** The policy, or `api-inspector`, `handler`. */
  readonly source: string;
  /** ISO 8601. */
  readonly timestamp: string;
  /** Since the request came: `00:00:00.0012345`. */
  readonly elapsed: string;
  readonly data: RequestTraceData;
}

export interface RequestTraceData {
  readonly message?: readonly string[];
  readonly scope?: string;
  /** `choose[1]/when[2]/set-header[1]`, within the section of the scope's document. */
  readonly path?: string;
  readonly position?: { readonly line: number; readonly column: number; readonly fragment?: string };
  /** Of the policy alone, with those inside of it. */
  readonly duration?: string;
  readonly changes?: readonly TraceChange[];
  readonly error?: { readonly reason: string; readonly message: string };
  readonly request?: object;
  readonly response?: object;
  readonly configuration?: object;
}

/** API Management's form of a trace. */
export interface RequestTrace {
  readonly serviceName: string;
  readonly traceId: string;
  readonly traceEntries: Readonly<
    Record<'inbound' | 'backend' | 'outbound' | 'on-error', readonly RequestTraceEntry[]>
  >;
}

const credentialHeader = 'Apim-Debug-Authorization';
/** Response headers that say what became of the credential. */
const traceHeader = 'Apim-Trace-Id';
const expiredHeader = 'Apim-Debug-Authorization-Expired';
const wrongApiHeader = 'Apim-Debug-Authorization-WrongAPI';

const answers = new WeakMap<RequestRun, string>();

/** Looks at the request's debug credential, which goes no further. A call that may not be traced runs all the same. */
export function askForTrace(
  run: RequestRun,
  grantOf: (credential: string) => DebugGrant | undefined,
  clock: Clock,
): 'granted' | undefined {
  const credential = run.request.headers.get(credentialHeader)?.[0];
  if (credential === undefined) return undefined;
  run.request.headers.delete(credentialHeader);
  const grant = grantOf(credential);
  if (grant === undefined) return undefined;
  const same = (a: string, b: string | undefined): boolean => a.toLowerCase() === b?.toLowerCase();
  if (!same(grant.serviceId, run.facts.service.service.id) || !same(grant.apiId, run.api?.id)) {
    answers.set(run, wrongApiHeader);
    return undefined;
  }
  if (grant.expiresAt <= clock.now()) {
    answers.set(run, expiredHeader);
    return undefined;
  }
  answers.set(run, traceHeader);
  return 'granted';
}

/** Says in the answer what became of the debug credential. */
export function tellTrace(run: RequestRun): void {
  const header = answers.get(run);
  if (header === undefined) return;
  run.response ??= { status: 200, reason: 'OK', headers: new HeaderMap(), body: undefined };
  (run.overrule ?? run.response).headers.set(header, [header === traceHeader ? run.requestId : 'true']);
}

export interface TraceStore {
  /** Gives the run a tracer, and keeps what it collects. */
  begin(run: RequestRun): void;
  get(serviceId: string, traceId: string): RequestTrace | undefined;
}

const keptMs = 3_600_000;
const most = 100;
const limits = { entries: 300, bodyCharacters: 8192, valueCharacters: 1024 };

/** The newest hundred traces of the last hour, in memory. */
export function createTraceStore(clock: Clock): TraceStore {
  const kept = new Map<
    string,
    { readonly at: number; readonly serviceId: string; readonly show: () => RequestTrace }
  >();
  const forget = (): void => {
    for (const [id, { at }] of kept) {
      if (kept.size <= most && clock.now() - at < keptMs) return;
      kept.delete(id);
    }
  };
  return {
    begin(run) {
      const { service } = run.facts.service;
      const { header, query } = run.api?.subscriptionKeyParameterNames ?? {};
      const mask = createSecretMask({
        values: service.namedValues.filter(({ secret }) => secret).map(({ value }) => value),
        ...(header === undefined ? {} : { headers: [header] }),
        ...(query === undefined ? {} : { parameters: [query] }),
      });
      const tracer = collectTrace(mask, () => performance.now(), limits);
      run.tracer = tracer;
      const request = tracer.state(run).request;
      const configuration = {
        api: { from: `/${run.api?.path ?? ''}`, to: run.api?.serviceUrl ?? null, revision: run.api?.revision ?? null },
        operation: run.operation && { method: run.operation.method, uriTemplate: run.operation.urlTemplate },
      };
      const at = run.facts.receivedAt;
      const begun: readonly RequestTraceEntry[] = [
        { source: 'api-inspector', timestamp: new Date(at).toISOString(), elapsed: timespan(0), data: { request } },
        { source: 'handler', timestamp: new Date(at).toISOString(), elapsed: timespan(0), data: { configuration } },
      ];
      const { requestId } = run;
      const entriesOf = (section: string): readonly RequestTraceEntry[] =>
        tracer
          .collected()
          .entries.filter(({ place }) => place.section === section)
          .map((entry) => entryOf(entry, at));
      const show = (): RequestTrace => ({
        serviceName: service.name,
        traceId: requestId,
        traceEntries: {
          inbound: [...begun, ...entriesOf('inbound')],
          backend: entriesOf('backend'),
          outbound: entriesOf('outbound'),
          'on-error': entriesOf('on-error'),
        },
      });
      kept.set(requestId, { at: clock.now(), serviceId: service.id.toLowerCase(), show });
      forget();
    },
    get(serviceId, traceId) {
      forget();
      const found = kept.get(traceId.toLowerCase());
      return found?.serviceId === serviceId.toLowerCase() ? found.show() : undefined;
    },
  };
}

function entryOf(entry: TraceEntry, receivedAt: number): RequestTraceEntry {
  const { place, startedMs, elapsedMs, error, messages } = entry;
  const { policy, scope, path, line, column, fragment } = place;
  return {
    source: policy,
    timestamp: new Date(receivedAt + startedMs).toISOString(),
    elapsed: timespan(startedMs),
    data: {
      ...(messages.length === 0 ? {} : { message: messages.map(({ message }) => message) }),
      scope,
      path,
      position: { line, column, ...(fragment === undefined ? {} : { fragment }) },
      ...(elapsedMs === undefined ? {} : { duration: timespan(elapsedMs) }),
      changes: changesOf(entry),
      ...(error ? { error: { reason: error.reason, message: error.message } } : {}),
    },
  };
}

/** Milliseconds as .NET prints a TimeSpan: `00:00:00.0012345`. */
function timespan(milliseconds: number): string {
  const ticks = Math.round(milliseconds * 10_000);
  const seconds = Math.floor(ticks / 10_000_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':');
  return `${clock}.${String(ticks % 10_000_000).padStart(7, '0')}`;
}
