import { parseUri, readUri, uriFrom } from '../convert/parse-uri.ts';
import { defineType, type Implementation } from '../member-table.ts';
import { decodeHtml, encodeHtml } from '../text/html.ts';
import { wellFormed } from '../text/well-formed.ts';
import { typeOf } from '../type/types.ts';
import { given, Native, raise, stringItems, type V } from '../value/values.ts';

const absolute = (u: V): URL =>
  u.state.url ?? raise('InvalidOperationException', 'This operation is not supported for a relative URI.');
const ports: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'ftp:': 21,
  'ws:': 80,
  'wss:': 443,
  'ldap:': 389,
  'mailto:': 25,
};
const portOf = (url: URL): number => (url.port === '' ? (ports[url.protocol] ?? -1) : Number(url.port));
const isDefaultPort = (url: URL): boolean => url.port === '' || ports[url.protocol] === Number(url.port);
const authority = (url: URL): string => url.hostname + (isDefaultPort(url) ? '' : `:${url.port}`);
const userInfo = (url: URL): string =>
  url.username === '' ? '' : url.username + (url.password === '' ? '' : `:${url.password}`);
const schemePart = (url: URL): string => (url.host === '' ? url.protocol : `${url.protocol}//`);
function leftPart(url: URL, part: number): string {
  const start = schemePart(url);
  if (part === 0) return start;
  const head = start + (userInfo(url) === '' ? '' : `${userInfo(url)}@`) + authority(url);
  return part === 1 ? head : head + url.pathname + (part === 3 ? url.search : '');
}
const hostType = (url: URL): number =>
  url.hostname === '' ? 1 : /^\d+(\.\d+){3}$/.test(url.hostname) ? 3 : url.hostname.startsWith('[') ? 4 : 2;
const isLoopback = (url: URL): boolean => ['localhost', '127.0.0.1', '[::1]', ''].includes(url.hostname);

/** RFC 3986: only unreserved characters stay. */
export const escapeData = (text: string): string =>
  encodeURIComponent(wellFormed(text)).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
const escapeUri = (text: string): string =>
  encodeURI(wellFormed(text))
    .replace(/%5B/g, '[')
    .replace(/%5D/g, ']')
    .replace(/%25(?=[0-9A-Fa-f]{2})/g, '%');
/** Bad escapes stay as they are. */
export const unescapeData = (text: string): string =>
  text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => {
    const bytes = Buffer.from(run.replaceAll('%', ''), 'hex');
    const decoded = bytes.toString('utf8');
    return decoded.includes('\ufffd') && !Buffer.from(decoded, 'utf8').equals(bytes) ? run : decoded;
  });
const formEncode = (text: string): string =>
  encodeURIComponent(wellFormed(text)).replaceAll('%20', '+').replaceAll("'", '%27').replaceAll('~', '%7E');
const formDecode = (text: string): string => {
  const bytes: number[] = [];
  const source = Buffer.from(text.replaceAll('+', ' '), 'utf8');
  for (let i = 0; i < source.length; i++) {
    const hex = source[i] === 37 ? source.subarray(i + 1, i + 3).toString('latin1') : '';
    if (/^[0-9A-Fa-f]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      i += 2;
    } else bytes.push(source[i] ?? 0);
  }
  return Buffer.from(bytes).toString('utf8');
};
const optional =
  (convert: (text: string) => string): Implementation =>
  (_s, [x], r) => {
    if (x === null) return null;
    r.charge(x.length * 3);
    return convert(x);
  };
function combine(base: V, relative: string): Native {
  const url = absolute(base);
  return URL.canParse(relative, url.href)
    ? uriFrom(new URL(relative, url.href))
    : raise('UriFormatException', 'Invalid URI: The format of the URI could not be determined.');
}

