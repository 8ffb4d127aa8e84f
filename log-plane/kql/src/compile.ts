import type { Diagnostic } from '@vigia/contract';
import { type BoundQuery, bindQuery } from './bind/bind-query.ts';
import { type Insertion, originalPosition } from './bind/context.ts';
import { ColumnsFound, ColumnsUnknown } from './bind/discovery.ts';
import { UnsupportedFeature } from './bind/unsupported.ts';
import { createCompilationCache } from './compilation-cache.ts';
import type { CompiledQuery, CompileOptions, KqlCompiler, KqlDatabase, RefusedQuery } from './interface.ts';
import { rewriteQuery } from './rewrite/rewrite-query.ts';
import { explain } from './service/advice/explain.ts';
import { findEmptyTimeRanges } from './service/advice/time-range.ts';
import { adviseUnsupported } from './service/advice/unsupported.ts';
import { createGlobals } from './service/database.ts';
import { diagnosticAt, diagnosticsOf } from './service/diagnostics.ts';
import { analyse, type Globals, isCommand } from './service/kusto.ts';
import { excessOf } from './service/plan-limits.ts';
import { refuseTooLarge } from './service/size-limits.ts';
import { fillMoments } from './sql/moments.ts';
import { printQuery } from './sql/print-query.ts';

/** SQL text beyond this is refused: planning it would take longer than anybody waits. */
const MAX_SQL_LENGTH = 2_000_000;

/**
 * A compiler for one schema. Immutable: make a new one when tables change. Not thread-safe by nature, so one a realm.
 * The passes in order: cap, parse and analyse (Microsoft), bind to our plan, rewrite, print.
 */
export function createKqlCompiler(database: KqlDatabase): KqlCompiler {
  const globals = createGlobals(database);
  const cache = createCompilationCache();
  return {
    compile(text, options) {
      const known = cache.get(text, options);
      const result = known ?? compileAnew({ database, globals, text, options });
      if (!result.ok) {
        const { discovery } = result;
        return discovery === undefined
          ? result
          : { ...result, discovery: { ...discovery, sql: fillMoments(discovery.sql, options) } };
      }
      if (known === undefined) cache.set(text, options, result);
      return { ...result, sql: fillMoments(result.sql, options) };
    },
  };
}

/** SQL still lacks its moments (`sql/moments.ts`). */
function compileAnew(input: {
  readonly database: KqlDatabase;
  readonly globals: Globals;
  readonly text: string;
  readonly options: CompileOptions;
}): CompiledQuery | RefusedQuery {
  const { globals, text, options } = input;
  const tooLarge = refuseTooLarge(text, options);
  if (tooLarge !== undefined) return refusal([tooLarge]);
  // Known before its parser is built, which takes two seconds.
  if (isCommand(text)) return refusal([adviseUnsupported(commandAt(text))]);
  let analysed = text;
  const insertions: Insertion[] = [];
  for (;;) {
    const code = analyse(analysed, globals);
    if ('failure' in code) return tooComplex(text, code.failure);
    const found = diagnosticsOf(code, text, (position) => originalPosition(insertions, position));
    if (found.some(({ severity }) => severity === 'error'))
      return insertions.length > 0 ? refusal(found) : explain({ text, tree: code, globals, found });
    try {
      const warnings = insertions.length > 0 ? found : [...found, ...findEmptyTimeRanges(code, text)];
      return printBound(bindQuery(code, { ...input, insertions }), text, warnings);
    } catch (error) {
      if (error instanceof UnsupportedFeature) return refusal([adviseUnsupported(error.diagnostic)]);
      if (error instanceof ColumnsUnknown) return askFor(error, text, insertions);
      if (!(error instanceof ColumnsFound)) throw error;
      const { position, text: columns } = error;
      insertions.push({ position, length: columns.length });
      analysed = analysed.slice(0, position) + columns + analysed.slice(position);
    }
  }
}

function printBound(bound: BoundQuery, text: string, warnings: readonly Diagnostic[]): CompiledQuery | RefusedQuery {
  const excess = excessOf(bound.relation);
  if (excess !== undefined) return tooComplex(text, excess);
  const sql = printQuery(rewriteQuery(bound));
  if (sql.length > MAX_SQL_LENGTH) return tooComplex(text, 'Its SQL text is over 2,000,000 characters long.');
  return {
    ok: true,
    sql,
    parameters: [],
    columns: bound.columns.map(({ name, column }) => ({ name, type: column.type })),
    tables: bound.tables,
    ...(bound.render === undefined ? {} : { render: bound.render }),
    warnings: [...warnings, ...bound.warnings],
  };
}

function commandAt(text: string): Diagnostic {
  const start = text.search(/\S/);
  const place = { start, length: text.trimEnd().length - start };
  const more = { subject: 'management command' };
  return diagnosticAt(text, 'kql.unsupported', 'Management commands are not supported.', place, more);
}

function tooComplex(text: string, reason: string): RefusedQuery {
  const place = { start: 0, length: text.length };
  return refusal([diagnosticAt(text, 'kql.tooComplex', `The query is too complex. ${reason}`, place)]);
}

function askFor(unknown: ColumnsUnknown, text: string, insertions: readonly Insertion[]): RefusedQuery {
  const { key, bound, tables, node } = unknown;
  const start = originalPosition(insertions, node.TextStart);
  const message = 'The columns of this operator depend on the rows: they have to be asked for first.';
  return {
    ok: false,
    diagnostics: [diagnosticAt(text, 'kql.columnsUnknown', message, { start, length: 8 }, { subject: 'evaluate' })],
    discovery: {
      key,
      sql: printQuery(rewriteQuery(bound)),
      columns: bound.columns.map(({ name, column }) => ({ name, type: column.type })),
      tables,
    },
  };
}

function refusal(diagnostics: readonly Diagnostic[]): RefusedQuery {
  return { ok: false, diagnostics };
}

/** Parsing builds its grammar at first use (a second or so): call it before saying "ready". */
export function warmUp(): void {
  const compiler = createKqlCompiler({
    name: 'warm',
    tables: [{ name: 'T', columns: [{ name: 'a', type: 'long' }], relation: 'nothing' }],
  });
  compiler.compile(
    'T | join kind=inner T on a | summarize count() by bin(a, 1) | extend x = strcat(tostring(a), "x")',
    {
      now: 0n,
    },
  );
}
