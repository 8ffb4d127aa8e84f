import { readCorpus } from '../conformance/corpus.ts';
import { compileWithDiscovery } from '../conformance/discover.ts';
import { openEngine } from '../conformance/engine.ts';
import { createKqlCompiler } from '../src/index.ts';
import { createGrammar } from './generate.ts';
import { mutate } from './mutate.ts';
import { randomOf } from './random.ts';
import { fuzzDatabase } from './schema.ts';

/** What goes from this process to the run. */
export type FuzzMessage =
  | { readonly kind: 'begun'; readonly index: number; readonly query: string }
  | {
      readonly kind: 'ended';
      readonly index: number;
      readonly outcome: 'refused' | 'ran';
      readonly milliseconds: number;
    }
  | {
      readonly kind: 'found';
      readonly index: number;
      readonly fault: 'crash' | 'sql' | 'slow';
      readonly message: string;
      readonly query: string;
    };

const CORPORA = [
  'emulator',
  'kql-fuzz',
  'docs',
  'baby-kusto',
  'kusto-loco',
  'duckdb-kql',
  'azure-openai-apim',
  'ai-gateway',
  'sentinel-queries',
];
const NOW = 638_000_000_000_000_000n;
const MAX_COMPILE_MILLISECONDS = 2_000;
/** The engine's limits are no mistakes of the SQL. */
const IS_LIMIT = /interrupted|Out of Memory/i;

const [seed, first] = process.argv.slice(2).map(Number) as [number, number];
const send = (message: FuzzMessage): void => {
  process.send?.(message);
};

const corpus = CORPORA.flatMap((name) => readCorpus(name) ?? []).map((one) => one.filled ?? one.query);
const compiler = createKqlCompiler(fuzzDatabase());
const grammar = createGrammar();
const engine = await openEngine();
compiler.compile('T | join kind=inner U on s | summarize count() by s', { now: NOW });

for (let index = first; ; index++) {
  const random = randomOf(seed, index);
  const query = corpus.length > 0 && random.chance(0.5) ? mutate(random, corpus) : grammar.query(random);
  send({ kind: 'begun', index, query });
  const start = performance.now();
  try {
    const compiled = compiler.compile(query, { now: NOW });
    const milliseconds = performance.now() - start;
    if (milliseconds > MAX_COMPILE_MILLISECONDS)
      send({ kind: 'found', index, fault: 'slow', message: `compiled in ${Math.round(milliseconds)} ms`, query });
    if (!compiled.ok && compiled.diagnostics.length === 0) throw new Error('Refused without a diagnostic.');
    let outcome: 'refused' | 'ran' = 'refused';
    if (compiled.ok || compiled.discovery !== undefined) {
      const failure = await compileWithDiscovery(compiler, engine, query, { now: NOW })
        .then(
          async (whole) => {
            if (whole.ok) await engine.run(whole.sql);
            outcome = whole.ok ? 'ran' : 'refused';
          },
          (error: unknown) => error,
        )
        .catch((error: unknown) => error);
      if (failure !== undefined && !IS_LIMIT.test(String(failure)))
        send({ kind: 'found', index, fault: 'sql', message: String(failure), query });
    }
    send({ kind: 'ended', index, outcome, milliseconds });
  } catch (error) {
    const message =
      error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' ') : String(error);
    send({ kind: 'found', index, fault: 'crash', message, query });
  }
}
