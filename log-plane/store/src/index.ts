export type {
  AppendResult,
  Cell,
  LogStore,
  SpoolBatch,
  SpoolPosition,
  SqlParameter,
  StoreQuery,
  StoreResult,
} from './log-store.ts';
