import { type CSharp, loadCSharp } from '@vigia/expression';
import {
  BytesBody,
  type CheckOptions,
  type CollectedTrace,
  collectTrace,
  createLocalServices,
  createPolicyCompiler,
  createSecretMask,
  type EmittedMetric,
  FollowUps,
  HeaderMap,
  type OutgoingCall,
  type PolicyClock,
  type PolicyContext,
  type PolicyResponse,
  type PolicyScope,
  type PolicyServices,
  type PolicyTrace,
  type TraceCollector,
} from './index.ts';

/** An answer of a backend, or of a service that a policy calls. */
export interface GivenAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The call fails before it has an answer. */
  readonly fails?: Error;
}

export interface GivenRequest {
  readonly method?: string;
  /** With its query. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly ip?: string;
  /** `null`: without a subscription. */
  readonly subscription?: string | null;
  /** Milliseconds that pass before the request. */
  readonly after?: number;
}

export interface Given {
  /** What stands in inbound, or a whole document. */
  readonly policy: string;
  readonly backend?: string;
  readonly outbound?: string;
  readonly onError?: string;
  readonly scope?: PolicyScope;
  readonly fragments?: CheckOptions['fragments'];
  readonly namedValues?: CheckOptions['namedValues'];
  readonly backends?: readonly { readonly id: string; readonly url?: string }[];
  readonly loggers?: CheckOptions['loggers'];
  readonly requests?: readonly GivenRequest[];
  readonly answer?: GivenAnswer | ((context: PolicyContext, call: number) => GivenAnswer);
  readonly send?: (call: OutgoingCall, nth: number) => GivenAnswer;
  readonly operation?: PolicyContext['operation'];
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly now?: number;
  readonly isTraced?: boolean;
}

export interface Outcome {
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly error: { readonly source: string; readonly reason: string; readonly message: string } | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  /** What the backend got. */
  readonly forwarded: readonly {
    readonly method: string;
    readonly url: string;
    readonly body: string;
    readonly headers: Readonly<Record<string, string>>;
  }[];
  readonly traces: readonly PolicyTrace[];
  readonly trace?: CollectedTrace;
}

export interface Run {
  readonly outcomes: readonly Outcome[];
  readonly last: Outcome;
  readonly sent: readonly {
    readonly method: string;
    readonly url: string;
    readonly body: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly backendId: string | undefined;
  }[];
  readonly metrics: readonly EmittedMetric[];
}

/** One line of a policy's table: what is given, and what comes of it (or which mistakes are told at save). */
export interface PolicyCase {
  readonly given: Given | string;
  /** Parts of the `Run`. */
  readonly expect?: object;
  /** Parts of the sentences, in order; [] where there is none. */
  readonly mistakes?: readonly string[];
}

/** What `expect(await resultOf(case)).toMatchObject(expectedOf(case))` compares. */
export async function resultOf({ given, mistakes }: PolicyCase): Promise<object> {
  const whole = typeof given === 'string' ? { policy: given } : given;
  if (!mistakes) return await runPolicy(whole);
  const told = await mistakesOf(whole);
  // The part that is expected, where it is in the sentence; else the whole sentence, which then shows in the test's output.
  return {
    mistakes: told.map((sentence, nth) => (sentence.includes(mistakes[nth] ?? '\n') ? mistakes[nth] : sentence)),
  };
}
export const expectedOf = ({ expect = {}, mistakes }: PolicyCase): object => (mistakes ? { mistakes } : expect);

let csharp: Promise<CSharp> | undefined;
export const csharpOnce = (): Promise<CSharp> => (csharp ??= loadCSharp());

export const textOf = (bytes: Uint8Array | undefined): string => (bytes ? new TextDecoder().decode(bytes) : '');
const bodyOf = (body: unknown): BytesBody | undefined =>
  body === undefined ? undefined : new BytesBody(typeof body === 'string' ? body : JSON.stringify(body));
