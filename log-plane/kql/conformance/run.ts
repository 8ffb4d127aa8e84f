/**
 * `npm run conformance [-- --kql DIR] [--only NAME,…] [--list refused|wrong|crashed]`: runs the corpora, prints a table
 * and, as the last line, one JSON object.
 */
import { parseArgs } from 'node:util';
import { createKqlCompiler } from '../src/index.ts';
import { monitorTables, runCompile } from './compiled.ts';
import { type CorpusCase, readCorpus } from './corpus.ts';
import { type Engine, openEngine } from './engine.ts';
import { isComparable, runRecorded } from './recorded.ts';

const RECORDED = ['emulator', 'kql-fuzz', 'docs', 'baby-kusto', 'kusto-loco', 'duckdb-kql'];
const PUBLISHED = [
  'azure-monitor-community',
  'sentinel-queries',
  'defender-hunting',
  'detection-rules',
  'falconfriday',
  'insights-workbooks',
  'baseline-alerts',
  'ai-gateway',
  'azure-openai-apim',
];

const { values: options } = parseArgs({
  options: {
    kql: { type: 'string' },
    only: { type: 'string' },
    /** Prints each case of these kinds with its reason. */
    list: { type: 'string' },
  },
});
const only = options.only?.split(',');
const listed = new Set(options.list?.split(','));
const reasons = new Map<string, Map<string, number>>();

function note(corpus: string, kind: string, subject: string, one: CorpusCase, message: string): void {
  const counts = reasons.get(corpus) ?? new Map<string, number>();
  reasons.set(corpus, counts);
  counts.set(subject, (counts.get(subject) ?? 0) + 1);
  if (listed.has(kind)) console.log(`--- ${kind} ${one.id}\n${message}\n${one.filled ?? one.query}`);
}

async function compareCorpus(name: string, cases: readonly CorpusCase[], engine: Engine) {
  const counts = { cases: 0, exact: 0, refused: 0, wrong: 0, failed: 0 };
  const compiler = createKqlCompiler({ name: 'Empty', tables: [] });
  for (const one of cases.filter(isComparable)) {
    counts.cases += 1;
    const outcome = await runRecorded(compiler, engine, one);
    counts[outcome.kind] += 1;
    if (outcome.kind === 'exact') continue;
    note(name, outcome.kind, outcome.kind === 'refused' ? outcome.subject : outcome.kind, one, outcome.message);
  }
  return counts;
}

async function compileCorpus(name: string, cases: readonly CorpusCase[], engine: Engine) {
  const counts = { queries: 0, compiled: 0, refused: 0, crashed: 0 };
  const tables = monitorTables();
  for (const one of cases) {
    counts.queries += 1;
    const outcome = await runCompile(tables, engine, one);
    counts[outcome.kind] += 1;
    if (outcome.kind === 'compiled') continue;
    const kind = outcome.kind === 'refused' && !outcome.isOurs ? 'diagnosed' : outcome.kind;
    note(name, kind, outcome.kind === 'refused' ? outcome.subject : 'crashed', one, outcome.message);
  }
  return counts;
}

function printTable(title: string, results: Readonly<Record<string, Readonly<Record<string, number>>>>): void {
  const [first] = Object.values(results);
  if (first === undefined) return;
  const line = (name: string, cells: readonly (string | number)[]) =>
    console.log(`${name.padEnd(26)}${cells.map((cell) => String(cell).padStart(10)).join('')}`);
  console.log('');
  line(title, Object.keys(first));
  for (const [name, counts] of Object.entries(results)) {
    line(name, Object.values(counts));
    const most = [...(reasons.get(name) ?? [])].sort((a, b) => b[1] - a[1]).slice(0, 12);
    if (most.length > 0) console.log(`    ${most.map(([subject, count]) => `${subject} ${count}`).join(', ')}`);
  }
}

const engine = await openEngine();
const corpora: Record<string, Awaited<ReturnType<typeof compareCorpus>>> = {};
const compile: Record<string, Awaited<ReturnType<typeof compileCorpus>>> = {};
const wanted = (name: string) =>
  only === undefined || only.includes(name) ? readCorpus(name, options.kql) : undefined;
for (const name of RECORDED) {
  const cases = wanted(name);
  if (cases !== undefined) corpora[name] = await compareCorpus(name, cases, engine);
}
for (const name of PUBLISHED) {
  const cases = wanted(name);
  if (cases !== undefined) compile[name] = await compileCorpus(name, cases, engine);
}
engine.close();
printTable('recorded results', corpora);
printTable('published queries', compile);
console.log(JSON.stringify({ corpora, compile }));
