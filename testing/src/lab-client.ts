import { type Agent, request } from 'node:http';

export interface Call {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly agent?: Agent;
  /** Address to call from: 127.0.0.x. */
  readonly localAddress?: string;
  /** Hang up after this many bytes of the answer. */
  readonly hangUpAfter?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One HTTP call by Node's own client, without retries: what arrives is what was sent. Rejects where the answer is not whole. */
export function call({
  url,
  method = 'GET',
  headers = {},
  body,
  agent,
  localAddress,
  hangUpAfter,
}: Call): Promise<Answer> {
  return new Promise((done, fail) => {
    const outgoing = request(
      url,
      {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
        ...(agent ? { agent } : {}),
        ...(localAddress ? { localAddress } : {}),
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        incoming.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          bytes += chunk.length;
          if (hangUpAfter !== undefined && bytes >= hangUpAfter) outgoing.destroy(new Error('hung up'));
        });
        // A call that is hung up may fail more than once; only the first time is told.
        incoming.on('error', fail);
        incoming.once('close', () => {
          if (!incoming.complete) fail(new Error('the answer was cut'));
          else
            done({
              status: incoming.statusCode ?? 0,
              headers: incoming.headers,
              body: Buffer.concat(chunks).toString('utf8'),
            });
        });
      },
    );
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}

/** The JSON of an ARM or query call; throws with the body where the status is not 2xx. */
export async function callJson<T>(given: Call & { readonly json?: unknown }): Promise<T> {
  const body = given.json === undefined ? given.body : JSON.stringify(given.json);
  const answer = await call({
    ...given,
    ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json', ...given.headers } }),
  });
  if (answer.status < 200 || answer.status > 299)
    throw new Error(`${given.method ?? 'GET'} ${given.url}: ${answer.status} ${answer.body}`);
  return (answer.body === '' ? undefined : JSON.parse(answer.body)) as T;
}

/** Text of a streamed chat answer, put together from its events; `isWhole` once `[DONE]` came. */
export function streamedText(body: string): {
  readonly text: string;
  readonly isWhole: boolean;
  readonly usage?: Record<string, number>;
} {
  let text = '';
  let isWhole = false;
  let usage: Record<string, number> | undefined;
  for (const line of body.split('\n')) {
    if (!line.startsWith('data: ')) continue;
    const data = line.slice('data: '.length);
    if (data === '[DONE]') {
      isWhole = true;
      continue;
    }
    const event = JSON.parse(data) as {
      choices?: { delta?: { content?: string } }[];
      usage?: Record<string, number> | null;
    };
    text += event.choices?.[0]?.delta?.content ?? '';
    if (event.usage) usage = event.usage;
  }
  return { text, isWhole, ...(usage ? { usage } : {}) };
}

interface QueryAnswer {
  readonly tables: readonly {
    readonly name: string;
    readonly columns: readonly { name: string; type: string }[];
    readonly rows: unknown[][];
  }[];
}

/** Rows of a KQL query as objects. */
export async function kql(management: string, workspaceId: string, query: string): Promise<Record<string, unknown>[]> {
  const { tables } = await callJson<QueryAnswer>({
    url: `${management}/v1/workspaces/${workspaceId}/query`,
    method: 'POST',
    json: { query },
  });
  const [table] = tables;
  if (!table) throw new Error('no table in the answer');
  return table.rows.map((row) => Object.fromEntries(table.columns.map(({ name }, index) => [name, row[index]])));
}
