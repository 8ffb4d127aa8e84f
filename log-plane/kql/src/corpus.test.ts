import { existsSync, readFileSync } from 'node:fs';
import type { KqlColumn, KqlType } from '@vigia/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { difference } from '../conformance/compare.ts';
import { readCorpus, sharedPath } from '../conformance/corpus.ts';
import { openEngine } from '../conformance/engine.ts';
import deviations from '../conformance/known-deviations.json' with { type: 'json' };
import { createKqlCompiler, type KqlTable } from './index.ts';
import { SQL_TYPES } from './sql/print-literal.ts';
import { printName } from './sql/print-name.ts';

const NOW = 638_000_000_000_000_000n;
const known: Readonly<Record<string, string>> = deviations;

let engine: Awaited<ReturnType<typeof openEngine>>;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

/** Microsoft's engine is the truth: a case agrees or is refused by name; a wrong row is a failure of ours. */
describe.each(['emulator', 'kql-fuzz'])('recorded results of %s', (name) => {
  const cases = readCorpus(name)?.filter((one) => one.selfContained === true && one.expected !== null && !one.skip);

  it.skipIf(cases === undefined)('agree or are refused by name', { timeout: 120_000 }, async () => {
    const compiler = createKqlCompiler({ name: 'Empty', tables: [] });
    const counts = { cases: 0, agree: 0, refused: 0, deviating: 0 };
    const wrong: string[] = [];
    for (const one of cases ?? []) {
      if (one.expected === null) continue;
      counts.cases += 1;
      const compiled = compiler.compile(one.query, { now: NOW });
      if (!compiled.ok) {
        counts.refused += 1;
        if (compiled.diagnostics.length === 0) wrong.push(`${one.id}: refused without a diagnostic`);
        continue;
      }
      const outcome = await engine.run(compiled.sql).then(
        (rows) =>
          difference(compiled.columns, rows, one.expected ?? { columns: [], rows: [] }, {
            isOrdered: one.order !== 'none',
            isArbitrary: Boolean(one.arbitrary ?? one.approximate),
          }),
        (error: unknown) => `the engine refuses the SQL: ${String(error)}`,
      );
      if (outcome === undefined) counts.agree += 1;
      else if (known[one.id] !== undefined) counts.deviating += 1;
      else wrong.push(`${one.id}: ${outcome}\n  ${one.query}`);
    }
    console.log(`${name}: ${JSON.stringify(counts)}`);
    expect(wrong).toEqual([]);
    expect(counts.agree).toBeGreaterThan(counts.cases / 4);
  });
});

interface ReferenceTable {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** The tables of Azure Monitor, empty: every query has to be accepted by the engine or refused by name. */
describe('queries over API Management and Azure OpenAI', () => {
  const cases = readCorpus('azure-openai-apim');
  const schema = sharedPath('reference/monitor-tables.json');

  it.skipIf(cases === undefined || !existsSync(schema))(
    'compile and run, or are refused by name',
    { timeout: 120_000 },
    async () => {
      const reference = JSON.parse(readFileSync(schema, 'utf8')) as { tables: Record<string, ReferenceTable> };
      const tables: KqlTable[] = [];
      for (const [name, { columns: given }] of Object.entries(reference.tables)) {
        const columns: KqlColumn[] = given
          .filter(
            (column, index) =>
              column.type in SQL_TYPES && given.findIndex((other) => other.name === column.name) === index,
          )
          .map((column) => ({ name: column.name, type: column.type as KqlType }));
        const definition = columns.map((column) => `${printName(column.name)} ${SQL_TYPES[column.type]}`).join(', ');
        await engine.run(`create table ${printName(name)} (${definition})`);
        tables.push({ name, columns, relation: printName(name) });
      }
      const compiler = createKqlCompiler({ name: 'Workspace', tables });
      const counts = { queries: 0, run: 0, refused: 0, diagnosed: 0 };
      const failed: string[] = [];
      for (const one of cases ?? []) {
        counts.queries += 1;
        const compiled = compiler.compile(one.filled ?? one.query, { now: NOW });
        if (!compiled.ok) {
          const isOurs = compiled.diagnostics[0]?.code.startsWith('kql.') ?? false;
          counts[isOurs ? 'refused' : 'diagnosed'] += 1;
          continue;
        }
        await engine.run(compiled.sql).then(
          () => {
            counts.run += 1;
          },
          (error: unknown) => failed.push(`${one.id}: ${String(error)}`),
        );
      }
      console.log(`azure-openai-apim: ${JSON.stringify(counts)}`);
      expect(failed).toEqual([]);
      expect(counts.run).toBeGreaterThan(counts.queries / 2);
    },
  );
});
