import { bytesOf, responseParts } from '@vigia/expression';
import type { Headers, LastError, MessageBody, MutableUrl, PolicyContext, PolicyTrace } from '../context.ts';
import { asText } from '../value-text.ts';
import type { SecretMask } from './mask-secrets.ts';
import type { PolicyPlace, PolicyTracer } from './policy-tracer.ts';

/** A message as a trace shows it, secrets masked. */
export interface TracedMessage {
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: no body, or one that was only a stream at the time. Cut at `bodyCharacters`. */
  readonly body?: string;
}

/** What policies can change of a request, at one moment. */
export interface TracedState {
  readonly request: TracedMessage & { readonly method: string; readonly url: string };
  readonly response?: TracedMessage & { readonly status: number; readonly reason: string };
  readonly backendId?: string;
  /** What a header would show of each value. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface TraceEntry {
  readonly place: PolicyPlace;
  /** How deep it stands in its section; 0: directly. */
  readonly depth: number;
  /** Milliseconds since the trace began. */
  readonly startedMs: number;
  /** Milliseconds; absent while the policy has not ended. */
  readonly elapsedMs?: number;
  readonly outcome?: 'end' | 'answered';
  readonly error?: LastError;
  readonly before: TracedState;
  readonly after?: TracedState;
  readonly messages: readonly PolicyTrace[];
}

export interface CollectedTrace {
  /** In the order in which the policies began. */
  readonly entries: readonly TraceEntry[];
  /** Messages of no policy. */
  readonly messages: readonly PolicyTrace[];
  /** Policies that ran and are not in `entries`: the trace was full. */
  readonly left: number;
}

export interface TraceCollector extends PolicyTracer {
  /** The state as it is now, masked. */
  state(context: PolicyContext): TracedState;
  collected(): CollectedTrace;
}

const defaults = { entries: 1000, bodyCharacters: 8192, valueCharacters: 2048 };

/**
 * Keeps the trace of one request, bounded.
 *
 * @param now milliseconds of a clock that only goes forward (`performance.now`).
 */
export function collectTrace(
  mask: SecretMask,
  now: () => number,
  limits: Partial<typeof defaults> = {},
): TraceCollector {
  const { entries: most, bodyCharacters, valueCharacters } = { ...defaults, ...limits };
  const begun = now();
  const entries: Writable<TraceEntry>[] = [];
  const open: Writable<TraceEntry>[] = [];
  const loose: PolicyTrace[] = [];
  let left = 0;

  const cut = (text: string, length: number): string =>
    text.length > length ? `${text.slice(0, length)}… (${text.length} characters)` : text;
  const textOf = (text: string, length: number): string => cut(mask.text(text), length);
  const headersOf = (headers: Headers): Record<string, string> =>
    Object.fromEntries(
      [...headers.entries()].map(([name, values]) => [
        name,
        cut(mask.header(name, values.join(', ')), valueCharacters),
      ]),
    );
  // A body that stays the same from policy to policy is kept once.
  const bodies = new WeakMap<Uint8Array, string>();
  const bodyOf = (body: MessageBody | undefined): { body?: string } => {
    const bytes = body?.bytes;
    if (!bytes) return {};
    const text = bodies.get(bytes) ?? textOf(new TextDecoder().decode(bytes), bodyCharacters);
    bodies.set(bytes, text);
    return { body: text };
  };
  const urlOf = ({ scheme, host, port, path, query }: MutableUrl): string => {
    const standard = scheme === 'https' ? 443 : 80;
    const search = query.map(([name, value]) => `${name}=${mask.parameter(name, value)}`).join('&');
    return `${scheme}://${host}${port === standard ? '' : `:${port}`}${mask.text(path)}${search === '' ? '' : `?${search}`}`;
  };
  const shown = (value: unknown): string => {
    const response = responseParts(value);
    if (response) return `IResponse ${response.status} ${response.reason}`;
    const bytes = bytesOf(value);
    return bytes ? `byte[${bytes.byteLength}]` : textOf(asText(value), valueCharacters);
  };
  const stateOf = ({ request, response, backendId, variables }: PolicyContext): TracedState => ({
    request: {
      method: request.method,
      url: urlOf(request.url),
      headers: headersOf(request.headers),
      ...bodyOf(request.body),
    },
    ...(response
      ? {
          response: {
            status: response.status,
            reason: response.reason,
            headers: headersOf(response.headers),
            ...bodyOf(response.body),
          },
        }
      : {}),
    ...(backendId === undefined ? {} : { backendId }),
    variables: Object.fromEntries([...variables].map(([name, value]) => [name, shown(value)])),
  });

  return {
    state: stateOf,
    enter(place, context) {
      if (entries.length >= most) {
        left++;
        return () => undefined;
      }
      const startedMs = now() - begun;
      const entry: Writable<TraceEntry> = {
        place,
        depth: place.path.split('/').length - 1,
        startedMs,
        before: stateOf(context),
        messages: [],
      };
      entries.push(entry);
      open.push(entry);
      const from = now();
      return ({ outcome, error }) => {
        entry.elapsedMs = now() - from;
        entry.after = stateOf(context);
        if (outcome !== undefined) entry.outcome = outcome;
        if (error !== undefined) entry.error = { ...error, message: mask.text(error.message) };
        open.splice(open.lastIndexOf(entry), 1);
      };
    },
    message({ source, level, message, metadata }) {
      const masked: PolicyTrace = {
        source,
        level,
        message: textOf(message, valueCharacters),
        ...(metadata
          ? {
              metadata: Object.fromEntries(
                Object.entries(metadata).map(([name, value]) => [name, textOf(value, valueCharacters)]),
              ),
            }
          : {}),
      };
      const inner = open.at(-1);
      if (inner) inner.messages.push(masked);
      else loose.push(masked);
    },
    collected: () => ({ entries, messages: loose, left }),
  };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };
