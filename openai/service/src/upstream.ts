import type { JsonObject } from '@vigia/contract';
import type { Tokenizer } from '@vigia/tokenizer';
import type { Operation } from './operation.ts';
import { type CallUsage, type Outcome, type StreamEvent, usageOf } from './outcome.ts';
import { Refusal, upstreamCredential, upstreamTimeout, upstreamUnreachable } from './refusal.ts';

/** A deployment whose answers come from a real service: Azure OpenAI, or any server that speaks OpenAI's API. */
export interface Upstream {
  /** Account and deployment names, as in the snapshot. */
  readonly account: string;
  readonly deployment: string;
  /** azure: `https://<resource>.openai.azure.com`; openai: up to and with `/v1`. */
  readonly baseUrl: string;
  readonly api: 'azure' | 'openai';
  /** azure only; absent: the version of the caller. */
  readonly apiVersion?: string;
  /** azure: the deployment's name there; openai: the model's. Absent: the deployment's name here. */
  readonly model?: string;
  /** Milliseconds without a byte after which the upstream counts as lost. Default 120 000. */
  readonly timeoutMs?: number;
  readonly auth: { readonly key: string } | { readonly token: () => Promise<string> } | { readonly none: true };
}

export const upstreamOf = (upstreams: readonly Upstream[], account: string, deployment: string) =>
  upstreams.find(
    (one) =>
      one.account.toLowerCase() === account.toLowerCase() && one.deployment.toLowerCase() === deployment.toLowerCase(),
  );

export interface Forwarding {
  readonly operation: Operation;
  readonly apiVersion: string;
  readonly body: JsonObject;
  readonly tokenizer: Tokenizer;
  readonly signal: AbortSignal;
}

const paths = { chat: '/chat/completions', completion: '/completions', embedding: '/embeddings' } as const;
/** Everything else an upstream says of itself is for its connection alone. */
const passedHeaders = /^(content-type|retry-after.*|x-ratelimit-.*|x-request-id|openai-.*|x-ms-.*|azureml-.*)$/;

/** Sends the call on and gives the answer as it comes, status and errors included. */
export async function forward(upstream: Upstream, forwarding: Forwarding): Promise<Outcome> {
  const { operation, body, signal } = forwarding;
  if (operation.kind !== 'chat' && operation.kind !== 'completion' && operation.kind !== 'embedding') {
    throw new TypeError(`${operation.id} has no upstream path`);
  }
  const model = upstream.model ?? upstream.deployment;
  const base = upstream.baseUrl.replace(/\/+$/, '');
  const path = paths[operation.kind];
  const version = upstream.apiVersion ?? (isDated(forwarding.apiVersion) ? forwarding.apiVersion : NEWEST_VERSION);
  const url =
    upstream.api === 'azure'
      ? `${base}/openai/deployments/${encodeURIComponent(model)}${path}?api-version=${encodeURIComponent(version)}`
      : `${base}${path}`;
  const { host } = new URL(url);
  const patience = patienceOf(upstream.timeoutMs ?? DEFAULT_TIMEOUT, signal);
  const failed = (cause: unknown): unknown => {
    if (signal.aborted) return cause;
    const refusal = patience.isOver() ? upstreamTimeout(host, patience.milliseconds) : upstreamUnreachable(host);
    refusal.cause = cause;
    return refusal;
  };
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: body['stream'] === true ? 'text/event-stream' : 'application/json',
        ...(await credentialOf(upstream, host)),
      },
      body: JSON.stringify(upstream.api === 'openai' ? { ...body, model } : body),
      signal: patience.signal,
      redirect: 'error',
    });
    const headers = Object.fromEntries([...response.headers].filter(([name]) => passedHeaders.test(name)));
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
    if (isStream && response.body !== null) {
      return passStream(response, response.body, { headers, forwarding, patience });
    }
    const text = await response.text();
    patience.end();
    const usage = response.ok ? usageIn(text) : undefined;
    return {
      kind: 'body',
      status: response.status,
      headers,
      body: text,
      ...(usage === undefined ? {} : { usage }),
      ...(response.ok ? {} : { description: descriptionOf(text, response.status) }),
    };
  } catch (error) {
    patience.end();
    throw error instanceof Refusal ? error : failed(error);
  }
}

/** Milliseconds without a byte after which an upstream counts as lost. */
const DEFAULT_TIMEOUT = 120_000;
const NEWEST_VERSION = '2024-10-21';
const isDated = (version: string) => /^\d{4}-/.test(version);

interface Patience {
  /** Aborts when the client goes away or nothing came for too long. */
  readonly signal: AbortSignal;
  readonly milliseconds: number;
  /** Something came: wait anew. */
  renew(): void;
  end(): void;
  isOver(): boolean;
}

