import type { Diagnostic } from '@vigia/contract';
import type { QueryFix, RefusedQuery } from '../../interface.ts';
import { diagnosticAt, diagnosticsOf, sqlAt } from '../diagnostics.ts';
import { analyse, type Globals, type SyntaxTree } from '../kusto.ts';
import { findMissingPipes } from '../missing-pipes.ts';
import { applyEdits, type TextEdit } from './edits.ts';
import { adviseFunction, adviseName, adviseOperator, advisePlugIn, adviseTable } from './names.ts';
import { type Advice, type Situation, situationOf, tokensOf } from './situation.ts';
import { kqlOfSql } from './sql-to-kql.ts';
import {
  adviseArguments,
  adviseDirective,
  adviseExpected,
  adviseFirst,
  adviseFragment,
  adviseMissing,
  adviseParameter,
  adviseSign,
  adviseString,
} from './syntax.ts';
import {
  adviseAggregate,
  adviseArity,
  adviseCount,
  adviseDynamic,
  adviseExpression,
  adviseGroup,
  adviseJoin,
  adviseJoinTypes,
  adviseNumber,
  adviseOperands,
  adviseStar,
  adviseType,
} from './types.ts';

/** Kusto's codes → what more can be said. */
const ADVICE: Readonly<Record<string, (situation: Situation) => Advice | undefined>> = {
  KS001: adviseString,
  KS002: adviseSign,
  KS005: adviseExpected,
  KS006: adviseMissing,
  KS106: adviseOperands,
  KS107: adviseType,
  KS116: adviseDynamic,
  KS117: adviseArguments,
  KS119: adviseArity,
  KS120: adviseArity,
  KS124: advisePlugIn,
  KS134: adviseCount,
  KS138: adviseNumber,
  KS141: adviseExpression,
  KS142: adviseName,
  KS144: adviseAggregate,
  KS174: adviseFirst,
  KS176: adviseOperator,
  KS183: adviseJoin,
  KS191: adviseStar,
  KS198: adviseFragment,
  KS204: adviseTable,
  KS211: adviseFunction,
  KS213: adviseParameter,
  KS227: adviseJoinTypes,
  KS236: adviseGroup,
  KS250: adviseDirective,
};

/** Advice is for the first mistakes: the others often only follow from them. */
const MAX_ADVISED = 20;
/** A longer text is not analysed again to try its fixes. */
const MAX_TRIED_LENGTH = 20_000;
/** A text with more is not a query with a mistake. */
const MAX_ERRORS = 60;
/** Analyses of one refused text, besides the first. */
const MAX_TRIALS = 6;

interface Input {
  readonly text: string;
  readonly tree: SyntaxTree;
  readonly globals: Globals;
  readonly found: readonly Diagnostic[];
}

/** The refusal of a text with errors: the parser's words, hints where more is known, and fixes that were tried. */
export function explain(input: Input): RefusedQuery {
  const { text, tree, globals, found } = input;
  const errors = countErrors(found);
  const pipes = findMissingPipes(text, globals, errors);
  if (pipes !== undefined) {
    const { fix } = pipes;
    return {
      ok: false,
      diagnostics: pipes.diagnostics,
      fix,
      fixes: [{ diagnostic: 0, description: fix.description, edits: fix.edits }],
    };
  }
  const tokens = tokensOf(tree);
  const sql = explainSql(input, tokens);
  if (sql !== undefined) return sql;
  const advised = found.map((diagnostic, index): { readonly diagnostic: Diagnostic; readonly advice?: Advice } => {
    const advise = index < MAX_ADVISED ? ADVICE[diagnostic.code] : undefined;
    const advice = advise?.(situationOf(diagnostic, { text, tree, globals, tokens }));
    return advice === undefined ? { diagnostic } : { diagnostic: { ...diagnostic, hint: advice.hint }, advice };
  });
  const fixes = advised.flatMap(({ advice }, diagnostic): QueryFix[] =>
    advice?.edits === undefined ? [] : [{ diagnostic, description: advice.hint, edits: advice.edits }],
  );
  const diagnostics = advised.map(({ diagnostic }) => diagnostic);
  const fix = tryFixes(input, fixes, errors);
  return { ok: false, diagnostics, ...(fix === undefined ? {} : { fix }), ...(fixes.length === 0 ? {} : { fixes }) };
}

const countErrors = (found: readonly Diagnostic[]): number =>
  found.filter(({ severity }) => severity === 'error').length;

function errorsOf(text: string, globals: Globals): number {
  const tree = analyse(text, globals);
  return 'failure' in tree ? Number.POSITIVE_INFINITY : countErrors(diagnosticsOf(tree, text));
}

/** All edits together where that leaves at most half of the errors, else the one that leaves the fewest. */
function tryFixes(input: Input, fixes: readonly QueryFix[], errors: number): RefusedQuery['fix'] {
  const { text, globals } = input;
  if (fixes.length === 0 || errors > MAX_ERRORS || text.length > MAX_TRIED_LENGTH) return undefined;
  const compatible = withoutOverlaps(fixes);
  const together = {
    description: [...new Set(compatible.map(({ description }) => description))].join('; '),
    edits: compatible.flatMap(({ edits }) => edits),
  };
  const candidates = fixes.length === 1 ? fixes : [together, ...fixes];
  let best: { readonly left: number; readonly fix: NonNullable<RefusedQuery['fix']> } | undefined;
  for (const { description, edits } of candidates.slice(0, MAX_TRIALS)) {
    const corrected = applyEdits(text, edits);
    const left = errorsOf(corrected, globals);
    // A mistake brings others with it: what only takes one of many away is no remedy.
    if (left >= (best?.left ?? errors) || left * 2 > errors) continue;
    best = { left, fix: { text: corrected, description, edits } };
    if (left === 0) break;
  }
  return best?.fix;
}

function withoutOverlaps(fixes: readonly QueryFix[]): readonly QueryFix[] {
  const taken: QueryFix[] = [];
  for (const fix of fixes) {
    const isFree = taken.every((other) => fix.edits.every((a) => other.edits.every((b) => isApart(a, b))));
    if (isFree) taken.push(fix);
  }
  return taken;
}

const isApart = (a: TextEdit, b: TextEdit): boolean =>
  a.start !== b.start && (a.start + a.length <= b.start || b.start + b.length <= a.start);

/** SQL typed by habit: the KQL where it is a simple SELECT. */
function explainSql({ text, globals, found }: Input, tokens: ReturnType<typeof tokensOf>): RefusedQuery | undefined {
  const place = sqlAt(text);
  if (place === undefined) return undefined;
  const message = 'The text looks like SQL; a Kusto query begins with a table, followed by operators after |.';
  const translated = text.length > MAX_TRIED_LENGTH ? undefined : kqlOfSql(tokens, text);
  const isRight = translated !== undefined && errorsOf(translated, globals) === 0;
  const hint = isRight
    ? `In Kusto: ${translated.replaceAll('\n', ' ')}`
    : 'For example: AzureDiagnostics | where Category == "RequestResponse" | project TimeGenerated | take 10';
  const diagnostics = [diagnosticAt(text, 'kql.looksLikeSql', message, place, { hint }), ...found];
  if (!isRight) return { ok: false, diagnostics };
  const edits = [{ start: 0, length: text.length, text: translated }];
  const description = 'The same in Kusto';
  return {
    ok: false,
    diagnostics,
    fix: { text: translated, description, edits },
    fixes: [{ diagnostic: 0, description, edits }],
  };
}
