import type { ExpressionContext, ExpressionHeaders, ExpressionUrl } from './csharp.ts';
import { parseDateTime } from './date-time.ts';
import { JToken, parseJson, printJson } from './json.ts';
import { boxedText } from './text.ts';
import { parseType, typeOf } from './types.ts';
import { box, Guid, Items, Native, type V } from './values.ts';

/** One line of the corpus of expressions; for tests only. */
export interface CorpusCase {
  readonly id: string;
  readonly expression: string;
  readonly context?: V;
  readonly expected: {
    readonly type?: string;
    readonly value?: V;
    readonly toString?: V;
    readonly error?: string;
    readonly compileError?: string;
    readonly anyValue?: boolean;
  };
}

function headersOf(values: Record<string, readonly string[]> | undefined): ExpressionHeaders {
  const map = new Map(Object.entries(values ?? {}).map(([name, list]) => [name.toLowerCase(), [name, list] as const]));
  return {
    get: (name) => map.get(name.toLowerCase())?.[1],
    has: (name) => map.has(name.toLowerCase()),
    entries: () => map.values(),
  };
}
function urlOf(text: string): ExpressionUrl {
  const url = new URL(text);
  const scheme = url.protocol.slice(0, -1);
  return {
    scheme,
    host: url.hostname,
    port: url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port),
    path: url.pathname,
    query: [...url.searchParams],
  };
}
const bodyOf = (text: string | null | undefined) =>
  text === null || text === undefined ? undefined : { bytes: new TextEncoder().encode(text) };
const responseOf = (given: V): ExpressionContext['response'] =>
  given && {
    status: given.StatusCode,
    reason: given.StatusReason ?? 'OK',
    headers: headersOf(given.Headers),
    body: bodyOf(given.Body),
  };

function variableOf({ type, value, StatusCode, StatusReason, Headers, Body }: V): V {
  switch (type) {
    case 'null':
      return null;
    case 'System.Double':
      return box(typeOf('double'), Number(value));
    case 'System.Guid':
      return new Guid(value);
    case 'System.DateTime':
      return parseDateTime(value);
    case 'System.Byte[]':
      return new Items(parseType('byte[]'), [...Buffer.from(value, 'base64')]);
    case 'System.String[]':
      return new Items(
        parseType('string[]'),
        value.map((item: V) => item.value ?? item),
      );
    case 'IResponse':
      return new Native(parseType('IResponse'), responseOf(value ?? { StatusCode, StatusReason, Headers, Body }));
    case 'Jwt': {
      const part = (index: number) =>
        JSON.parse(Buffer.from(String(value).split('.')[index] ?? '', 'base64url').toString());
      return new Native(parseType('Jwt'), { header: part(0), claims: part(1) });
    }
    default:
      return type.startsWith('Newtonsoft') ? parseJson(value) : value;
  }
}

/** The context of a case, with the corpus' defaults. */
export function corpusContext({ context = {} }: CorpusCase): ExpressionContext {
  const {
    Api,
    Operation,
    Product,
    Subscription,
    Deployment,
    Request = {},
    Response,
    LastError,
    Variables = {},
  } = context;
  const url = urlOf(Request.Url ?? 'https://contoso.azure-api.net/');
  const shape: V = {
    requestId: context.RequestId ?? '00000000-0000-0000-0000-000000000001',
    timestamp: new Date(context.Timestamp ?? '2024-05-06T07:08:09Z'),
    elapsedMs: () => 123,
    deployment: Deployment && {
      region: Deployment.Region,
      serviceName: Deployment.ServiceName,
      serviceId: Deployment.ServiceId,
      gatewayId: Deployment.GatewayId,
    },
    api: Api && {
      id: Api.Id,
      displayName: Api.Name,
      path: Api.Path,
      revision: Api.Revision ?? '1',
      isCurrent: true,
      version: Api.Version,
      serviceUrl: Api.ServiceUrl ?? 'https://backend.contoso.com/',
      protocols: [],
      subscriptionKeyParameterNames: {
        header: Api.SubscriptionKeyParameterNames?.Header,
        query: Api.SubscriptionKeyParameterNames?.Query,
      },
    },
    operation: Operation && {
      id: Operation.Id,
      displayName: Operation.Name,
      method: Operation.Method,
      urlTemplate: Operation.UrlTemplate,
    },
    product: Product && {
      id: Product.Id,
      displayName: Product.Name,
      state: 'published',
      subscriptionRequired: Product.SubscriptionRequired,
    },
    subscription: Subscription && {
      id: Subscription.Id,
      displayName: Subscription.Name,
      key: Subscription.Key,
      createdDate: Subscription.CreatedDate?.value ?? Subscription.CreatedDate,
    },
    user: context.User && {
      id: context.User.Id,
      email: context.User.Email,
      firstName: context.User.FirstName,
      lastName: context.User.LastName,
    },
    request: {
      method: Request.Method ?? 'GET',
      originalUrl: Request.OriginalUrl ? urlOf(Request.OriginalUrl) : url,
      url,
      headers: headersOf(Request.Headers),
      body: bodyOf(Request.Body),
      ipAddress: Request.IpAddress ?? '203.0.113.7',
      matchedParameters: Request.MatchedParameters ?? {},
    },
    response: responseOf(Response),
    variables: new Map(Object.entries(Variables).map(([name, value]) => [name, variableOf(value)])),
    lastError:
      LastError &&
      Object.fromEntries(
        Object.entries(LastError).map(([name, value]) => [(name[0] ?? '').toLowerCase() + name.slice(1), value]),
      ),
    trace: () => {},
  };
  return shape;
}

/** Whether a value is the recorded one; what has no comparison here counts as wrong. */
export function agrees(value: V, expected: CorpusCase['expected']): boolean {
  if (expected.anyValue) return value !== null;
  if (expected.type === 'null') return value === null;
  if (value === null) return false;
  if (value instanceof JToken) return printJson(value, false) === expected.value;
  const shown: V = Object.hasOwn(expected, 'toString') ? expected.toString : undefined;
  if (typeof shown === 'string') return boxedText(value) === shown;
  if (value instanceof Items && Array.isArray(expected.value))
    return (
      value.items.length === expected.value.length &&
      value.items.every((item, index) =>
        agrees(
          box(value.element, item),
          expected.value[index]?.type
            ? {
                ...expected.value[index],
                ...(Object.hasOwn(expected.value[index], 'toString') ? {} : { toString: plain(expected.value[index]) }),
              }
            : expected.value[index],
        ),
      )
    );
  if (value instanceof Items && value.type.key === 'byte[]')
    return Buffer.from(value.items).toString('base64') === expected.value;
  return false;
}
const plain = ({ value }: V): string => (typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value));
