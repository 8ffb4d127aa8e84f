import type { ApiSnapshot, DiagnosticSnapshot, OperationSnapshot, ServiceSnapshot } from '@vigia/contract';
import type { MetricSample } from './metric-sample.ts';

/** One side of one message as it was seen on the wire. */
export interface SeenMessage {
  /** Names in the case they were sent; several values joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the body that passed, also where it was not kept. */
  readonly bytes: number;
  /** The body as it passed, whole up to the capture limit; undefined where it was not kept. */
  readonly body?: Uint8Array;
  /** The capture limit cut the body. */
  readonly isCut?: boolean;
}

export interface ExchangeError {
  readonly source: string;
  readonly reason: string;
  readonly message: string;
  readonly section?: string;
  readonly scope?: string;
  readonly path?: string;
  readonly policyId?: string;
  /** Milliseconds after receipt. */
  readonly elapsed: number;
}

export interface TraceRecord {
  readonly elapsed: number;
  readonly level: string;
  readonly source: string;
  readonly message: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Everything that the gateway saw of one request: the facts, before anyone decides what is kept of them. */
export interface Exchange {
  /** = context.RequestId = CorrelationId. */
  readonly correlationId: string;
  readonly service: ServiceSnapshot;
  readonly api?: ApiSnapshot;
  readonly operation?: OperationSnapshot;
  readonly productId?: string;
  readonly subscriptionId?: string;
  readonly userId?: string;
  /** Milliseconds since the Unix epoch. */
  readonly receivedAt: number;
  readonly callerIpAddress: string;
  readonly method: string;
  /** As the client sent it, with scheme and host; query included. */
  readonly url: string;
  readonly clientProtocol: string;
  readonly clientTlsVersion?: string;
  readonly request: SeenMessage;
  /** Absent where nothing reached the client (it went away before the status line). */
  readonly response?: SeenMessage & { readonly status: number };
  readonly backend?: {
    readonly id?: string;
    readonly method: string;
    readonly url: string;
    readonly protocol: string;
    readonly request: SeenMessage;
    /** Absent: connection failed; BackendResponseCode is 0. */
    readonly response?: SeenMessage & { readonly status: number };
    /** Milliseconds of connect, send and first byte. */
    readonly time: number;
    /** The backend sent all that it announced. */
    readonly isComplete: boolean;
  };
  /** The client took the answer whole. */
  readonly isClientComplete: boolean;
  /** Milliseconds of sending to the client. */
  readonly clientTime: number;
  /** Milliseconds from the first byte in to the last byte out. */
  readonly totalTime: number;
  /** Milliseconds from receipt to the first event of a streamed answer that the backend sent with generated text. */
  readonly timeToFirstToken?: number;
  readonly cache: 'none' | 'hit' | 'miss';
  readonly lastError?: ExchangeError;
  readonly errors: readonly ExchangeError[];
  readonly traceRecords: readonly TraceRecord[];
  /** What policies measured (`emit-metric` and its kin). */
  readonly metrics?: readonly MetricSample[];
  /** The diagnostic in force: the API's own, else the service's. */
  readonly diagnostic?: DiagnosticSnapshot;
}