function patienceOf(milliseconds: number, client: AbortSignal): Patience {
  const timeout = new AbortController();
  const over = () => timeout.abort(new DOMException('The upstream sent nothing for too long', 'TimeoutError'));
  let timer = setTimeout(over, milliseconds);
  return {
    signal: AbortSignal.any([client, timeout.signal]),
    milliseconds,
    renew() {
      clearTimeout(timer);
      timer = setTimeout(over, milliseconds);
    },
    end: () => clearTimeout(timer),
    isOver: () => timeout.signal.aborted,
  };
}

/** The code of an upstream's error alone: its message may repeat what the prompt said. */
function descriptionOf(text: string, status: number): string {
  const code = (jsonOf(text) as { error?: { code?: unknown } } | undefined)?.error?.code;
  return `The upstream answered ${status}${typeof code === 'string' ? ` (${code.slice(0, 100)})` : ''}.`;
}

async function credentialOf({ auth, api }: Upstream, host: string): Promise<Record<string, string>> {
  if ('none' in auth) return {};
  if ('token' in auth) {
    const token = await auth.token().catch((cause: unknown) => {
      const refusal = upstreamCredential(host);
      refusal.cause = cause;
      throw refusal;
    });
    return { authorization: `Bearer ${token}` };
  }
  return api === 'azure' ? { 'api-key': auth.key } : { authorization: `Bearer ${auth.key}` };
}

interface Passing {
  readonly headers: Readonly<Record<string, string>>;
  readonly forwarding: Forwarding;
  readonly patience: Patience;
}

function passStream(response: Response, stream: ReadableStream<Uint8Array>, passing: Passing): Outcome {
  const { headers, forwarding, patience } = passing;
  let reported: CallUsage | undefined;
  const texts: string[] = [];
  async function* events(): AsyncGenerator<StreamEvent> {
    try {
      for await (const data of eventsIn(stream)) {
        patience.renew();
        const chunk = jsonOf(payloadOf(data));
        reported = usageField(chunk) ?? reported;
        texts.push(...deltasIn(chunk));
        yield { data, tokens: 0 };
      }
    } finally {
      patience.end();
    }
  }
  return {
    kind: 'stream',
    status: response.status,
    headers,
    events: events(),
    usage: () => reported ?? countedUsage(forwarding, texts.join('')),
  };
}

/** The `data` of one event, its lines joined. */
const payloadOf = (event: string) =>
  event
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trimStart())
    .join('\n');

/** The upstream said nothing of tokens (no `include_usage`): counted from the texts. */
function countedUsage({ body, tokenizer }: Forwarding, text: string): CallUsage {
  const { messages, prompt, tools } = body;
  const promptTokens = Array.isArray(messages)
    ? tokenizer.countChatPrompt(messages as never, Array.isArray(tools) ? tools : undefined)
    : tokenizer.count(typeof prompt === 'string' ? prompt : '');
  return usageOf(promptTokens, tokenizer.count(text));
}

/** Whole events, each with the blank line that ends it, byte for byte. */
async function* eventsIn(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let waiting = '';
  for await (const bytes of stream as unknown as AsyncIterable<Uint8Array>) {
    waiting += decoder.decode(bytes, { stream: true });
    for (;;) {
      const end = /\r?\n\r?\n/.exec(waiting);
      if (end === null) break;
      const length = end.index + end[0].length;
      yield waiting.slice(0, length);
      waiting = waiting.slice(length);
    }
  }
  waiting += decoder.decode();
  if (waiting !== '') yield waiting;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // `[DONE]` and comments are events, too
  }
}

const usageIn = (text: string) => usageField(jsonOf(text));

function usageField(value: unknown): CallUsage | undefined {
  const usage = (value as { usage?: Record<string, unknown> | null } | undefined)?.usage;
  const prompt = usage?.['prompt_tokens'];
  if (typeof prompt !== 'number') return undefined;
  const completion = usage?.['completion_tokens'];
  return usageOf(prompt, typeof completion === 'number' ? completion : 0);
}

interface Chunk {
  readonly choices?: readonly {
    readonly text?: string;
    readonly delta?: {
      readonly content?: string | null;
      readonly tool_calls?: readonly { readonly function?: { readonly name?: string; readonly arguments?: string } }[];
    };
  }[];
}

function deltasIn(value: unknown): string[] {
  const { choices = [] } = (value ?? {}) as Chunk;
  return choices.flatMap(({ text, delta }) => [
    ...(text === undefined ? [] : [text]),
    ...(typeof delta?.content === 'string' ? [delta.content] : []),
    ...(delta?.tool_calls ?? []).flatMap((call) => [call.function?.name ?? '', call.function?.arguments ?? '']),
  ]);
}
