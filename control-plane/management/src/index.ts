export type { DefinitionInput, ImportedApi } from './import/import-definition.ts';
export { type ImportOptions, importDefinition } from './import/import-definition.ts';
export type { KeyAction, ManagementLogger, ManagementOptions, ModelListing } from './management-options.ts';
export { managementRoutes } from './management-routes.ts';
