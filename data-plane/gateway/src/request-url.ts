import type { MutableUrl } from '@vigia/policy';

type QueryPair = [name: string, value: string];

const decode = (text: string): string => {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    // Not UTF-8 behind the percent signs: the text itself is the value, as it was sent.
    return spaced;
  }
};

/** How each pair was written, so that a query that no policy changed goes on byte for byte. */
const writtenAs = new WeakMap<QueryPair, { readonly name: string; readonly value: string; readonly text: string }>();

export function parseQuery(text: string): QueryPair[] {
  if (text === '') return [];
  const pairs: QueryPair[] = [];
  for (const part of text.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const pair: QueryPair = at < 0 ? [decode(part), ''] : [decode(part.slice(0, at)), decode(part.slice(at + 1))];
    writtenAs.set(pair, { name: pair[0], value: pair[1], text: part });
    pairs.push(pair);
  }
  return pairs;
}

export function printQuery(query: readonly QueryPair[]): string {
  let text = '';
  for (const pair of query) {
    const written = writtenAs.get(pair);
    const part =
      written !== undefined && written.name === pair[0] && written.value === pair[1]
        ? written.text
        : `${encodeURIComponent(pair[0])}=${encodeURIComponent(pair[1])}`;
    text += text === '' ? `?${part}` : `&${part}`;
  }
  return text;
}

const standardPorts: Readonly<Record<string, number>> = { http: 80, https: 443 };

export function printUrl(url: Readonly<MutableUrl>): string {
  const port = url.port === standardPorts[url.scheme] ? '' : `:${url.port}`;
  return `${url.scheme}://${url.host}${port}${printPath(url.path)}${printQuery(url.query)}`;
}

/** Characters that a policy wrote and a request line cannot hold are percent-encoded. */
const printPath = (path: string): string => path.replace(/[^\x21-\x7e]+|[?#]/g, encodeURIComponent);

/** Origin-form, or absolute-form as a proxy's client sends it; dot segments are resolved before anything is matched. */
export function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const local = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '');
  const at = local.indexOf('?');
  const rawPath = at < 0 ? local : local.slice(0, at);
  const query = at < 0 ? '' : local.slice(at + 1);
  const path = rawPath.startsWith('/') ? rawPath : `/${rawPath}`;
  return { path: /\/(\.|%2e)/i.test(path) ? new URL(`http://host${path}`).pathname : path, query };
}
