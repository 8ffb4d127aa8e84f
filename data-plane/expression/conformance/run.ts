/**
 * `npm run conformance -- --expressions [DIR] [--list]`: runs the files of cases (`*.jsonl`) of a folder, prints a table by group and,
 * as the last line, one JSON object.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadCSharp } from '../src/load-csharp.ts';
import type { CorpusCase } from './corpus-context.ts';
import { knownDifferences } from './known-differences.ts';
import { runCase } from './run-case.ts';

const { values: options, positionals } = parseArgs({
  options: { expressions: { type: 'boolean' }, list: { type: 'boolean' } },
  allowPositionals: true,
});
const root = resolve(import.meta.dirname, '..', '..', '..', '..', '..');
const folder = resolve(positionals[0] ?? join(root, '..', 'shared', 'corpora', 'expressions'));
if (!existsSync(folder)) {
  console.error(`There is no folder ${folder}; name one: npm run conformance -- --expressions DIR`);
  process.exit(1);
}

interface Counts {
  cases: number;
  exact: number;
  /** Differ for a reason that is listed. */
  known: number;
  refused: number;
  wrong: number;
  crashed: number;
}
const none = (): Counts => ({ cases: 0, exact: 0, known: 0, refused: 0, wrong: 0, crashed: 0 });
const csharp = await loadCSharp();
const groups = new Map<string, Counts>();
const total = none();
const told: string[] = [];
const reasons = new Map<string, string>();
const texts = new Set<string>();
const compiled = new Set<string>();
let evaluated = 0;

for (const file of readdirSync(folder)
  .filter((name) => name.endsWith('.jsonl'))
  .sort()) {
  for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
    if (line.trim() === '') continue;
    const item = JSON.parse(line) as CorpusCase;
    const group = item.group ?? file.replace('.jsonl', '');
    const counts = groups.get(group) ?? none();
    groups.set(group, counts);
    const outcome = runCase(csharp, item);
    const known = outcome.kind === 'exact' ? undefined : knownDifferences[item.expression];
    const kind = known === undefined ? outcome.kind : 'known';
    for (const sum of [counts, total]) {
      sum.cases++;
      sum[kind]++;
    }
    // What C# refuses as well counts as neither compiled nor evaluated.
    if (item.expected.compileError === undefined) {
      texts.add(item.expression);
      if (csharp.compile(item.expression).diagnostics.length === 0) compiled.add(item.expression);
      if (outcome.kind === 'exact' || outcome.kind === 'wrong') evaluated++;
    }
    if (known !== undefined) reasons.set(item.expression, known);
    else if (outcome.kind !== 'exact')
      told.push(
        `${outcome.kind} ${item.id}\n  ${item.expression.replace(/\s+/g, ' ').slice(0, 200)}\n  ${outcome.message}`,
      );
  }
}

const columns = ['cases', 'exact', 'known', 'refused', 'wrong', 'crashed'] as const;
const width = Math.max(...[...groups.keys()].map((name) => name.length), 5);
const row = (name: string, cells: readonly (string | number)[]): string =>
  name.padEnd(width) + cells.map((cell) => String(cell).padStart(9)).join('');
console.log(row('group', columns));
for (const [name, counts] of groups)
  console.log(
    row(
      name,
      columns.map((column) => counts[column]),
    ),
  );
console.log(
  row(
    'total',
    columns.map((column) => total[column]),
  ),
);
for (const [expression, reason] of reasons) console.log(`known: ${expression.slice(0, 100)}: ${reason}`);
if (options.list || told.length <= 40) for (const line of told) console.log(line);
console.log(
  JSON.stringify({
    expressions: { total: texts.size, compiled: compiled.size, evaluated },
    cases: {
      total: total.cases,
      exact: total.exact,
      known: total.known,
      refused: total.refused,
      wrong: total.wrong,
      crashed: total.crashed,
    },
  }),
);