export function defineUri(): void {
  const url =
    (read: (url: URL) => V): Implementation =>
    (u) =>
      read(absolute(u));
  defineType({
    type: 'Uri',
    members: {
      'new(string)': (_s, [x]) => parseUri(x),
      'new(string,UriKind)': (_s, [x, kind]) => parseUri(x, kind),
      'new(Uri,string)': (_s, [base, x]) => combine(given(base), x),
      'new(Uri,Uri)': (_s, [base, x]) => combine(given(base), given(x).state.original),
      'AbsolutePath:string': url((u) => u.pathname),
      'AbsoluteUri:string': url((u) => u.href),
      'Authority:string': url(authority),
      'DnsSafeHost:string': url((u) => u.hostname.replace(/^\[|\]$/g, '')),
      'Fragment:string': url((u) => u.hash),
      'Host:string': url((u) => u.hostname),
      'HostNameType:UriHostNameType': url(hostType),
      'IdnHost:string': url((u) => u.hostname),
      'IsAbsoluteUri:bool': (u) => u.state.url !== undefined,
      'IsDefaultPort:bool': url(isDefaultPort),
      'IsFile:bool': url((u) => u.protocol === 'file:'),
      'IsLoopback:bool': url(isLoopback),
      'IsUnc:bool': () => false,
      'LocalPath:string': url((u) => unescapeData(u.pathname)),
      'OriginalString:string': (u) => u.state.original,
      'PathAndQuery:string': url((u) => u.pathname + u.search),
      'Port:int': url(portOf),
      'Query:string': url((u) => u.search),
      'Scheme:string': url((u) => u.protocol.slice(0, -1)),
      'Segments:string[]': url((u) => stringItems(u.pathname.match(/[^/]*\/|[^/]+$/g) ?? [])),
      'UserInfo:string': url(userInfo),
      'UserEscaped:bool': () => false,
      'GetLeftPart(UriPartial):string': (u, [part]) => leftPart(absolute(u), part),
      'IsBaseOf(Uri):bool': (u, [x]) =>
        absolute(given(x)).href.startsWith(leftPart(absolute(u), 2).replace(/[^/]*$/, '')),
      'MakeRelativeUri(Uri):Uri': (u, [x]) => relativeUri(absolute(u), absolute(given(x))),
      'ToString():string': (u) => u.state.text,
      'Equals(object):bool': (u, [x]) =>
        x instanceof Native &&
        x.state.url?.href.split('#')[0] === u.state.url?.href.split('#')[0] &&
        x.state.text === u.state.text,
    },
    statics: {
      'UriSchemeHttp:string': () => 'http',
      'UriSchemeHttps:string': () => 'https',
      'SchemeDelimiter:string': () => '://',
      'EscapeDataString(string):string': (_s, [x], r) => {
        r.charge(given(x).length * 3);
        return escapeData(x);
      },
      'EscapeUriString(string):string': (_s, [x], r) => {
        r.charge(given(x).length * 3);
        return escapeUri(x);
      },
      'UnescapeDataString(string):string': (_s, [x]) => unescapeData(given(x)),
      'IsWellFormedUriString(string,UriKind):bool': (_s, [x, kind]) =>
        x !== null && !/[\s<>"{}|\\^`]/.test(x) && readUri(x, kind) !== undefined,
      'TryCreate(string,UriKind,out Uri):bool': (_s, [x, kind, out]) => {
        const found = x === null ? undefined : readUri(x, kind);
        out(found ?? null);
        return found !== undefined;
      },
      'TryCreate(Uri,string,out Uri):bool': (_s, [base, x, out]) => {
        const ok = base?.state.url && x !== null && URL.canParse(x, base.state.url);
        out(ok ? uriFrom(new URL(x, base.state.url)) : null);
        return Boolean(ok);
      },
      'CheckHostName(string):UriHostNameType': (_s, [x]) =>
        x && URL.canParse(`http://${x}/`) ? hostType(new URL(`http://${x}/`)) : 0,
      'CheckSchemeName(string):bool': (_s, [x]) => /^[A-Za-z][A-Za-z0-9+.-]*$/.test(x ?? ''),
      'HexEscape(char):string': (_s, [c]) => `%${c.toString(16).toUpperCase().padStart(2, '0')}`,
    },
  });
  defineType({
    type: 'WebUtility',
    statics: {
      'UrlEncode(string):string': optional(formEncode),
      'UrlDecode(string):string': optional(formDecode),
      'HtmlEncode(string):string': optional(encodeHtml),
      'HtmlDecode(string):string': optional(decodeHtml),
    },
  });
}
function relativeUri(from: URL, to: URL): V {
  if (from.protocol !== to.protocol || from.host !== to.host) return uriFrom(to);
  const base = from.pathname.split('/').slice(0, -1);
  const target = to.pathname.split('/');
  let common = 0;
  while (common < base.length && common < target.length - 1 && base[common] === target[common]) common++;
  const path = '../'.repeat(base.length - common) + target.slice(common).join('/');
  const text = path + to.search + to.hash;
  return new Native(typeOf('Uri'), { text, original: text, url: undefined });
}
