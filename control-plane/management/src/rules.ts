import type { Change, Resource, ResourceBody } from '@vigia/resource';
import type { ArmAnswer, ArmCall, ArmMethod } from './arm-call.ts';
import type { Filter } from './filter.ts';

/** Changes that a write makes of what is there now; the first one is the resource that the answer shows. */
export type ChangesOf = (existing: Resource | undefined) => readonly Change[];

/** What a type of resource does otherwise than the engine. Everything in it may be left out. */
export interface TypeRules {
  /** `Microsoft.ApiManagement/service/apis`. */
  readonly type: string;
  /** Fields that a `$filter` of its list may name; default: name. */
  readonly filter?: Filter<Resource>;
  /** What a GET, PUT or a list shows instead of the resource as it is stored. */
  readonly show?: (resource: Resource, call: ArmCall) => Resource;
  /** The whole answer of a GET, where the call asks for something other than JSON; undefined: as always. */
  readonly read?: (resource: Resource, call: ArmCall) => ArmAnswer | undefined;
  /** A PUT as a list of changes. What takes time (an import) is done before the function is returned. */
  readonly put?: (call: ArmCall, body: ResourceBody) => ChangesOf | Promise<ChangesOf>;
  /** What else is deleted with it, by what the query asks for; comes before the delete itself. */
  readonly deleteWith?: (resource: Resource, call: ArmCall) => readonly Change[];
  /** Status of a PUT that created; default 201. */
  readonly createdStatus?: number;
  /** Status of a HEAD that found; default 204, in API Management 200. */
  readonly headStatus?: number;
  /** Overrides what the store's table says of PATCH and DELETE. */
  readonly needsIfMatch?: boolean;
  /** Methods that Azure does not have for the type. */
  readonly without?: readonly ArmMethod[];
  /** The list, where it is not "all of the type below the parent". */
  readonly list?: (call: ArmCall, below: readonly Resource[]) => readonly Resource[];
}

/**
 * A call that is not create, read, update, delete of a stored type: an action, a list of something computed. `path` is
 * the type with the action's or list's name, `/{name}` at the end where it takes a name:
 * `Microsoft.CognitiveServices/accounts/listKeys`, `Microsoft.Insights/diagnosticSettingsCategories/{name}`.
 */
export interface ArmRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** `parent`: the stored resource that the path lies below; undefined for a subscription or the tenant. */
  readonly run: (call: ArmCall, parent: Resource | undefined) => ArmAnswer | Promise<ArmAnswer>;
}

/** A namespace of ARM. */
export interface Provider {
  readonly namespace: string;
  /** What `GET …/providers/{namespace}` says; the newest first. Other dates are answered just as well. */
  readonly apiVersions: readonly string[];
  readonly types: readonly TypeRules[];
  readonly routes: readonly ArmRoute[];
  /** Types and actions that Azure has and Vigia has not, below the namespace: `service/caches`. */
  readonly notHere: readonly string[];
}

export const json = (body: unknown, status = 200): ArmAnswer => ({ status, body });
