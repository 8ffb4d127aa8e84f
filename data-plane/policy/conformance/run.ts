/**
 * `npm run conformance -- --policies [DIR] [--list refused|failed]`: loads every document of a folder, compiles and
 * evaluates its expressions, runs it over a backend that answers 200, prints a table and, as the last line, one JSON object.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadCSharp } from '@vigia/expression';
import { createPolicyCompiler, type PolicyScope } from '../src/index.ts';
import { policies } from '../src/registry.ts';
import { runPolicy } from '../src/run-policy.fixture.ts';
import {
  type CorpusDocument,
  checkDocument,
  elementsOf,
  expressionsOf,
  filledIn,
  loggersOf,
  namedValuesOf,
  readDocuments,
} from './documents.ts';
import { evaluate } from './evaluate.ts';

const root = fileURLToPath(new URL('../../../../../', import.meta.url));
const { values: options, positionals } = parseArgs({
  // `--policies` alone means the corpus, so the folder is what stands behind it.
  args: process.argv.slice(2).flatMap((arg) => (arg.startsWith('--policies=') ? ['--policies', arg.slice(11)] : [arg])),
  options: { policies: { type: 'boolean' }, list: { type: 'string' } },
  allowPositionals: true,
});
const folder = positionals[0] ?? `${root}../shared/corpora/policies`;
if (!existsSync(folder)) {
  console.error(`There is no folder ${folder}: give one with documents, --policies DIR.`);
  process.exit(1);
}
const listed = new Set(options.list?.split(','));
/** Documents that API Management would not take either, each with what is wrong in it. */
const known = JSON.parse(readFileSync(`${root}data-plane/policy/conformance/known-mistakes.json`, 'utf8')) as Readonly<
  Record<string, string>
>;

const csharp = await loadCSharp();
const compiler = createPolicyCompiler(csharp);
const documents = { total: 0, loaded: 0 };
const expressions = { total: 0, compiled: 0, evaluated: 0 };
const runs = { total: 0, withoutFault: 0 };
const mistaken: string[] = [];
const refused: string[] = [];
const codes = new Map<string, number>();
const executed = new Map<string, { documents: number; loaded: number }>();

for (const document of readDocuments(folder)) {
  const { file, nodes } = document;
  documents.total++;
  const { scope, mistakes } = checkDocument(document, compiler);
  const isLoaded = mistakes.length === 0;
  if (isLoaded) documents.loaded++;
  for (const code of new Set(mistakes.map((one) => one.code))) codes.set(code, (codes.get(code) ?? 0) + 1);
  const told = mistakes.map(({ line, column, message }) => `    ${line}:${column} ${message}`);
  const reason = known[file];
  if (reason !== undefined) mistaken.push(`${file}: ${reason}${isLoaded ? ' (but it loads)' : ''}`);
  else if (!isLoaded) refused.push([file, ...told].join('\n'));

  for (const expression of expressionsOf(nodes)) {
    expressions.total++;
    const outcome = evaluate(csharp, filledIn(expression));
    if (outcome !== 'refused') expressions.compiled++;
    if (outcome === 'evaluated') expressions.evaluated++;
    if (listed.has('failed') && typeof outcome === 'object')
      console.log(`--- ${file}\n${expression}\n${outcome.failed}`);
  }
  for (const name of new Set(elementsOf(nodes).filter((one) => policies.has(one)))) {
    const count = executed.get(name) ?? { documents: 0, loaded: 0 };
    executed.set(name, { documents: count.documents + 1, loaded: count.loaded + (isLoaded ? 1 : 0) });
  }
  if (!isLoaded || scope === 'fragment') continue;
  runs.total++;
  const fault = await faultOf(document, scope);
  if (fault === undefined) runs.withoutFault++;
  else if (listed.has('failed')) console.log(`--- ${file}\n${fault}`);
}

/** Runs a document; what is wrong on our side, if anything: an error that a policy tells is its effect. */
async function faultOf(document: CorpusDocument, scope: PolicyScope): Promise<string | undefined> {
  const { text, nodes } = document;
  const fragments = [...text.matchAll(/fragment-id\s*=\s*"([^"]+)"/g)].map(([, id = '']) => ({
    id,
    document: '<fragment></fragment>',
  }));
  try {
    const { last } = await runPolicy({
      policy: text,
      scope,
      fragments,
      loggers: loggersOf(nodes),
      namedValues: namedValuesOf(document),
      requests: [{ body: { messages: [{ role: 'user', content: 'hello' }] } }],
      answer: { headers: { 'Content-Type': 'application/json' }, body: { usage: { total_tokens: 3 } } },
      send: () => ({ body: {} }),
    });
    return last.error?.reason === 'InternalError' ? `${last.error.source}: ${last.error.message}` : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const line = (name: string, ...cells: readonly (string | number)[]): void =>
  console.log(`${name.padEnd(40)}${cells.map((cell) => String(cell).padStart(12)).join('')}`);
line('policies by name', 'documents', 'loaded');
for (const [name, count] of [...executed].sort(([, a], [, b]) => b.documents - a.documents)) {
  line(name, count.documents, count.loaded);
}
console.log('');
line('documents', documents.total, documents.loaded);
line('documents run, without a fault of ours', runs.total, runs.withoutFault);
line('expressions, compiled, evaluated', expressions.total, expressions.compiled, expressions.evaluated);
console.log(`refused by: ${[...codes].map(([code, count]) => `${code} ${count}`).join(', ')}`);
console.log(`\nDocuments with mistakes of their own: ${mistaken.length}`);
for (const one of mistaken) console.log(`  ${one}`);
console.log(`\nDocuments that are refused: ${refused.length}`);
if (listed.has('refused')) for (const one of refused) console.log(`  ${one}`);
console.log(JSON.stringify({ documents, expressions, cases: { total: 0, exact: 0 } }));
