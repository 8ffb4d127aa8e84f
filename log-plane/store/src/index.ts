export type { ContractCase, OpenLogStore } from './contract/contract-case.ts';
export { logStoreContract } from './contract-suite.ts';
export type {
  AppendResult,
  Cell,
  LogStore,
  SpoolBatch,
  SpoolPosition,
  SqlParameter,
  StoredFacts,
  StoreQuery,
  StoreResult,
} from './log-store.ts';
export { type ComputedTable, type JsonFacts, storeColumns, type TableSchema } from './table-schema.ts';
export { tableSchema, tableSchemas } from './table-schemas.ts';
