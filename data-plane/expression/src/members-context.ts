import { instanceOf } from './conversion.ts';
import type { ExpressionHeaders, ExpressionUrl } from './csharp.ts';
import { fromDate, parseDateTime } from './date-time.ts';
import { parseJson } from './json.ts';
import { defineType, type Implementation } from './member-table.ts';
import { defaultOf } from './members-collections.ts';
import { toBytes } from './members-system.ts';
import { parseType, type Type, typeOf } from './types.ts';
import { Boxed, Dict, Guid, Items, Native, notSupported, raise, runtimeType, TimeSpan, type V } from './values.ts';

const text = (value: V): string => (value === null ? raise('ArgumentNullException', 'Value cannot be null.') : value);
const stringArray = parseType('string[]');
const view = (type: string, state: V): V =>
  state === undefined || state === null ? null : new Native(parseType(type), state);
const lower = (key: V): V => (typeof key === 'string' ? key.toLowerCase() : key);

function listDictionary(entries: Iterable<readonly [string, readonly string[]]>, type: string): Dict {
  const dictionary = new Dict(parseType(type), lower);
  for (const [name, values] of entries)
    dictionary.map.set(lower(name), { key: name, value: new Items(stringArray, [...values]) });
  return dictionary;
}
const headers = (from: ExpressionHeaders): Dict => listDictionary(from.entries(), 'HeaderDictionary');
function query(url: ExpressionUrl): Dict {
  const all = new Map<string, { name: string; values: string[] }>();
  for (const [name, value] of url.query) {
    const entry = all.get(name.toLowerCase()) ?? { name, values: [] };
    entry.values.push(value);
    all.set(name.toLowerCase(), entry);
  }
  return listDictionary(
    [...all.values()].map(({ name, values }) => [name, values] as const),
    'HeaderDictionary',
  );
}
const queryString = (url: ExpressionUrl): string =>
  url.query.length === 0
    ? ''
    : `?${url.query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')}`;
const urlText = (url: ExpressionUrl): string => {
  const isDefault = (url.scheme === 'https' && url.port === 443) || (url.scheme === 'http' && url.port === 80);
  return `${url.scheme}://${url.host}${isDefault ? '' : `:${url.port}`}${url.path}${queryString(url)}`;
};
const urlView = (url: ExpressionUrl): Native => new Native(parseType('IUrl'), { url, text: urlText(url) });
function parseUrl(value: string | undefined): V {
  if (value === undefined || !URL.canParse(value)) return null;
  const url = new URL(value);
  const scheme = url.protocol.slice(0, -1);
  return urlView({
    scheme,
    host: url.hostname,
    port: url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port),
    path: url.pathname,
    query: [...url.searchParams],
  });
}

const readers: Readonly<Record<string, (bytes: Uint8Array) => V>> = {
  string: (bytes) => new TextDecoder().decode(bytes),
  'byte[]': toBytes,
  JObject: (bytes) => typed(bytes, 'JObject'),
  JArray: (bytes) => typed(bytes, 'JArray'),
  JToken: (bytes) => parseJson(new TextDecoder().decode(bytes)),
};
function typed(bytes: Uint8Array, name: string): V {
  const token = parseJson(new TextDecoder().decode(bytes));
  return token.type.name === name ? token : raise('JsonReaderException', `Error reading ${name} from JsonReader.`);
}
const readBody: Implementation = (body, _args, r, types) => {
  const wanted = types.get('X') ?? typeOf('object');
  const read = readers[wanted.key];
  if (!read) return notSupported(`Body.As<${wanted.key}>`);
  const bytes: Uint8Array | undefined = body.state.bytes;
  if (!bytes) return raise('InvalidOperationException', 'The body was not buffered.');
  r.charge(bytes.length);
  return read(bytes);
};
const variable = (r: { context: { variables: ReadonlyMap<string, unknown> } }, name: V): V => {
  const value = r.context.variables.get(text(name));
  return value === undefined ? null : value;
};
const strings = (names: Record<string, string>): Record<string, Implementation> =>
  Object.fromEntries(
    Object.entries(names).map(([member, key]): [string, Implementation] => [
      `${member}:string`,
      (s) => s.state[key] ?? null,
    ]),
  );
const joined: Record<string, Implementation> = {
  'GetValueOrDefault(string):string': (d, [name]) => d.map.get(lower(text(name)))?.value.items.join(',') ?? null,
  'GetValueOrDefault(string,string):string': (d, [name, other]) =>
    d.map.get(lower(text(name)))?.value.items.join(',') ?? other,
};

