import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '@vigia/contract';
import type { ArmTarget } from './arm-path.ts';
import type { ManagementOptions } from './management-options.ts';
import type { TypeRegistry } from './type-registry.ts';
import type { WriteQueue } from './write-queue.ts';

export type ArmMethod = 'GET' | 'HEAD' | 'PUT' | 'PATCH' | 'DELETE' | 'POST';

/** One call of the ARM REST, taken apart. */
export interface ArmCall {
  readonly method: ArmMethod;
  readonly target: ArmTarget;
  /** Origin, path and query as they came, for links to the next page. */
  readonly url: { readonly origin: string; readonly path: string; readonly query: URLSearchParams };
  readonly headers: IncomingHttpHeaders;
  /** Absent: the call has no body. */
  readonly body: JsonObject | undefined;
  readonly correlationId: string;
  readonly callerIpAddress: string;
  readonly context: ArmContext;
}

/** What lives as long as the routes. */
export interface ArmContext extends ManagementOptions {
  readonly registry: TypeRegistry;
  readonly writes: WriteQueue;
}

export interface ArmAnswer {
  readonly status: number;
  /** An object is sent as JSON, a string as it is (with a content-type of its own). */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A query parameter; names are compared without regard to case, an empty one counts as absent. */
export function parameter(call: Pick<ArmCall, 'url'>, name: string): string | undefined {
  for (const [key, value] of call.url.query) {
    if (key.toLowerCase() === name.toLowerCase() && value !== '') return value;
  }
  return undefined;
}

export const isTrue = (call: Pick<ArmCall, 'url'>, name: string): boolean =>
  parameter(call, name)?.toLowerCase() === 'true';
