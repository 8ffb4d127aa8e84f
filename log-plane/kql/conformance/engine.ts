import { DuckDBInstance } from '@duckdb/node-api';

export type EngineRow = readonly unknown[];

/** A query that runs longer is interrupted. */
const MAX_MILLISECONDS = 20_000;

export interface Engine {
  run(sql: string): Promise<readonly EngineRow[]>;
  close(): void;
}

/** The real engine, in memory, for the tests of this room. */
export async function openEngine(): Promise<Engine> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '2GB' });
  const connection = await instance.connect();
  await connection.run("set timezone = 'UTC'");
  return {
    run: async (sql) => {
      const timer = setTimeout(() => connection.interrupt(), MAX_MILLISECONDS);
      try {
        return (await connection.runAndReadAll(sql)).getRows();
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
