import type { KqlColumn, KqlType } from '@vigia/contract';
import type { KqlCompiler } from '../src/interface.ts';
import { canonical, difference, type Expected } from './compare.ts';
import type { CorpusCase } from './corpus.ts';
import { compileWithDiscovery } from './discover.ts';
import type { Engine, EngineRow } from './engine.ts';

/** Any moment does: cases whose rows depend on it are skipped by the corpora themselves. */
const NOW = 638_000_000_000_000_000n;

export type Outcome =
  | { readonly kind: 'exact' }
  /** `subject`: what is not supported, or the parser's code. */
  | { readonly kind: 'refused'; readonly subject: string; readonly message: string }
  | { readonly kind: 'wrong' | 'failed'; readonly message: string };

/** A case whose rows can be compared: it needs no table and nothing of the world. */
export const isComparable = (one: CorpusCase): boolean =>
  one.selfContained === true && (one.expected !== null || one.expectedText !== undefined) && !one.skip;

/** Runs one case and compares values, names and types with what was recorded. */
export async function runRecorded(compiler: KqlCompiler, engine: Engine, one: CorpusCase): Promise<Outcome> {
  let compiled: ReturnType<KqlCompiler['compile']>;
  try {
    compiled = await compileWithDiscovery(compiler, engine, one.query, { now: NOW });
  } catch (error) {
    return { kind: 'failed', message: `the compiler threw: ${String(error)}` };
  }
  if (!compiled.ok) {
    const [first] = compiled.diagnostics;
    if (first === undefined) return { kind: 'failed', message: 'refused without a diagnostic' };
    return { kind: 'refused', subject: first.subject ?? first.code, message: first.message };
  }
  try {
    const rows = await engine.run(compiled.sql);
    const found = compare(one, compiled.columns, rows);
    return found === undefined ? { kind: 'exact' } : { kind: 'wrong', message: found };
  } catch (error) {
    return { kind: 'failed', message: `the engine refuses the SQL: ${String(error)}` };
  }
}

function compare(one: CorpusCase, columns: readonly KqlColumn[], rows: readonly EngineRow[]): string | undefined {
  if (one.expected === null) return compareText(one, columns, rows);
  return difference(columns, rows, expectedOf(one, one.expected), {
    isOrdered: one.order === 'sort' || (one.order === 'source' && !one.id.startsWith('docs:')),
    isArbitrary: Boolean(one.arbitrary ?? one.approximate),
    form: /^(emulator|kql-fuzz|duckdb-kql):/.test(one.id) ? 'json' : 'text',
  });
}

/** A page's header may be prose; the names are then the analyser's. */
// The analyser says int for some functions of which the engine makes long.
function expectedOf(one: CorpusCase, expected: Expected): Expected {
  const { schema } = one;
  const columns = one.docColumnsDiffer === true && schema ? schema.map(([name]) => name) : expected.columns;
  const types =
    expected.types ??
    (schema?.length === columns.length ? schema.map(([, type]) => (type === 'int' ? 'int|long' : type)) : undefined);
  return { columns, rows: expected.rows, ...(types === undefined ? {} : { types }) };
}

/** Tests that look at a text made of the last row or of all rows. */
function compareText(one: CorpusCase, columns: readonly KqlColumn[], rows: readonly EngineRow[]): string | undefined {
  const { expectedText } = one;
  if (expectedText === undefined) return undefined;
  const { of, match, value } = expectedText;
  const lines = (of.startsWith('last row') ? rows.slice(-1) : rows).map((row) =>
    columns.map(({ type }, index) => shown(row[index], type)).join(','),
  );
  const separator = of.startsWith('rows joined by ","') ? ',' : '\n';
  const isLoose = of.includes('without spaces');
  const [ours, theirs] = [lines.join(separator), value].map((text) => (isLoose ? text.replace(/\s/g, '') : text));
  if (ours === undefined || theirs === undefined) return undefined;
  if (match === 'contains' ? ours.includes(theirs) : match === 'StartWith' && ours.startsWith(theirs)) return undefined;
  const inOrder = (text: string) => text.split('\n').sort().join('\n');
  if (match === 'equals' && (ours === theirs || (one.order === 'none' && inOrder(ours) === inOrder(theirs))))
    return undefined;
  return `${ours} instead of ${theirs}`;
}

/** As .NET prints it. */
function shown(value: unknown, type: KqlType): string {
  if (value === null || value === undefined) return '<null>';
  if (type === 'dynamic') return dynamicText(String(value));
  const text = canonical(value, type, 'ours');
  if (type === 'bool') return text === 'true' ? 'True' : 'False';
  return type === 'datetime' ? text.replace('T', ' ').replace(/\.0000000Z$/, 'Z') : text;
}

function dynamicText(json: string): string {
  const value: unknown = JSON.parse(json);
  return typeof value === 'string' ? value : json;
}