const recordOf = (headers: PolicyContext['request']['headers'] | undefined): Record<string, string> =>
  Object.fromEntries([...(headers?.entries() ?? [])].map(([name, values]) => [name.toLowerCase(), values.join(',')]));

/** Wraps what a case gives into a whole document. */
export function documentOf({ policy, backend, outbound, onError }: Given): string {
  if (/<policies[\s>]/.test(policy)) return policy;
  return `<policies><inbound><base />${policy}</inbound><backend>${backend ?? '<base />'}</backend><outbound><base />${
    outbound ?? ''
  }</outbound><on-error><base />${onError ?? ''}</on-error></policies>`;
}

/** Every mistake of the case's document, as text. */
export async function mistakesOf(given: Given): Promise<readonly string[]> {
  const compiler = createPolicyCompiler(await csharpOnce());
  return compiler
    .check(documentOf(given), { scope: given.scope ?? 'api', ...surroundingsOf(given) })
    .map(({ code, message }) => `${code}: ${message}`);
}

const surroundingsOf = ({ fragments, namedValues, backends, loggers }: Given) => ({
  ...(fragments ? { fragments } : {}),
  ...(namedValues ? { namedValues } : {}),
  ...(backends ? { backends } : {}),
  ...(loggers ? { loggers } : {}),
});

/** A clock that stands still until somebody waits. */
export function heldClock(
  now: number,
): PolicyClock & { advance(milliseconds: number): void; readonly waits: number[] } {
  let at = now;
  const waits: number[] = [];
  return {
    waits,
    now: () => at,
    advance: (milliseconds) => {
      at += milliseconds;
    },
    delay: async (milliseconds) => {
      waits.push(milliseconds);
      at += milliseconds;
    },
  };
}

/** Runs requests one after another through the compiled document, over real services in memory. */
export async function runPolicy(given: Given): Promise<Run> {
  const compiler = createPolicyCompiler(await csharpOnce());
  const { pipeline, diagnostics } = compiler.compile({
    documents: [{ scope: given.scope ?? 'api', text: documentOf(given) }],
    ...surroundingsOf(given),
  });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));

  const clock = heldClock(given.now ?? Date.UTC(2026, 0, 14, 10, 20, 30));
  const sent: Run['sent'][number][] = [];
  const metrics: EmittedMetric[] = [];
  const detached: Promise<unknown>[] = [];
  const send = async (call: OutgoingCall): Promise<PolicyResponse> => {
    sent.push({
      method: call.method,
      url: call.url,
      headers: recordOf(call.headers),
      body: textOf(call.body),
      backendId: call.backendId,
    });
    if (!given.send) throw new Error(`Nobody answers ${call.url}.`);
    return answerOf(given.send(call, sent.length));
  };
  const local = createLocalServices({ clock, send });
  const outcomes: Outcome[] = [];
  for (const request of given.requests ?? [{}]) {
    clock.advance(request.after ?? 0);
    const forwarded: Outcome['forwarded'][number][] = [];
    const services: PolicyServices = {
      ...local,
      send,
      managedIdentityToken: async (resource) => `token for ${resource}`,
      detach: (work) => detached.push(work),
      emitMetric: (_context, metric) => metrics.push(metric),
      // A token a word: enough to see who counts what.
      tokens: {
        text: async (_model, text) => wordsOf(text),
        chat: async (_model, messages) =>
          messages.reduce((sum, { content }) => sum + (typeof content === 'string' ? wordsOf(content) : 0), 0),
      },
      forward: async (context) => {
        const { url, method, body, headers } = context.request;
        const query = url.query.map(([name, value]) => `${name}=${value}`).join('&');
        forwarded.push({
          method,
          url: `${url.scheme}://${url.host}${url.path}${query === '' ? '' : `?${query}`}`,
          body: textOf(await body?.buffer()),
          headers: recordOf(headers),
        });
        const { answer = {} } = given;
        return answerOf(typeof answer === 'function' ? answer(context, forwarded.length) : answer);
      },
    };
    const context = contextOf(request, given, services);
    if (request.method === 'OPTIONS' && pipeline.preflight(context)) await context.followUps.beforeAnswer(context);
    else await pipeline.run(context);
    const body = textOf(await context.response?.body?.buffer());
    const failures = await context.followUps.settled();
    if (failures.length > 0) throw failures[0];
    await Promise.allSettled(detached);
    outcomes.push({
      status: context.response?.status,
      reason: context.response?.reason,
      headers: recordOf(context.response?.headers),
      body,
      error: context.lastError,
      variables: Object.fromEntries(context.variables),
      forwarded,
      traces: context.traces,
      ...(context.tracer ? { trace: context.tracer.collected() } : {}),
    });
  }
  const last = outcomes.at(-1);
  if (!last) throw new Error('The case has no request.');
  return { outcomes, last, sent, metrics };
}

