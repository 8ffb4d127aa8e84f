import { defineType, type Implementation } from '../member-table.ts';
import type { Runtime } from '../runtime.ts';
import { foldCase } from '../text/compare-text.ts';
import { parseType, T, typeOf } from '../type/types.ts';
import { bytesItems, Dict, Items, Native, notSupported, raise, stringItems, type V } from '../value/values.ts';
import { urlView } from './context.ts';
import { parseAs } from './json.ts';
import { loadXml } from './xml.ts';

const view = (type: string, state: V): V =>
  state === undefined || state === null ? null : new Native(parseType(type), state);

const decoder = new TextDecoder('utf-8');
function bytesOf(body: V, r: Runtime): Uint8Array {
  const { bytes } = body.state;
  if (!bytes) return raise('InvalidOperationException', 'The body was not buffered.');
  r.charge(bytes.length);
  return bytes;
}
/** `Body.As<T>()`. */
const readBody: Implementation = (body, _args, r, types) => {
  const type = types.get('X') ?? T.object;
  const bytes = bytesOf(body, r);
  switch (type.key) {
    case 'string':
      return decoder.decode(bytes);
    case 'byte[]':
      return bytesItems(Uint8Array.from(bytes));
    case 'JObject':
    case 'JArray':
    case 'JToken':
      return parseAs(decoder.decode(bytes), type.key, r);
    case 'XDocument':
    case 'XElement':
    case 'XNode':
      return loadXml(decoder.decode(bytes), type, r);
    default:
      return notSupported(`Body.As<${type.key}>`);
  }
};
const readForm: Implementation = (body, _args, r) => {
  const form = new Dict(parseType('Dictionary<string,IList<string>>'), { keyOf: (key) => foldCase(String(key)) });
  for (const [name, value] of new URLSearchParams(decoder.decode(bytesOf(body, r)))) {
    const known = form.get(name);
    if (known) known.value.items.push(value);
    else form.map.set(form.comparer.keyOf(name), { key: name, value: new Items(parseType('List<string>'), [value]) });
  }
  return form;
};
export function defineMessages(): void {
  const message: Record<string, Implementation> = {
    'Headers:HeaderDictionary': (m) => {
      const dictionary = new Dict(typeOf('HeaderDictionary'), {
        keyOf: (key) => (typeof key === 'string' ? foldCase(key) : key),
      });
      for (const [name, values] of m.state.headers.entries())
        dictionary.map.set(foldCase(name), { key: name, value: stringItems([...values]) });
      return dictionary;
    },
    'Body:IMessageBody': (m) => view('IMessageBody', m.state.body),
  };
  defineType({
    type: 'IRequest',
    members: {
      ...message,
      'Method:string': (m) => m.state.method,
      'IpAddress:string': (m) => m.state.ipAddress,
      'Url:IUrl': (m) => urlView(m.state.url),
      'OriginalUrl:IUrl': (m) => urlView(m.state.originalUrl),
      'Certificate:X509Certificate2': (m) => m.state.certificate ?? null,
      'PrivateEndpointConnection:IPrivateEndpointConnection': (m) =>
        view('IPrivateEndpointConnection', m.state.privateEndpointConnection),
      'Foundry:IFoundry': (m) => view('IFoundry', m.state.foundry),
      'MatchedParameters:ParameterDictionary': (m) => {
        const dictionary = new Dict(typeOf('ParameterDictionary'));
        for (const [key, value] of Object.entries(m.state.matchedParameters))
          dictionary.map.set(dictionary.comparer.keyOf(key), { key, value });
        return dictionary;
      },
    },
  });
  const text =
    (name: string): Implementation =>
    (s) =>
      s.state[name] ?? null;
  defineType({
    type: 'IPrivateEndpointConnection',
    members: {
      'Name:string': text('name'),
      'GroupId:string': text('groupId'),
      'MemberName:string': text('memberName'),
    },
  });
  defineType({ type: 'IFoundry', members: { 'Deployment:string': text('deployment') } });
  defineType({
    type: 'IResponse',
    members: { ...message, 'StatusCode:int': (m) => m.state.status, 'StatusReason:string': (m) => m.state.reason },
  });
  defineType({
    type: 'IMessageBody',
    members: {
      'As<X>(bool preserveContent=false):X': readBody,
      'AsFormUrlEncodedContent(bool preserveContent=false):IDictionary<string,IList<string>>': readForm,
    },
  });
  defineType({
    type: 'Authorization',
    members: {
      'AccessToken:string': text('accessToken'),
      'Claims:IReadOnlyDictionary<string,object>': (a) => a.state.claims,
    },
  });
}
