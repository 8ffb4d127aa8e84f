import type { JsonObject } from '@vigia/contract';
import { withApiVersion } from './api-versions.ts';
import { CommandError, RestError } from './command-error.ts';

export interface Connection {
  readonly gateway: string;
  readonly management: string;
  readonly openai: string;
  readonly subscriptionId: string;
  readonly tenantId: string;
  /** The group that commands use where none is named. */
  readonly resourceGroup: string;
  /** For a management REST that asks for one. */
  readonly token?: string;
}

/** An ARM resource as the REST answers it. */
export interface Resource<Properties = JsonObject> {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location?: string;
  readonly kind?: string;
  readonly sku?: { readonly name: string; readonly capacity?: number };
  readonly identity?: { readonly type: string; readonly principalId?: string; readonly tenantId?: string };
  readonly properties: Properties;
}

export interface QueryColumn {
  readonly name: string;
  readonly type: string;
}

export interface QueryTable {
  readonly name: string;
  readonly columns: readonly QueryColumn[];
  readonly rows: readonly (readonly unknown[])[];
}

/** The answer of the Log Analytics query REST, with what Vigia adds to it. */
export interface QueryAnswer {
  readonly tables: readonly QueryTable[];
  readonly [extension: string]: unknown;
}

export interface QueryOptions {
  /** ISO 8601 duration or `start/end`. */
  readonly timespan?: string;
  readonly prefer?: string;
  /** Further fields of the request body. */
  readonly extra?: JsonObject;
}

export interface AzureClient {
  readonly connection: Connection;
  /** `/subscriptions/{id}/resourceGroups/{group}` */
  groupId(group?: string): string;
  /** One call of the management REST; api-version is added. Throws RestError. */
  arm<T = Resource>(method: string, path: string, body?: unknown): Promise<T>;
  /** GET; undefined where the resource does not exist. */
  find<T = Resource>(path: string): Promise<T | undefined>;
  /** All pages. */
  list<T = Resource>(path: string): Promise<readonly T[]>;
  /** One query of a workspace by its customerId. Throws RestError. */
  query(workspaceId: string, query: string, options?: QueryOptions): Promise<QueryAnswer>;
  /** A request to any address; the answer whatever its status. Throws CommandError where nobody answers. */
  send(url: string, init?: RequestInit): Promise<Response>;
}

/** A client of a running system: nothing but its public REST interfaces. */
export function createAzureClient(connection: Connection): AzureClient {
  const authorization = connection.token === undefined ? {} : { authorization: `Bearer ${connection.token}` };

  async function send(url: string, init: RequestInit = {}): Promise<Response> {
    try {
      return await fetch(url, init);
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new CommandError(
        `Nothing answers at ${new URL(url).origin} (${reasonOf(error)}). Start Vigia with \`vigia up\`, or name its address with VIGIA_MANAGEMENT_URL (flag --management-url).`,
      );
    }
  }

  async function management<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const url = new URL(withApiVersion(path), connection.management).href;
    if (new URL(url).origin !== new URL(connection.management).origin) {
      throw new CommandError(`${url} is not an address of ${connection.management}.`);
    }
    const isChange = method === 'PATCH' || method === 'DELETE';
    const response = await send(url, {
      method,
      headers: {
        accept: 'application/json',
        ...authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(isChange && /\/providers\/microsoft\.apimanagement\//i.test(path) ? { 'if-match': '*' } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const content = parseJson(await response.text());
    if (!response.ok) throw new RestError({ status: response.status, method, url, body: content });
    return content as T;
  }

  async function list<T>(path: string): Promise<readonly T[]> {
    const found: T[] = [];
    let next: string | undefined = path;
    while (next !== undefined) {
      const page: { value?: readonly T[]; nextLink?: string | null } = await management('GET', next);
      if (!Array.isArray(page.value)) throw new CommandError(`GET ${next} answered without a list "value".`);
      found.push(...page.value);
      next = page.nextLink || undefined;
    }
    return found;
  }

  return {
    connection,
    groupId: (group = connection.resourceGroup) =>
      `/subscriptions/${connection.subscriptionId}/resourceGroups/${group}`,
    arm: (method, path, body) => management(method, path, body),
    async find(path) {
      try {
        return await management('GET', path);
      } catch (error) {
        if (error instanceof RestError && error.status === 404) return undefined;
        throw error;
      }
    },
    list,
    query: (workspaceId, query, { timespan, prefer, extra } = {}) =>
      management(
        'POST',
        `/v1/workspaces/${encodeURIComponent(workspaceId)}/query`,
        { query, ...(timespan === undefined ? {} : { timespan }), ...extra },
        prefer === undefined ? {} : { prefer },
      ),
    send,
  };
}

export function parseJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: whoever asked gets the text as it came.
    return text;
  }
}

/** `fetch` hides the reason (ECONNREFUSED …) in `cause`, for several addresses in `cause.errors`. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  return first instanceof Error ? first.message || first.name : String(first);
}
