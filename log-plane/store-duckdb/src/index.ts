export { type DuckDbStoreOptions, openDuckDbStore, type StoreLogger } from './open-duckdb-store.ts';
