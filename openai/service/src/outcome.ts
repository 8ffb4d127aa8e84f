/** Token counts of one call, as its `usage` tells them (or would have told them, had the client asked). */
export interface CallUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
}

/** One server-sent event on its way; `tokens` set the pace. */
export interface StreamEvent {
  readonly data: string;
  readonly tokens: number;
}

/** What a handler made of a call that was not refused. */
export type Outcome =
  | {
      readonly kind: 'body';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string | Uint8Array;
      readonly usage?: CallUsage;
      /** One sentence about a failed call, for its record: no text of a prompt in it. */
      readonly description?: string;
    }
  | {
      readonly kind: 'stream';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly events: Iterable<StreamEvent> | AsyncIterable<StreamEvent>;
      /** What has been used up to now: whole after the last event, less where the client hung up. */
      usage(): CallUsage | undefined;
    };

export const event = (value: object, tokens = 0): StreamEvent => ({
  data: `data: ${JSON.stringify(value)}\n\n`,
  tokens,
});

export const doneEvent: StreamEvent = { data: 'data: [DONE]\n\n', tokens: 0 };

export const usageOf = (promptTokens: number, completionTokens: number): CallUsage => ({
  promptTokens,
  completionTokens,
  totalTokens: promptTokens + completionTokens,
});

export const jsonHeaders = { 'Content-Type': 'application/json' };
export const streamHeaders = { 'Content-Type': 'text/event-stream; charset=utf-8' };
