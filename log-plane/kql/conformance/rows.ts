import { createKqlCompiler } from '../src/index.ts';
import type { KqlDatabase } from '../src/interface.ts';
import { datetimeText, timespanText } from '../src/literals/ticks-text.ts';
import { compileWithDiscovery } from './discover.ts';
import { type Engine, openEngine } from './engine.ts';

const NOW = 638_000_000_000_000_000n;

/** Rows as a test writes them: numbers, texts, booleans, null; moments and spans as text, dynamic as its value. */
export type PlainRow = readonly unknown[];

/** Runs KQL without tables of a store on the real engine. */
export async function openRows(database: KqlDatabase = { name: 'Empty', tables: [] }): Promise<{
  rowsOf(kql: string): Promise<readonly PlainRow[]>;
  readonly engine: Engine;
  close(): void;
}> {
  const engine = await openEngine();
  const compiler = createKqlCompiler(database);
  return {
    engine,
    rowsOf: async (kql) => {
      const compiled = await compileWithDiscovery(compiler, engine, kql, { now: NOW });
      if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics));
      const rows = await engine.run(compiled.sql);
      return rows.map((row) => compiled.columns.map(({ type }, index) => plain(row[index], type)));
    },
    close: () => engine.close(),
  };
}

function plain(value: unknown, type: string): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'datetime') return datetimeText(value as bigint);
  if (type === 'timespan') return timespanText(value as bigint);
  if (type === 'dynamic') return JSON.parse(String(value)) as unknown;
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'object' ? Number(String(value)) : value;
}
