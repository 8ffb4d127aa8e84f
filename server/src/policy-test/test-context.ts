import { randomUUID } from 'node:crypto';
import type { CSharp } from '@vigia/expression';
import { OperationTree, segmentsOf } from '@vigia/gateway';
import { FollowUps, HeaderMap, type PolicyContext, type PolicyTrace, type TraceCollector } from '@vigia/policy';
import type { Given } from './test-file-schema.ts';
import { bodyOf, type HeldClock, type TestServices } from './test-services.ts';

export interface TestContext extends PolicyContext {
  readonly traces: readonly PolicyTrace[];
}

/** A case that cannot be run as it is given. */
export class GivenError extends Error {
  override readonly name = 'GivenError';
}

/** The request of a case as the gateway would hand it to the pipeline, behind the choice of API and operation. */
export function createTestContext(
  given: Given,
  parts: {
    readonly csharp: CSharp;
    readonly clock: HeldClock;
    readonly services: TestServices['services'];
    readonly tracer: TraceCollector;
  },
): TestContext {
  const { clock, tracer, services } = parts;
  const api = apiOf(given);
  const operation = operationOf(given);
  const started = clock.now();
  const url = new URL(given.request?.url ?? `/${api.path}`, 'https://gateway.test');
  const query = [...url.searchParams] as [string, string][];
  const prefix = api.path === '' ? '' : `/${api.path}`;
  if (url.pathname !== prefix && !url.pathname.toLowerCase().startsWith(`${prefix.toLowerCase()}/`)) {
    throw new GivenError(`The URL ${url.href} is not one of the API with the path '${api.path}'.`);
  }
  const rest = url.pathname.slice(prefix.length);
  const method = (given.request?.method ?? operation.method).toUpperCase();
  const service = new URL(api.serviceUrl);
  const port = ({ protocol, port: named }: URL): number =>
    named === '' ? (protocol === 'https:' ? 443 : 80) : Number(named);
  const { keyHeader, keyParameter } = keysOf(given);
  const subscription = subscriptionOf(given, clock.now());
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(given.request?.headers ?? {})) headers.set(name, [value]);
  const body = given.request?.body;
  if (body !== undefined && typeof body !== 'string' && !headers.has('Content-Type')) {
    headers.set('Content-Type', ['application/json']);
  }
  const traces: PolicyTrace[] = [];
  const context: TestContext = {
    requestId: randomUUID(),
    timestamp: new Date(started),
    now: () => clock.now(),
    elapsedMs: () => clock.now() - started,
    deployment: {
      region: given.service?.region ?? 'East US',
      serviceName: given.service?.name ?? 'apim',
      serviceId: given.service?.name ?? 'apim',
      gatewayId: 'managed',
    },
    api: { ...api, subscriptionKeyParameterNames: { header: keyHeader, query: keyParameter }, operations: [operation] },
    operation,
    product: given.product && {
      id: given.product.id,
      displayName: given.product.name ?? given.product.id,
      state: 'published',
      subscriptionRequired: true,
      apis: [api.id],
    },
    subscription,
    request: {
      method,
      originalUrl: {
        scheme: url.protocol.slice(0, -1),
        host: url.hostname,
        port: port(url),
        path: url.pathname,
        query,
      },
      url: {
        scheme: service.protocol.slice(0, -1),
        host: service.hostname,
        port: port(service),
        path: `${service.pathname.replace(/\/$/, '')}${rest}` || '/',
        query: query.filter(([name]) => name.toLowerCase() !== keyParameter.toLowerCase()),
      },
      headers,
      body: bodyOf(body),
      ipAddress: given.request?.ip ?? '203.0.113.7',
      matchedParameters: given.operation ? parametersOf(operation, { method, rest, query }) : {},
    },
    response: undefined,
    variables: new Map(),
    lastError: undefined,
    backendId: undefined,
    services,
    followUps: new FollowUps(),
    tracer,
    traces,
    trace(entry) {
      traces.push(entry);
      tracer.message(entry);
    },
  };
  for (const [name, value] of Object.entries(given.variables ?? {})) {
    context.variables.set(name, variableOf(parts.csharp, context, value));
  }
  return context;
}

function apiOf({ api = {} }: Given) {
  return {
    id: api.id ?? 'api',
    displayName: api.name ?? api.id ?? 'API',
    revision: api.revision ?? '1',
    isCurrent: true,
    ...(api.version === undefined ? {} : { version: api.version }),
    path: (api.path ?? 'api').replace(/^\/|\/$/g, ''),
    serviceUrl: api.serviceUrl ?? 'https://backend.test',
    protocols: ['https'],
    subscriptionRequired: true,
  };
}

const keysOf = ({ api = {} }: Given) => ({
  keyHeader: api.keyHeader ?? 'Ocp-Apim-Subscription-Key',
  keyParameter: api.keyParameter ?? 'subscription-key',
});

function operationOf({ operation, request }: Given): NonNullable<PolicyContext['operation']> {
  if (!operation) {
    return {
      id: 'operation',
      displayName: 'Operation',
      method: request?.method?.toUpperCase() ?? 'GET',
      urlTemplate: '/*',
    };
  }
  const { id, name = id, method, urlTemplate, responses } = operation;
  return {
    id,
    displayName: name,
    method: method.toUpperCase(),
    urlTemplate,
    ...(responses
      ? {
          responses: responses.map(({ status, contentType = 'application/json', example }) => ({
            statusCode: status,
            representations:
              example === undefined
                ? []
                : [{ contentType, examples: [typeof example === 'string' ? example : JSON.stringify(example)] }],
          })),
        }
      : {}),
  };
}

function parametersOf(
  operation: NonNullable<PolicyContext['operation']>,
  sent: { readonly method: string; readonly rest: string; readonly query: readonly (readonly [string, string])[] },
): Readonly<Record<string, string>> {
  const tree = new OperationTree<true>();
  tree.add(operation, true);
  const match = tree.match(sent.method, segmentsOf(sent.rest), sent.query);
  // A browser's preflight asks for the operation by another method.
  if (!match && sent.method !== 'OPTIONS') {
    throw new GivenError(
      `${sent.method} ${sent.rest} does not match the operation's ${operation.method} ${operation.urlTemplate}.`,
    );
  }
  return match?.parameters ?? {};
}

function subscriptionOf({ subscription }: Given, now: number): PolicyContext['subscription'] {
  if (subscription === null) return undefined;
  const { id, key, name } = subscription ?? { id: 'subscription' };
  return {
    id,
    displayName: name ?? id,
    scope: { kind: 'allApis' },
    state: 'active',
    primaryKey: '',
    secondaryKey: '',
    allowTracing: false,
    createdDate: new Date(now).toISOString(),
    key: key ?? 'subscription-key',
  };
}

/** A variable as C# holds it: `@(…)` is an expression, lists and maps are a JToken. */
function variableOf(csharp: CSharp, context: PolicyContext, value: unknown): unknown {
  if (typeof value === 'string' && /^\s*@[({]/.test(value)) return evaluate(csharp, value.trim(), context);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return evaluate(csharp, `@(${value}d)`, context);
    return Math.abs(value) < 2 ** 31 ? value : BigInt(value);
  }
  const text = JSON.stringify(JSON.stringify(value));
  return evaluate(csharp, `@(JToken.Parse(${text}))`, context);
}

function evaluate(csharp: CSharp, text: string, context: PolicyContext): unknown {
  const compiled = csharp.compile(text);
  const [mistake] = compiled.diagnostics;
  if (mistake) throw new GivenError(`The variable's expression ${text} has a mistake: ${mistake.message}`);
  return compiled.evaluate(context);
}
