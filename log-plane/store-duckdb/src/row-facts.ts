import { type DuckDBConnection, type DuckDBPreparedStatement, LIST, VARCHAR } from '@duckdb/node-api';
import type { Kept } from './column-writer.ts';
import { type HiddenText, hiddenTexts, knownColumn, readFactsSql } from './json-facts.ts';
import type { PhysicalTable } from './physical-table.ts';
import type { KeptRow } from './row-writer.ts';

/** Fills the hidden columns of rows that are about to be written. */
export interface RowFacts {
  fill(rows: readonly KeptRow[]): Promise<void>;
}

interface Reader {
  /** The text's column, and where and how many its hidden columns are. */
  readonly texts: readonly { readonly position: number; readonly first: number; readonly width: number }[];
  readonly statement: DuckDBPreparedStatement;
}

interface Target {
  readonly values: KeptRow['values'];
  readonly first: number;
  readonly width: number;
}

/**
 * The same text in several columns (an answer from the backend, and to the client) is read once. Texts without paths
 * are read with others: a statement costs a small batch more than the paths do.
 */
export async function createRowFacts(connection: DuckDBConnection, table: PhysicalTable): Promise<RowFacts> {
  const position = (name: string): number => table.columns.findIndex((column) => column.name === name);
  const known = position(knownColumn(table.schema));
  const alike = new Map<string, HiddenText[]>();
  const texts = hiddenTexts(table.schema);
  const some = texts.find(({ paths }) => paths.length > 0);
  for (const text of texts) {
    const sql = readFactsSql(text.paths.length > 0 ? text : (some ?? text), '(select unnest($1::varchar[]) as text)');
    alike.set(sql, [...(alike.get(sql) ?? []), text]);
  }
  const readers: Reader[] = [];
  for (const [sql, texts] of alike)
    readers.push({
      texts: texts.map(({ column, validity, hidden }) => ({
        position: position(column),
        first: position(validity),
        width: 1 + 2 * hidden.length,
      })),
      statement: await connection.prepare(sql),
    });

  return {
    async fill(rows) {
      if (readers.length === 0) return;
      for (const { values } of rows) values[known] = true;
      for (const { texts, statement } of readers) {
        const places = new Map<string, Target[]>();
        for (const { values } of rows)
          for (const { position: at, first, width } of texts) {
            const text = values[at];
            // The empty text, which most columns hold in a log without bodies, is no JSON.
            if (typeof text !== 'string' || text === '') {
              values[first] = false;
              continue;
            }
            const same = places.get(text);
            if (same === undefined) places.set(text, [{ values, first, width }]);
            else same.push({ values, first, width });
          }
        if (places.size === 0) continue;
        statement.bindList(1, [...places.keys()], LIST(VARCHAR));
        const found = (await statement.runAndReadAll()).getRows();
        let next = 0;
        for (const targets of places.values()) {
          const [isKnown, ...facts] = found[next] ?? [];
          next += 1;
          for (const { values, first, width } of targets) {
            if (isKnown !== true) values[known] = null;
            for (let at = 0; at < width; at += 1) values[first + at] = (facts[at] ?? null) as Kept;
          }
        }
        if (found.length !== next) throw new Error(`The engine read ${found.length} of ${next} JSON texts.`);
      }
    },
  };
}
