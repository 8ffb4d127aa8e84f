import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { monitorTables, runCompile } from '../conformance/compiled.ts';
import { readCorpus } from '../conformance/corpus.ts';
import { type Engine, openEngine } from '../conformance/engine.ts';
import deviations from '../conformance/known-deviations.json' with { type: 'json' };
import { isComparable, runRecorded } from '../conformance/recorded.ts';
import { createKqlCompiler } from './index.ts';

const known: Readonly<Record<string, string>> = deviations;

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

/** Microsoft's engine is the truth: a case agrees or is refused by name; a wrong row is a failure of ours. */
describe.each([
  { name: 'emulator', share: 0.6 },
  { name: 'kql-fuzz', share: 0.97 },
])('recorded results of $name', ({ name, share }) => {
  const cases = readCorpus(name)?.filter(isComparable);

  it.skipIf(cases === undefined)('agree or are refused by name', { timeout: 240_000 }, async () => {
    const compiler = createKqlCompiler({ name: 'Empty', tables: [] });
    const counts = { cases: 0, exact: 0, refused: 0, deviating: 0 };
    const wrong: string[] = [];
    for (const one of cases ?? []) {
      counts.cases += 1;
      const outcome = await runRecorded(compiler, engine, one);
      if (outcome.kind === 'exact' || outcome.kind === 'refused') counts[outcome.kind] += 1;
      else if (known[one.id] !== undefined) counts.deviating += 1;
      else wrong.push(`${one.id}: ${outcome.message}\n  ${one.query}`);
    }
    console.log(`${name}: ${JSON.stringify(counts)}`);
    expect(wrong).toEqual([]);
    expect(counts.exact).toBeGreaterThan(counts.cases * share);
  });
});

/** The tables of Azure Monitor, empty: every query has to be accepted by the engine or refused by name. */
describe('queries over API Management and Azure OpenAI', () => {
  const cases = readCorpus('azure-openai-apim');
  const tables = monitorTables();

  it.skipIf(cases === undefined || tables.length === 0)(
    'compile and run, or are refused by name',
    { timeout: 240_000 },
    async () => {
      const counts = { queries: 0, compiled: 0, refused: 0, crashed: 0 };
      const crashed: string[] = [];
      for (const one of cases ?? []) {
        counts.queries += 1;
        const outcome = await runCompile(tables, engine, one);
        counts[outcome.kind] += 1;
        if (outcome.kind === 'crashed') crashed.push(`${one.id}: ${outcome.message}`);
      }
      console.log(`azure-openai-apim: ${JSON.stringify(counts)}`);
      expect(crashed).toEqual([]);
      expect(counts.compiled).toBeGreaterThan(counts.queries * 0.93);
    },
  );
});