export function defineContext(): void {
  defineType({
    type: 'IProxyRequestContext',
    bases: ['object'],
    members: {
      'Api:IApi': (c) => view('IApi', c.api),
      'Operation:IOperation': (c) => view('IOperation', c.operation),
      'Product:IProduct': (c) => view('IProduct', c.product),
      'Subscription:ISubscription': (c) => view('ISubscription', c.subscription),
      'Request:IRequest': (c) => view('IRequest', c.request),
      'Response:IResponse': (c) => view('IResponse', c.response),
      'LastError:ILastError': (c) => view('ILastError', c.lastError),
      'Deployment:IDeployment': (c) => view('IDeployment', c.deployment),
      'Variables:VariableDictionary': (c) => view('VariableDictionary', c),
      'User:IUser': (c) => view('IUser', c.user),
      'RequestId:Guid': (c) => new Guid(c.requestId.toLowerCase()),
      'Timestamp:DateTime': (c) => fromDate(c.timestamp),
      'Elapsed:TimeSpan': (c) => new TimeSpan(BigInt(Math.round(c.elapsedMs() * 10_000))),
      'Trace(string)': (c, [message]) =>
        c.trace({ source: 'expression', level: 'information', message: message ?? '' }),
    },
  });
  defineType({
    type: 'IApi',
    bases: ['object'],
    members: {
      ...strings({ Id: 'id', Name: 'displayName', Path: 'path', Revision: 'revision', Version: 'version' }),
      'IsCurrentRevision:bool': (a) => a.state.isCurrent,
      'ServiceUrl:IUrl': (a) => parseUrl(a.state.serviceUrl),
      'SubscriptionKeyParameterNames:IKeyNames': (a) => view('IKeyNames', a.state.subscriptionKeyParameterNames),
    },
  });
  defineType({ type: 'IKeyNames', bases: ['object'], members: strings({ Header: 'header', Query: 'query' }) });
  defineType({
    type: 'IOperation',
    bases: ['object'],
    members: strings({ Id: 'id', Name: 'displayName', Method: 'method', UrlTemplate: 'urlTemplate' }),
  });
  defineType({
    type: 'IProduct',
    bases: ['object'],
    members: {
      ...strings({ Id: 'id', Name: 'displayName' }),
      'SubscriptionRequired:bool': (p) => p.state.subscriptionRequired,
    },
  });
  defineType({
    type: 'ISubscription',
    bases: ['object'],
    members: {
      ...strings({ Id: 'id', Name: 'displayName', Key: 'key' }),
      'CreatedDate:DateTime': (s) => parseDateTime(s.state.createdDate) ?? notSupported('This CreatedDate'),
    },
  });
  defineType({
    type: 'IUser',
    bases: ['object'],
    members: strings({ Id: 'id', Email: 'email', FirstName: 'firstName', LastName: 'lastName' }),
  });
  defineType({
    type: 'ILastError',
    bases: ['object'],
    members: strings({
      Source: 'source',
      Reason: 'reason',
      Message: 'message',
      Scope: 'scope',
      Section: 'section',
      Path: 'path',
      PolicyId: 'policyId',
    }),
  });
  defineType({
    type: 'IDeployment',
    bases: ['object'],
    members: {
      ...strings({ Region: 'region', ServiceName: 'serviceName', ServiceId: 'serviceId', GatewayId: 'gatewayId' }),
      'Gateway:IGateway': (d) => view('IGateway', d.state),
    },
  });
  defineType({ type: 'IGateway', bases: ['object'], members: strings({ Id: 'gatewayId' }) });
  const message: Record<string, Implementation> = {
    'Headers:HeaderDictionary': (m) => headers(m.state.headers),
    'Body:IMessageBody': (m) => view('IMessageBody', m.state.body),
  };
  defineType({
    type: 'IRequest',
    bases: ['object'],
    members: {
      ...message,
      ...strings({ Method: 'method', IpAddress: 'ipAddress' }),
      'Url:IUrl': (m) => urlView(m.state.url),
      'OriginalUrl:IUrl': (m) => urlView(m.state.originalUrl),
      'MatchedParameters:ParameterDictionary': (m) => {
        const d = new Dict(parseType('ParameterDictionary'));
        for (const [key, value] of Object.entries(m.state.matchedParameters)) d.map.set(d.keyOf(key), { key, value });
        return d;
      },
    },
  });
  defineType({
    type: 'IResponse',
    bases: ['object'],
    members: { ...message, 'StatusCode:int': (m) => m.state.status, 'StatusReason:string': (m) => m.state.reason },
  });
  defineType({
    type: 'IMessageBody',
    bases: ['object'],
    members: { 'As<X>():X': readBody, 'As<X>(bool preserveContent):X': readBody },
  });
  defineType({ type: 'HeaderDictionary', bases: ['IReadOnlyDictionary<string,string[]>'], members: joined });
  defineType({
    type: 'ParameterDictionary',
    bases: ['IReadOnlyDictionary<string,string>'],
    members: {
      'GetValueOrDefault(string):string': (d, [name]) => d.map.get(d.keyOf(text(name)))?.value ?? null,
      'GetValueOrDefault(string,string):string': (d, [name, other]) => d.map.get(d.keyOf(text(name)))?.value ?? other,
    },
  });
  defineType({
    type: 'IUrl',
    bases: ['object'],
    members: {
      'Host:string': (u) => u.state.url.host,
      'Path:string': (u) => u.state.url.path,
      'Port:int': (u) => u.state.url.port,
      'Scheme:string': (u) => u.state.url.scheme,
      'QueryString:string': (u) => queryString(u.state.url),
      'Query:HeaderDictionary': (u) => query(u.state.url),
    },
  });
  const valueOr: Implementation = (_d, [name, other], r, types) => {
    if (!r.context.variables.has(text(name))) return other === undefined ? defaultOf(types.get('X')) : other;
    const value = variable(r, name);
    const type: Type = types.get('X') ?? typeOf('object');
    if (value !== null && !instanceOf(value, type))
      return raise(
        'InvalidCastException',
        `Unable to cast object of type '${runtimeType(value).key}' to type '${type.key}'.`,
      );
    return value instanceof Boxed && type.name !== 'object' ? value.value : value;
  };
  defineType({
    type: 'VariableDictionary',
    bases: ['object'],
    members: {
      'this[string]:object': (_d, [name], r) =>
        r.context.variables.has(text(name))
          ? variable(r, name)
          : raise('KeyNotFoundException', `The given key '${name}' was not present in the dictionary.`),
      'ContainsKey(string):bool': (_d, [name], r) => r.context.variables.has(text(name)),
      'GetValueOrDefault<X>(string,X):X': valueOr,
      'GetValueOrDefault<X>(string):X': valueOr,
    },
  });
}
