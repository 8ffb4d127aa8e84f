import { DuckDBInstance } from '@duckdb/node-api';

export type EngineRow = readonly unknown[];

/** The real engine, in memory, for the tests of this room. */
export async function openEngine(): Promise<{
  run(sql: string): Promise<readonly EngineRow[]>;
  close(): void;
}> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '2GB' });
  const connection = await instance.connect();
  await connection.run("set timezone = 'UTC'");
  return {
    run: async (sql) => (await connection.runAndReadAll(sql)).getRows(),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
