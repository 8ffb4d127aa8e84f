import type { JsonObject, JsonValue } from '@vigia/contract';
import { asText, fieldOf, isObject, listOf, objectOf, textOf } from './document-fields.ts';
import type { ImportNotes } from './import-notes.ts';

export interface Servers {
  readonly serviceUrl?: string;
  readonly protocols: readonly ('http' | 'https')[];
}

interface Written {
  readonly url: string;
  readonly variables?: JsonObject;
}

const longestUrl = 2000;

/**
 * The first https server, else the first http one. Variables get their defaults; what is relative starts at `link`,
 * the place where the document was found.
 */
export function findServers(root: JsonObject, link: string | undefined, notes: ImportNotes): Servers {
  const written = 'swagger' in root ? swaggerServers(root, link, notes) : servers(listOf(root, 'servers'));
  const urls = written.flatMap((server) => callableUrl(server, link, notes) ?? []);
  const first = urls.find(({ protocol }) => protocol === 'https:') ?? urls[0];
  if (first?.protocol === 'http:')
    notes.add('No server of the document uses https: the service URL uses http, where Azure leaves it empty.');
  const protocols = new Set(urls.map(({ protocol }) => (protocol === 'https:' ? 'https' : 'http')));
  return {
    ...(first ? { serviceUrl: first.href.replace(/\/$/, '') } : {}),
    protocols: protocols.size === 0 ? ['https'] : [...protocols],
  };
}

const servers = (list: readonly JsonValue[]): readonly Written[] =>
  list.flatMap((server) => {
    const url = isObject(server) ? fieldOf(server, 'url') : undefined;
    if (!isObject(server) || typeof url !== 'string') return [];
    const variables = objectOf(server, 'variables');
    return [{ url, ...(variables ? { variables } : {}) }];
  });

/** `host`, `basePath` and `schemes` of OpenAPI 2.0; `x-servers` where it stands. Without a host: where the link leads. */
function swaggerServers(root: JsonObject, link: string | undefined, notes: ImportNotes): readonly Written[] {
  const extension = listOf(root, 'x-servers');
  if (extension.length > 0) return servers(extension);
  const basePath = textOf(root, 'basePath') ?? '';
  const host = textOf(root, 'host');
  if (host === undefined)
    return basePath === '' && link === undefined ? [] : [{ url: basePath === '' ? '/' : basePath }];
  const schemes = listOf(root, 'schemes');
  const called = schemes.filter((scheme) => scheme === 'https' || scheme === 'http');
  if (called.length < schemes.length) notes.add('Schemes other than https and http are left out.');
  const implied = link?.startsWith('http:') ? 'http' : 'https';
  return (called.length > 0 ? called : [implied]).map((scheme) => ({ url: `${String(scheme)}://${host}${basePath}` }));
}

function callableUrl({ url, variables }: Written, link: string | undefined, notes: ImportNotes): URL | undefined {
  const filled = url.replace(/\{([^{}]*)\}/g, (braced, name: string) => {
    const variable = objectOf(variables, name);
    const value = fieldOf(variable, 'default') ?? listOf(variable, 'enum')[0];
    return value === undefined || value === null ? braced : asText(value);
  });
  const open = /\{([^{}]*)\}/.exec(filled);
  if (open) {
    notes.add(`The server '${url}' is left out: its variable '${open[1]}' has no value that can be called.`);
    return undefined;
  }
  if (link === undefined && !/^[a-z][a-z0-9+.-]*:/i.test(filled)) {
    notes.add(`The server '${url}' is left out: it is relative, and the document came without an address.`);
    return undefined;
  }
  const parsed = URL.canParse(filled, link) ? new URL(filled, link) : undefined;
  const reason =
    parsed === undefined
      ? 'it is no URL'
      : parsed.protocol !== 'https:' && parsed.protocol !== 'http:'
        ? `its scheme '${parsed.protocol.slice(0, -1)}' is not called`
        : parsed.username !== '' || parsed.password !== ''
          ? 'it holds a user name or password'
          : parsed.href.length > longestUrl
            ? `it is longer than ${longestUrl} characters`
            : undefined;
  if (reason === undefined) return parsed;
  notes.add(`A server is left out: ${reason}.`);
  return undefined;
}
