import type { RoleDefinition } from '@vigia/access';
import type { Clock } from '@vigia/contract';
import type { ResourceStore } from '@vigia/resource';
import type { DefinitionInput, ImportedApi } from './import/import-definition.ts';

/** What the routes tell the operator. `facts` hold no bodies, keys or tokens. */
export interface ManagementLogger {
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  error(message: string, facts?: Readonly<Record<string, unknown>>): void;
}

/** Somebody asked for, or renewed, keys of a Cognitive Services account. */
export interface KeyAction {
  readonly accountId: string;
  readonly operationName: 'ListKey' | 'RegenerateKey';
  readonly correlationId: string;
  /** When the call came in, milliseconds since the Unix epoch. */
  readonly at: number;
  readonly durationMs: number;
  /** HTTP status of the answer. */
  readonly status: number;
  readonly callerIpAddress: string;
}

/** A model that an account can deploy, as `…/accounts/{a}/models` lists it. */
export interface ModelListing {
  readonly format: string;
  readonly name: string;
  readonly version: string;
  /** `{ chatCompletion: 'true' }` and the like. */
  readonly capabilities?: Readonly<Record<string, string>>;
}

/** A table that every workspace has, as `…/workspaces/{w}/tables` lists it. */
export interface TableListing {
  readonly name: string;
  readonly description?: string;
  /** Types as KQL writes them. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** Traces of single calls, which the gateway collects. */
export interface GatewayTracing {
  /** A token that opens traces of calls of one API, until then (milliseconds since the Unix epoch). */
  credentials(grant: { readonly serviceId: string; readonly apiId: string; readonly expiresAt: number }): string;
  /** API Management's JSON of a trace; undefined: there is none, or not any more. */
  trace(serviceId: string, traceId: string): Promise<unknown>;
}

export interface ManagementOptions {
  readonly store: ResourceStore;
  /** `importDefinition` with its limits bound; throws `Problem`. */
  readonly importer: (input: DefinitionInput) => Promise<ImportedApi>;
  readonly roleDefinitions: readonly RoleDefinition[];
  /** The two spellings of a policy document (`format=xml`, `format=rawxml`). */
  readonly policies: { toXml(document: string): string; toRawXml(document: string): string };
  /** Origins without a slash at the end. */
  readonly addresses: { readonly gateway: string; readonly management: string; readonly openai: string };
  readonly tenantId: string;
  readonly subscriptionId: string;
  /** Models that accounts can deploy; absent: the list of models is refused as not supported. */
  readonly models?: readonly ModelListing[];
  /** Tables of the log store, by their names; absent: workspaces list none. */
  readonly tables?: readonly TableListing[];
  /** Awaited before the answer leaves; a failure of it fails the call. */
  readonly onKeyAction?: (action: KeyAction) => Promise<void>;
  /** Absent: the actions of `gateways/managed` are refused as not supported. */
  readonly tracing?: GatewayTracing;
  readonly clock: Clock;
  readonly logger: ManagementLogger;
}
