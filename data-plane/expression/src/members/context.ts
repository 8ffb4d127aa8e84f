import { downcast } from '../convert/conversion.ts';
import type { ExpressionUrl } from '../csharp.ts';
import { defineType, type Implementation } from '../member-table.ts';
import type { Runtime } from '../runtime.ts';
import { foldCase } from '../text/compare-text.ts';
import { readDate, toDateTime } from '../text/date-parse.ts';
import { parseType, T, typeOf } from '../type/types.ts';
import { fromDate } from '../value/date-parts.ts';
import {
  type DateTime,
  Dict,
  defaultOf,
  equalityKey,
  Guid,
  given,
  Native,
  notSupported,
  raise,
  Sequence,
  stringItems,
  TimeSpan,
  type V,
} from '../value/values.ts';

const view = (type: string, state: V): V =>
  state === undefined || state === null ? null : new Native(parseType(type), state);
/** Names of headers and query parameters do not tell cases apart. */
const caseless = { keyOf: (key: V): V => (typeof key === 'string' ? foldCase(key) : equalityKey(key)) };
const texts = (names: Readonly<Record<string, string>>): Record<string, Implementation> =>
  Object.fromEntries(
    Object.entries(names).map(([member, key]): [string, Implementation] => [
      `${member}:string`,
      (s) => s.state[key] ?? null,
    ]),
  );
/** A date that the host gives as a text or as a Date; null where there is none. */
function dateOf(value: V, what: string): DateTime | null {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return fromDate(value);
  const read = readDate(String(value));
  return read ? toDateTime(read, 16) : notSupported(what);
}
/** What the host has no value for. */
/** A key that the host keeps only a hash of is not told. */
const keyText = (value: V, what: string): string => (typeof value === 'string' ? value : notSupported(what));
const told = (value: V, what: string): V => (value === undefined ? notSupported(what) : value);

function listDictionary(entries: Iterable<readonly [string, readonly string[]]>): Dict {
  const dictionary = new Dict(typeOf('HeaderDictionary'), caseless);
  for (const [name, values] of entries)
    dictionary.map.set(caseless.keyOf(name), { key: name, value: stringItems([...values]) });
  return dictionary;
}
function query(url: ExpressionUrl): Dict {
  const all = new Map<string, { readonly name: string; readonly values: string[] }>();
  for (const [name, value] of url.query) {
    const entry = all.get(foldCase(name)) ?? { name, values: [] };
    entry.values.push(value);
    all.set(foldCase(name), entry);
  }
  return listDictionary([...all.values()].map(({ name, values }) => [name, values] as const));
}
const queryString = (url: ExpressionUrl): string =>
  url.query.length === 0
    ? ''
    : `?${url.query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')}`;
function urlText(url: ExpressionUrl): string {
  const isDefault = (url.scheme === 'https' && url.port === 443) || (url.scheme === 'http' && url.port === 80);
  return `${url.scheme}://${url.host}${isDefault ? '' : `:${url.port}`}${url.path}${queryString(url)}`;
}
export const urlView = (url: ExpressionUrl): Native => new Native(typeOf('IUrl'), { url, text: urlText(url) });
function parseUrl(value: string | undefined): V {
  if (value === undefined || !URL.canParse(value)) return null;
  const url = new URL(value);
  const scheme = url.protocol.slice(0, -1);
  const port = url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port);
  return urlView({ scheme, host: url.hostname, port, path: url.pathname, query: [...url.searchParams] });
}
const joined: Record<string, Implementation> = {
  'GetValueOrDefault(string):string': (d, [name]) => d.get(given(name))?.value.items.join(',') ?? null,
  'GetValueOrDefault(string,string):string': (d, [name, other]) => d.get(given(name))?.value.items.join(',') ?? other,
  'GetValueOrDefault(string,string[]):string[]': (d, [name, other]) => d.get(given(name))?.value ?? other,
};

