import { existsSync, readFileSync } from 'node:fs';
import type { KqlColumn, KqlType } from '@vigia/contract';
import { createKqlCompiler } from '../src/index.ts';
import type { KqlTable } from '../src/interface.ts';
import { SQL_TYPES } from '../src/sql/print-literal.ts';
import { type CorpusCase, sharedPath } from './corpus.ts';
import { compileWithDiscovery } from './discover.ts';
import type { Engine } from './engine.ts';
import { fillParameters, withImplicitTable } from './fill-parameters.ts';
import { emptyTable, inferDatabase } from './infer-schema.ts';

const NOW = 638_000_000_000_000_000n;

export type CompileOutcome =
  | { readonly kind: 'compiled' }
  /** `isOurs`: refused by Vigia; else a diagnostic of Microsoft's parser. */
  | { readonly kind: 'refused'; readonly subject: string; readonly message: string; readonly isOurs: boolean }
  /** The compiler threw, or the engine does not take its SQL. */
  | { readonly kind: 'crashed'; readonly message: string };

interface ReferenceTable {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** Azure Monitor's tables as the reference pages list them, empty. None where the pages are not on this machine. */
export function monitorTables(): readonly KqlTable[] {
  const path = sharedPath('reference/monitor-tables.json');
  if (!existsSync(path)) return [];
  const reference = JSON.parse(readFileSync(path, 'utf8')) as { tables: Record<string, ReferenceTable> };
  return Object.entries(reference.tables).map(([name, { columns: given }]) => {
    const columns = given
      .filter(
        (column, index) => column.type in SQL_TYPES && given.findIndex((other) => other.name === column.name) === index,
      )
      .map((column): KqlColumn => ({ name: column.name, type: column.type as KqlType }));
    return emptyTable(name, columns);
  });
}

/** Compiles a published query on the schema that it names, and has the engine take the SQL. */
export async function runCompile(
  tables: readonly KqlTable[],
  engine: Engine,
  one: CorpusCase,
): Promise<CompileOutcome> {
  try {
    const published = withImplicitTable(one.filled ?? one.query, one.dialect);
    const names = one.tables ?? [];
    const asPublished = inferDatabase(published, tables, names);
    const text = fillParameters(published, asPublished);
    // Inferring takes several analyses: six times as long as compiling.
    const compiler = createKqlCompiler(text === published ? asPublished : inferDatabase(text, tables, names));
    const compiled = await compileWithDiscovery(compiler, engine, text, {
      now: NOW,
      // What stands outside is not read here: the query is compiled over no rows of it.
      externalData: ({ columns }) => emptyTable('external', columns).relation,
    });
    if (!compiled.ok) {
      const [first] = compiled.diagnostics;
      if (first === undefined) return { kind: 'crashed', message: 'refused without a diagnostic' };
      const isOurs = first.code.startsWith('kql.');
      return { kind: 'refused', subject: first.subject ?? first.code, message: first.message, isOurs };
    }
    await engine.run(compiled.sql);
    return { kind: 'compiled' };
  } catch (error) {
    return { kind: 'crashed', message: String(error) };
  }
}