const wordsOf = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length;

function answerOf({ status = 200, headers = {}, body, fails }: GivenAnswer): PolicyResponse {
  if (fails) throw fails;
  return {
    status,
    reason: status === 200 ? 'OK' : '',
    headers: new HeaderMap(Object.entries(headers)),
    body: bodyOf(body),
  };
}

function contextOf(
  request: GivenRequest,
  given: Given,
  services: PolicyServices,
): PolicyContext & { readonly traces: PolicyTrace[]; readonly tracer?: TraceCollector } {
  const [path = '/', search = ''] = (request.path ?? '/deployments/gpt-4o/chat/completions').split('?');
  const query = [...new URLSearchParams(search)] as [string, string][];
  const traces: PolicyTrace[] = [];
  const secrets = (given.namedValues ?? []).filter(({ secret }) => secret).map(({ value }) => value);
  // What the service's identity gives is a secret as well.
  const mask = createSecretMask({ values: [...secrets, 'token for r'] });
  const tracer = given.isTraced ? collectTrace(mask, () => performance.now()) : undefined;
  const id = request.subscription === undefined ? 'sub-1' : request.subscription;
  return {
    requestId: '00000000-0000-0000-0000-000000000001',
    timestamp: new Date(services.clock.now()),
    elapsedMs: () => 1,
    deployment: { region: 'East US', serviceName: 'apim', serviceId: 'apim', gatewayId: 'managed' },
    api: {
      id: 'openai',
      displayName: 'Azure OpenAI',
      revision: '1',
      isCurrent: true,
      path: 'openai',
      serviceUrl: 'https://backend.test/openai',
      protocols: ['https'],
      subscriptionRequired: true,
      subscriptionKeyParameterNames: { header: 'api-key', query: 'key' },
      operations: [],
    },
    operation: given.operation ?? {
      id: 'ChatCompletions_Create',
      displayName: 'Chat',
      method: 'POST',
      urlTemplate: '/deployments/{deployment-id}/chat/completions',
    },
    product: undefined,
    subscription:
      id === null
        ? undefined
        : {
            id,
            displayName: id,
            scope: { kind: 'allApis' },
            state: 'active',
            primaryKey: '',
            secondaryKey: '',
            allowTracing: false,
            createdDate: '2026-01-01T00:00:00Z',
            key: 'key',
          },
    request: {
      method: request.method ?? 'POST',
      originalUrl: { scheme: 'https', host: 'gateway.test', port: 443, path: `/openai${path}`, query },
      url: { scheme: 'https', host: 'backend.test', port: 443, path: `/openai${path}`, query: [...query] },
      headers: new HeaderMap(Object.entries({ 'Content-Type': 'application/json', ...request.headers })),
      body: bodyOf(request.body),
      ipAddress: request.ip ?? '203.0.113.7',
      matchedParameters: {},
    },
    response: undefined,
    variables: new Map(Object.entries(given.variables ?? {})),
    lastError: undefined,
    backendId: undefined,
    services,
    followUps: new FollowUps(),
    trace: (entry) => {
      traces.push(entry);
      tracer?.message(entry);
    },
    traces,
    ...(tracer ? { tracer } : {}),
  };
}