export function defineContext(): void {
  defineType({
    type: 'IProxyRequestContext',
    members: {
      'Api:IApi': (c) => view('IApi', c.api),
      'Backend:IBackend': (c) => view('IBackend', c.backend),
      'Deployment:IDeployment': (c) => view('IDeployment', c.deployment),
      'Elapsed:TimeSpan': (c) => new TimeSpan(BigInt(Math.round(c.elapsedMs() * 10_000))),
      'LastError:ILastError': (c) => view('ILastError', c.lastError),
      'Operation:IOperation': (c) => view('IOperation', c.operation),
      'Product:IProduct': (c) => view('IProduct', c.product),
      'Request:IRequest': (c) => view('IRequest', c.request),
      'RequestId:Guid': (c) => new Guid(c.requestId.toLowerCase()),
      'Response:IResponse': (c) => view('IResponse', c.response),
      'Subscription:ISubscription': (c) => view('ISubscription', c.subscription),
      'Timestamp:DateTime': (c) => fromDate(c.timestamp),
      'Tracing:bool': (c) => c.tracing ?? false,
      'User:IUser': (c) => view('IUser', c.user),
      'Variables:VariableDictionary': (c) => view('VariableDictionary', c),
      'Workspace:IWorkspace': (c) => view('IWorkspace', c.workspace),
      'Trace(string)': (c, [message]) =>
        c.trace({ source: 'expression', level: 'information', message: message ?? '' }),
    },
  });
  defineApi();
  defineProduct();
  defineUser();
  defineDeployment();
  defineUrl();
  defineVariables();
}

function defineApi(): void {
  defineType({
    type: 'IApi',
    members: {
      ...texts({ Id: 'id', Name: 'displayName', Path: 'path', Revision: 'revision', Version: 'version' }),
      'IsCurrentRevision:bool': (a) => a.state.isCurrent,
      'Protocols:IEnumerable<string>': (a) => new Sequence(T.string, () => a.state.protocols),
      'ServiceUrl:IUrl': (a) => parseUrl(a.state.serviceUrl),
      'SubscriptionKeyParameterNames:ISubscriptionKeyParameterNames': (a) =>
        view('ISubscriptionKeyParameterNames', a.state.subscriptionKeyParameterNames),
    },
  });
  defineType({ type: 'ISubscriptionKeyParameterNames', members: texts({ Header: 'header', Query: 'query' }) });
  defineType({
    type: 'IOperation',
    members: texts({ Id: 'id', Name: 'displayName', Method: 'method', UrlTemplate: 'urlTemplate' }),
  });
  defineType({ type: 'IWorkspace', members: texts({ Id: 'id', Name: 'name' }) });
  defineType({ type: 'IBackend', members: texts({ Id: 'id', AzureRegion: 'azureRegion', Type: 'type' }) });
  defineType({
    type: 'ILastError',
    members: texts({
      Source: 'source',
      Reason: 'reason',
      Message: 'message',
      Scope: 'scope',
      Section: 'section',
      Path: 'path',
      PolicyId: 'policyId',
    }),
  });
}

function defineProduct(): void {
  const groups: Implementation = (p) => {
    const list: readonly V[] = told(p.state.groups, 'Groups of this product or user');
    return new Sequence(typeOf('IGroup'), () => list.map((group) => view('IGroup', group)));
  };
  defineType({ type: 'IGroup', members: texts({ Id: 'id', Name: 'name' }) });
  defineType({
    type: 'IProduct',
    members: {
      ...texts({ Id: 'id', Name: 'displayName' }),
      'ApprovalRequired:bool': (p) => told(p.state.approvalRequired, 'context.Product.ApprovalRequired'),
      'SubscriptionRequired:bool': (p) => p.state.subscriptionRequired,
      'SubscriptionsLimit:int?': (p) => p.state.subscriptionsLimit ?? null,
      'State:ProductState': (p) => (/^published$/i.test(p.state.state) ? 1 : 0),
      'Groups:IEnumerable<IGroup>': groups,
    },
  });
  defineType({
    type: 'ISubscription',
    members: {
      ...texts({ Id: 'id', Name: 'displayName', Key: 'key' }),
      'PrimaryKey:string': (s) => keyText(s.state.primaryKey, 'context.Subscription.PrimaryKey'),
      'SecondaryKey:string': (s) => keyText(s.state.secondaryKey, 'context.Subscription.SecondaryKey'),
      'CreatedDate:DateTime': (s) => dateOf(s.state.createdDate, 'This CreatedDate'),
      'StartDate:DateTime?': (s) => dateOf(s.state.startDate, 'This StartDate'),
      'EndDate:DateTime?': (s) => dateOf(s.state.endDate, 'This EndDate'),
    },
  });
}

