import type { AccountSnapshot, DeploymentSnapshot } from '@vigia/contract';

/** Tokens of one call; absent is unknown, never 0. */
export interface TokenUsage {
  readonly promptTokens?: number;
  readonly completionTokens?: number;
  readonly totalTokens?: number;
}

/** The facts of one call of an Azure OpenAI account's data plane. No prompt and no answer is among them. */
export interface OpenAiCall {
  readonly account: AccountSnapshot;
  readonly tenantId: string;
  /** A guid, the `apim-request-id` of the answer. */
  readonly correlationId: string;
  /** Operation id of the service's document: `ChatCompletions_Create`, `Embeddings_Create`. */
  readonly operationName: string;
  /** `2024-02-01`, or `v1`. */
  readonly apiVersion: string;
  /** Milliseconds since the Unix epoch. */
  readonly receivedAt: number;
  readonly durationMs: number;
  /** Milliseconds from receipt to the first byte of the answer's body; absent: none came. */
  readonly timeToResponseMs?: number;
  /** HTTP status of the answer; 499 where the client left before it. */
  readonly status: number;
  readonly callerIpAddress: string;
  /** Bytes of the bodies. */
  readonly requestLength: number;
  readonly responseLength: number;
  /** Entra object id of the caller; absent with an api key. */
  readonly objectId?: string;
  readonly auth: 'key' | 'token' | 'none';
  readonly isStreaming: boolean;
  readonly deployment?: DeploymentSnapshot;
  readonly usage?: TokenUsage;
  /** One sentence about a failed call: no text of a prompt in it. */
  readonly resultDescription?: string;
}

/** A control-plane action on an account's keys. */
export interface KeyAction {
  readonly account: AccountSnapshot;
  readonly tenantId: string;
  readonly correlationId: string;
  readonly operationName: 'ListKey' | 'RegenerateKey';
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly durationMs: number;
  readonly status: number;
  readonly callerIpAddress: string;
  readonly objectId?: string;
}
