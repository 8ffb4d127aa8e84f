import type { ExpressionContext, ExpressionHeaders, ExpressionUrl } from '../src/csharp.ts';
import { parseJson } from '../src/json/parse-json.ts';
import { readJwt } from '../src/members/jwt.ts';
import { readIsoDate } from '../src/text/date-parse.ts';
import { T, typeOf } from '../src/type/types.ts';
import { Boxed, box, bytesItems, Guid, Native, stringItems, type V } from '../src/value/values.ts';

/** One line of a file of cases; the form is told in the corpus' README. */
export interface CorpusCase {
  readonly id: string;
  readonly group?: string;
  readonly expression: string;
  readonly context?: V;
  readonly unlisted?: boolean;
  readonly expected: Expected;
}
export interface Expected {
  readonly type?: string;
  readonly value?: V;
  readonly toString?: V;
  readonly jtype?: string;
  readonly error?: string;
  readonly compileError?: string;
  readonly anyValue?: boolean;
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
  const port = url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port);
  return { scheme, host: url.hostname, port, path: url.pathname, query: [...url.searchParams] };
}
const bodyOf = (text: string | null | undefined) =>
  text === null || text === undefined ? undefined : { bytes: new TextEncoder().encode(text) };
const responseOf = (given: V): ExpressionContext['response'] =>
  given
    ? {
        status: given.StatusCode,
        reason: given.StatusReason ?? 'OK',
        headers: headersOf(given.Headers),
        body: bodyOf(given.Body),
      }
    : undefined;

function variableOf(variable: V): V {
  const { type, value } = variable;
  switch (type) {
    case 'null':
      return null;
    case 'System.Double':
      return box(T.double, Number(value));
    case 'System.Int64':
      return BigInt(value);
    case 'System.Guid':
      return new Guid(value);
    case 'System.DateTime':
      return readIsoDate(value) ?? null;
    case 'System.Byte[]':
      return bytesItems(new Uint8Array(Buffer.from(value, 'base64')));
    case 'System.Char':
      return new Boxed(T.char, value.charCodeAt(0));
    case 'System.String[]':
      return stringItems(value.map((item: V) => item?.value ?? item));
    case 'IResponse':
      return new Native(typeOf('IResponse'), responseOf(value ?? variable));
    case 'Jwt':
      return readJwt(value);
    default:
      return String(type).startsWith('Newtonsoft') ? parseJson(value) : value;
  }
}
const groupsOf = (groups: V): V => groups?.map(({ Id, Name }: V) => ({ id: Id, name: Name }));
const lowerNames = (record: V): V =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]) => [(name[0] ?? '').toLowerCase() + name.slice(1), value]),
  );

/** The context of a case, with the corpus' defaults. */
export function corpusContext({ context = {} }: Pick<CorpusCase, 'context'>): ExpressionContext {
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
    User,
  } = context;
  const url = urlOf(Request.Url ?? 'https://contoso.azure-api.net/');
  const shape: V = {
    requestId: context.RequestId ?? '00000000-0000-0000-0000-000000000001',
    timestamp: new Date(context.Timestamp ?? '2024-05-06T07:08:09Z'),
    elapsedMs: () => (context.Elapsed ? Number(String(context.Elapsed).split(':').at(-1)) * 1000 : 123),
    deployment: Deployment && lowerNames(Deployment),
    api: Api && {
      id: Api.Id,
      displayName: Api.Name,
      path: Api.Path,
      revision: Api.Revision ?? '1',
      isCurrent: Api.IsCurrentRevision ?? true,
      version: Api.Version,
      serviceUrl: Api.ServiceUrl ?? 'https://backend.contoso.com/',
      protocols: Api.Protocols ?? [],
      subscriptionKeyParameterNames: lowerNames(Api.SubscriptionKeyParameterNames ?? {}),
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
      state: Product.State ?? 'published',
      subscriptionRequired: Product.SubscriptionRequired,
      approvalRequired: Product.ApprovalRequired ?? false,
      groups: groupsOf(Product.Groups) ?? [],
    },
    subscription: Subscription && { ...lowerNames(Subscription), displayName: Subscription.Name },
    user: User && { ...lowerNames(User), groups: groupsOf(User.Groups), identities: User.Identities?.map(lowerNames) },
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
    lastError: LastError && lowerNames(LastError),
    trace: () => {},
  };
  return shape;
}
