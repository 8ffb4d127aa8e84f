export type { Envelope, PolicyTools, ResourceDefinition } from './definition.ts';
export { type DiagnosticCategory, diagnosticCategoriesOf } from './diagnostic-categories.ts';
export type {
  Change,
  ChangeResult,
  ConfigurationFault,
  Resource,
  ResourceBody,
  ResourceIdentity,
  ResourceStore,
  ResourceStoreStatus,
  ResourceType,
  Sku,
} from './interface.ts';
export { openMasterKey } from './master-key.ts';
export { openResourceStore, type ResourceLogger, type ResourceStoreOptions } from './open-resource-store.ts';
export { notFound, parentNotFound } from './problems.ts';
export { regionOf, regions } from './regions.ts';
export { canonicalId, isGuid, parseResourceId, type ResourceId } from './resource-id.ts';
export { readSnapshot, sealSnapshot, writeSnapshot } from './snapshot-file.ts';
export { resourceTypes } from './type-table.ts';
