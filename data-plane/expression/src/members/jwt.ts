import { ExpressionError } from '../csharp.ts';
import { parseJson } from '../json/parse-json.ts';
import { printJson } from '../json/print-json.ts';
import { JArray, JObject, type JToken, JValue } from '../json/tokens.ts';
import { defineType, type Implementation } from '../member-table.ts';
import { T, typeOf } from '../type/types.ts';
import { fromDate } from '../value/date-parts.ts';
import { Dict, given, Native, Sequence, stringItems, type V } from '../value/values.ts';

const jwtType = typeOf('Jwt');

/** A token's parts, not verified; null where the text is no token. `Bearer ` before it is taken off. */
export function readJwt(value: string | null): Native | null {
  const parts = (value ?? '')
    .trim()
    .replace(/^Bearer\s+/i, '')
    .split('.');
  if (parts.length !== 3) return null;
  const part = (index: number): JObject | undefined => {
    const text = parts[index] ?? '';
    if (!/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
    try {
      const token = parseJson(Buffer.from(text, 'base64url').toString('utf8'));
      return token instanceof JObject ? token : undefined;
    } catch (error) {
      // A text that is no JSON is no token.
      if (error instanceof ExpressionError) return undefined;
      throw error;
    }
  };
  const [header, claims] = [part(0), part(1)];
  return header && claims ? new Native(jwtType, { header, claims }) : null;
}

const textOf = (token: JToken): string => {
  if (!(token instanceof JValue)) return printJson(token, false);
  if (token.kind === 'Boolean') return token.value ? 'true' : 'false';
  return token.kind === 'Date' ? printJson(token, false).slice(1, -1) : token.displayText();
};
const values = (token: JToken): string[] => (token instanceof JArray ? token.items.map(textOf) : [textOf(token)]);
const claim =
  (name: string): Implementation =>
  (j) => {
    const token = j.state.claims.get(name);
    return token ? (values(token)[0] ?? null) : null;
  };
const time =
  (name: string): Implementation =>
  (j) => {
    const token = j.state.claims.get(name);
    const seconds = token instanceof JValue ? Number(token.value) : Number.NaN;
    return Number.isFinite(seconds) ? fromDate(new Date(seconds * 1000)) : null;
  };
function claimsOf(j: V): Dict {
  const dictionary = new Dict(typeOf('JwtClaims'));
  for (const { name, value } of j.state.claims.properties.values())
    dictionary.map.set(dictionary.comparer.keyOf(name), { key: name, value: stringItems(values(value)) });
  return dictionary;
}
function readBasic(value: string | null): Native | null {
  const match = /^\s*Basic\s+([A-Za-z0-9+/=]+)\s*$/i.exec(value ?? '');
  const pair = match ? Buffer.from(match[1] ?? '', 'base64').toString('utf8') : '';
  const colon = pair.indexOf(':');
  return colon < 0
    ? null
    : new Native(typeOf('BasicAuthCredentials'), { user: pair.slice(0, colon), password: pair.slice(colon + 1) });
}
const attempt = (found: V, out: (value: V) => void): boolean => {
  out(found);
  return found !== null;
};

/** API Management's extension methods of string. */
export const credentialExtensions: Record<string, Implementation> = {
  'AsJwt():Jwt': (s) => readJwt(s),
  'TryParseJwt(out Jwt):bool': (s, [out]) => attempt(readJwt(s), out),
  'AsBasic():BasicAuthCredentials': (s) => readBasic(s),
  'TryParseBasic(out BasicAuthCredentials):bool': (s, [out]) => attempt(readBasic(s), out),
};

export function defineCredentials(): void {
  defineType({
    type: 'Jwt',
    members: {
      'Algorithm:string': (j) => (j.state.header.get('alg') ? textOf(j.state.header.get('alg')) : null),
      'Type:string': (j) => (j.state.header.get('typ') ? textOf(j.state.header.get('typ')) : null),
      'Audiences:IEnumerable<string>': (j) => {
        const token = j.state.claims.get('aud');
        return new Sequence(T.string, () => (token ? values(token) : []));
      },
      'Claims:JwtClaims': claimsOf,
      'Subject:string': claim('sub'),
      'Issuer:string': claim('iss'),
      'Id:string': claim('jti'),
      'ExpirationTime:DateTime?': time('exp'),
      'IssuedAt:DateTime?': time('iat'),
      'NotBefore:DateTime?': time('nbf'),
    },
  });
  defineType({
    type: 'JwtClaims',
    bases: ['IReadOnlyDictionary<string,string[]>'],
    members: {
      'GetValueOrDefault(string):string': (c, [name]) => c.get(given(name))?.value.items.join(',') ?? null,
      'GetValueOrDefault(string,string):string': (c, [name, other]) =>
        c.get(given(name))?.value.items.join(',') ?? other,
      'GetValueOrDefault(string,string[]):string[]': (c, [name, other]) => c.get(given(name))?.value ?? other,
    },
  });
  defineType({
    type: 'BasicAuthCredentials',
    members: {
      'UserId:string': (b) => b.state.user,
      'Username:string': (b) => b.state.user,
      'Password:string': (b) => b.state.password,
    },
  });
}
