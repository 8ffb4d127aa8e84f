import type { Diagnostic, JsonObject, Snapshot } from '@vigia/contract';

export interface Sku {
  readonly name: string;
  readonly capacity?: number;
  readonly tier?: string;
}

export interface ResourceIdentity {
  /** `SystemAssigned`, `UserAssigned`, `SystemAssigned, UserAssigned`, `None`. */
  readonly type: string;
  readonly principalId?: string;
  readonly tenantId?: string;
}

/** A resource as a GET shows it: defaults filled in, read-only properties computed, secrets left out. */
export interface Resource {
  /** ARM id in canonical casing, without a slash at the end. */
  readonly id: string;
  /** `Microsoft.ApiManagement/service/apis`. */
  readonly type: string;
  readonly name: string;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly kind?: string;
  readonly sku?: Sku;
  readonly identity?: ResourceIdentity;
  readonly properties: JsonObject;
  /** Opaque, without quotes; changes with every change of the resource. */
  readonly etag: string;
}

/** What a PUT or PATCH brings: the envelope without id, name, type. Read-only properties in it are ignored. */
export interface ResourceBody {
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly kind?: string;
  readonly sku?: Sku;
  readonly identity?: { readonly type: string };
  readonly properties?: JsonObject;
}

/** `ifMatch`: an etag, or `*` for "must exist"; absent: not asked. */
export type Change =
  | { readonly kind: 'put'; readonly id: string; readonly body: ResourceBody; readonly ifMatch?: string }
  /** RFC 7396: null takes away, an object is merged, a list is replaced. */
  | { readonly kind: 'patch'; readonly id: string; readonly body: ResourceBody; readonly ifMatch?: string }
  /** With everything below it. Absent already: no error, `existed` false. */
  | { readonly kind: 'delete'; readonly id: string; readonly ifMatch?: string }
  /** A new random value for one secret (`key1`, `primaryKey` …). The old one stops counting at once. */
  | { readonly kind: 'renewSecret'; readonly id: string; readonly secret: string }
  /** A text that belongs to a resource and is a file of its own: the specification of an API. Only inside a list of changes. */
  | {
      readonly kind: 'attach';
      readonly id: string;
      readonly file: 'specification';
      readonly format: 'json' | 'yaml';
      readonly text: string;
    };

export interface ChangeResult {
  readonly id: string;
  /** Absent after a delete. */
  readonly resource?: Resource;
  /** False: it was created. */
  readonly existed: boolean;
}

/** A mistake in a file of the configuration folder; the last good state stays in force. */
export interface ConfigurationFault {
  /** Relative to the configuration folder. */
  readonly file: string;
  readonly diagnostic: Diagnostic;
}

export interface ResourceStoreStatus {
  readonly snapshotVersion: number;
  readonly resources: number;
  readonly faults: readonly ConfigurationFault[];
}

/**
 * All resources of an installation: a folder of readable files, a vault of secrets, and the sealed snapshot made of
 * both. Ids are compared without regard to case. Throws `Problem`s in Azure's words.
 */
export interface ResourceStore {
  get(id: string): Resource | undefined;
  /** All of a type (as Azure spells it, any case) whose id lies below `under` (`/subscriptions/…`), in order of creation. */
  list(query: { readonly type: string; readonly under: string }): readonly Resource[];
  /**
   * All or nothing, one call at a time. Checks, writes the files, seals a snapshot, and resolves when the snapshot is
   * in force everywhere. One result a change, in order.
   */
  change(changes: readonly Change[]): Promise<readonly ChangeResult[]>;
  /** A secret in clear (`key1`, `primaryKey`, `value`); undefined: the resource has none of that name. */
  secret(id: string, secret: string): string | undefined;
  /** The text of `attach`. */
  attachment(
    id: string,
    file: 'specification',
  ): { readonly format: 'json' | 'yaml'; readonly text: string } | undefined;
  /** What is in force. */
  snapshot(): Snapshot;
  status(): ResourceStoreStatus;
  close(): Promise<void>;
}

/** One type of resource, as data: what `management` needs to know of it without a special case. */
export interface ResourceType {
  /** `Microsoft.ApiManagement/service/apis`. */
  readonly type: string;
  /** As the error "Api not found." says it: `Api`. */
  readonly noun: string;
  /** Resources of their own (`id` ends in it), or attached to any other one (`{scope}/providers/…`). */
  readonly isExtension: boolean;
  /** Whole resources of ARM have location, tags, sku; children of an API Management service have only properties. */
  readonly isTracked: boolean;
  /** Names of secrets in `properties`: taken out of what is shown, kept in the vault. */
  readonly secrets: readonly string[];
  /** PATCH and DELETE must bring If-Match. */
  readonly needsIfMatch: boolean;
  /** The only name that exists (`policy`), where there is only one. */
  readonly onlyName?: string;
}