function defineUser(): void {
  defineType({
    type: 'IUser',
    members: {
      ...texts({ Id: 'id', Email: 'email', FirstName: 'firstName', LastName: 'lastName', Note: 'note' }),
      'Groups:IEnumerable<IGroup>': (u) =>
        new Sequence(typeOf('IGroup'), () => (u.state.groups ?? []).map((group: V) => view('IGroup', group))),
      'Identities:IEnumerable<IUserIdentity>': (u) =>
        new Sequence(typeOf('IUserIdentity'), () =>
          (u.state.identities ?? []).map((identity: V) => view('IUserIdentity', identity)),
        ),
      'RegistrationDate:DateTime': (u) =>
        dateOf(told(u.state.registrationDate, 'context.User.RegistrationDate'), 'This RegistrationDate'),
    },
  });
  defineType({ type: 'IUserIdentity', members: texts({ Id: 'id', Provider: 'provider' }) });
}

function defineDeployment(): void {
  defineType({
    type: 'IDeployment',
    members: {
      ...texts({ Region: 'region', ServiceName: 'serviceName', ServiceId: 'serviceId', GatewayId: 'gatewayId' }),
      'Gateway:IGateway': (d) => view('IGateway', d.state),
      'Certificates:CertificateDictionary': (d) => {
        const dictionary = new Dict(typeOf('CertificateDictionary'));
        for (const [id, certificate] of d.state.certificates ?? [])
          dictionary.map.set(dictionary.comparer.keyOf(id), { key: id, value: certificate });
        return dictionary;
      },
    },
  });
  defineType({ type: 'CertificateDictionary', bases: ['IReadOnlyDictionary<string,X509Certificate2>'] });
  defineType({
    type: 'IGateway',
    members: {
      ...texts({ Id: 'gatewayId', InstanceId: 'instanceId' }),
      'IsManaged:bool': (d) => d.state.gatewayId === 'managed',
    },
  });
}

function defineUrl(): void {
  defineType({
    type: 'HeaderDictionary',
    bases: ['IReadOnlyDictionary<string,string[]>'],
    members: joined,
  });
  defineType({
    type: 'ParameterDictionary',
    bases: ['IReadOnlyDictionary<string,string>'],
    members: {
      'GetValueOrDefault(string):string': (d, [name]) => d.get(given(name))?.value ?? null,
      'GetValueOrDefault(string,string):string': (d, [name, other]) => d.get(given(name))?.value ?? other,
    },
  });
  defineType({
    type: 'IUrl',
    members: {
      'Host:string': (u) => u.state.url.host,
      'Path:string': (u) => u.state.url.path,
      'Port:int': (u) => u.state.url.port,
      'Scheme:string': (u) => u.state.url.scheme,
      'QueryString:string': (u) => queryString(u.state.url),
      'Query:HeaderDictionary': (u) => query(u.state.url),
      'ToString():string': (u) => u.state.text,
    },
  });
}

function defineVariables(): void {
  const read = (r: Runtime, name: string): V => r.context.variables.get(name) ?? null;
  /** Throws where the variable holds another type; a missing one gives the other value. */
  const valueOr: Implementation = (_d, [name, other], r, types) => {
    const type = types.get('X') ?? T.object;
    if (!r.context.variables.has(given(name))) return other === undefined ? defaultOf(type) : other;
    const value = read(r, name);
    return value === null ? (defaultOf(type) === null ? null : downcast(value, type)) : downcast(value, type);
  };
  defineType({
    type: 'VariableDictionary',
    bases: ['IEnumerable<KeyValuePair<string,object>>'],
    members: {
      'this[string]:object': (_d, [name], r) =>
        r.context.variables.has(given(name))
          ? read(r, name)
          : raise('KeyNotFoundException', 'The given key was not present in the dictionary.'),
      'ContainsKey(string):bool': (_d, [name], r) => r.context.variables.has(given(name)),
      'Count:int': (_d, _a, r) => r.context.variables.size,
      'Keys:IEnumerable<string>': (_d, _a, r) => new Sequence(T.string, () => r.context.variables.keys()),
      'Values:IEnumerable<object>': (_d, _a, r) => new Sequence(T.object, () => r.context.variables.values()),
      'TryGetValue(string,out object):bool': (_d, [name, out], r) => {
        out(read(r, given(name)));
        return r.context.variables.has(name);
      },
      'GetValueOrDefault(string):object': (_d, [name], r) => read(r, given(name)),
      'GetValueOrDefault<X>(string,X):X': valueOr,
      'GetValueOrDefault<X>(string):X': valueOr,
    },
  });
}
