import { lineAndColumn } from '../diagnostics.ts';
import { elements, L, list, Syn } from '../kusto.ts';
import type { TextEdit } from './edits.ts';
import { whereLost } from './lost-column.ts';
import { nearName } from './near-name.ts';
import { type Advice, nodeAround, type Situation } from './situation.ts';
import { FOREIGN_FUNCTIONS, FOREIGN_METHODS, FOREIGN_OPERATORS, KEYWORDS, OPERATORS, UNITS } from './words.ts';

const covering = ({ start, length }: Situation, text: string): readonly TextEdit[] => [{ start, length, text }];
const namesIn = (symbols: unknown): readonly string[] =>
  list<{ readonly Name: string | null }>(symbols).map(({ Name }) => Name ?? '');

/** KS142: a name that is no column, table, variable or function. */
export function adviseName(situation: Situation): Advice | undefined {
  const name = situation.covered.replace(/^\[?["']|["']\]?$/g, '');
  return (
    foreignSyntax(situation, name) ??
    unit(situation, name) ??
    lost(situation, name) ??
    joined(situation, name) ??
    near(situation, name) ??
    unquoted(situation, name)
  );
}

/** Words of SQL and of programming languages. */
function foreignSyntax(situation: Situation, name: string): Advice | undefined {
  const [before, next, afterNext] = [situation.tokenAt(-1), situation.tokenAt(1), situation.tokenAt(2)];
  const lower = name.toLowerCase();
  if (KEYWORDS.has(lower) && lower !== name)
    return { hint: `Words of the language are written small: ${lower}`, edits: covering(situation, lower) };
  if (lower === 'is' && (next.text === 'null' || next.text === 'not')) {
    const isNot = next.text === 'not';
    const last = isNot ? afterNext : next;
    const call = `${isNullCall(situation, before.text, isNot)}(${before.text})`;
    return {
      hint: `To ask whether a value is missing, write ${call}`,
      edits: [{ start: before.start, length: last.end - before.start, text: call }],
    };
  }
  if (lower === 'null' || lower === 'none' || lower === 'nil' || lower === 'undefined') return nullWord(situation);
  if (lower === 'having') return { hint: 'After summarize, write | where …', edits: covering(situation, '| where') };
  if (lower === 'group' && next.text === 'by')
    return {
      hint: 'The groups of summarize stand after by alone',
      edits: [{ start: situation.start, length: next.start - situation.start, text: '' }],
    };
  if (lower === 'when' || lower === 'then' || lower === 'else')
    return { hint: 'Kusto has a function instead: case(condition, value, …, otherwise), or iff(condition, a, b)' };
  if (situation.tokenAt(-1).text === '-' && situation.tokenAt(-2).text === '-' && before.end === situation.start - 1) {
    const start = situation.tokenAt(-2).start;
    return { hint: 'A comment begins with //', edits: [{ start, length: 2, text: '//' }] };
  }
  if (lower === 'all' && /^(take|limit)$/.test(before.text))
    return { hint: `Without ${before.text} all rows are returned, up to the limit of the answer` };
  return undefined;
}

function isNullCall(situation: Situation, column: string, isNot: boolean): string {
  const isText = situation.columns().get(column) === 'string';
  return `is${isNot ? 'not' : ''}${isText ? 'empty' : 'null'}`;
}

/** `== null` */
function nullWord(situation: Situation): Advice | undefined {
  const [operator, column] = [situation.tokenAt(-1), situation.tokenAt(-2)];
  if (operator.text === 'is' || operator.text === 'not') return undefined;
  const isNot = operator.text === '!=' || operator.text === '<>';
  if (!isNot && operator.text !== '==' && operator.text !== '=')
    return { hint: 'A missing value of a type is written int(null), datetime(null), dynamic(null) …' };
  const call = `${isNullCall(situation, column.text, isNot)}(${column.text})`;
  const end = situation.start + situation.length;
  return {
    hint: `Nothing equals a missing value; write ${call}`,
    edits: [{ start: column.start, length: end - column.start, text: call }],
  };
}

/** `1 day`, `5 min` */
function unit(situation: Situation, name: string): Advice | undefined {
  const suffix = Object.hasOwn(UNITS, name) ? UNITS[name] : undefined;
  const before = situation.tokenAt(-1);
  if (suffix === undefined || !/^\d+(\.\d+)?$/.test(before.text)) return undefined;
  const text = before.text + suffix;
  return {
    hint: `A span of time is written ${text}`,
    edits: [{ start: before.start, length: situation.start + situation.length - before.start, text }],
  };
}

function lost(situation: Situation, name: string): Advice | undefined {
  const place = whereLost(situation, name);
  if (place === undefined) return undefined;
  const { line } = lineAndColumn(situation.text, place.start);
  const { operator } = place;
  const how =
    operator === 'summarize' || operator === 'count' || operator === 'make-series'
      ? `Only its groups and aggregates go on; add ${name} after by, or keep a value of it: take_any(${name})`
      : operator === 'project' || operator === 'project-keep' || operator === 'distinct'
        ? `Add ${name} there`
        : `Use ${name} before it`;
  return { hint: `\`${name}\` was left out by the ${operator} on line ${line}. ${how}.` };
}

/** After a join: the right side's column of the same name has a number. */
function joined(situation: Situation, name: string): Advice | undefined {
  const bare = /^(.*?)_?(right|left|\d+)$/.exec(name)?.[1];
  if (bare === undefined || bare === '') return undefined;
  const columns = situation.columns();
  const numbered = `${bare}1`;
  if (!columns.has(bare) || !/right$/.test(name)) return undefined;
  const meant = columns.has(numbered) ? numbered : bare;
  const hint =
    meant === numbered
      ? `After a join the right side's \`${bare}\` is called \`${numbered}\``
      : `The join made no second \`${bare}\``;
  return { hint, edits: covering(situation, meant) };
}

function near(situation: Situation, name: string): Advice | undefined {
  const isFirst = situation.index === 0 || situation.tokenAt(-1).text === ';';
  const columns = [...situation.columns().keys()];
  const variables = namesIn(situation.tree.GetSymbolsInScope(situation.start, L.Symbols.SymbolMatch.Local));
  const candidates = isFirst
    ? [...situation.tables(), ...variables]
    : [...columns, ...variables, ...situation.tables()];
  const path = nodeAround(situation.tree, situation.start, Syn.PathExpression);
  if (path?.Selector !== null && path?.Selector?.TextStart === situation.start) {
    const type = path.Expression?.ResultType?.Name ?? '';
    if (type === '$left' || type === '$right' || columns.length === 0) return undefined;
    const base = situation.text.slice(path.Expression?.TextStart ?? 0, path.Expression?.End ?? 0);
    if (base.startsWith('$')) return undefined;
    return {
      hint: `\`${base}\` has the type ${type}; only dynamic values have properties: parse_json(${base}).${name}`,
      ...(type === 'string'
        ? { edits: [{ start: path.Expression?.TextStart ?? 0, length: base.length, text: `parse_json(${base})` }] }
        : {}),
    };
  }
  const meant = nearName(name, candidates);
  if (meant !== undefined) return didYouMean(situation, meant);
  if (isFirst) return existing(situation);
  return undefined;
}

function didYouMean(situation: Situation, meant: string): Advice {
  const isCase = meant.toLowerCase() === situation.covered.toLowerCase();
  return {
    hint: isCase ? `Upper and lower case differ: did you mean \`${meant}\`?` : `Did you mean \`${meant}\`?`,
    edits: covering(situation, /^[A-Za-z_]\w*$/.test(meant) ? meant : `['${meant}']`),
  };
}

/** `where Category == RequestResponse` */
function unquoted(situation: Situation, name: string): Advice | undefined {
  const before = situation.tokenAt(-1).text;
  if (/^(==|!=|<>|=~|!~|!?has|!?contains|!?startswith|!?endswith)$/.test(before) && /^[\w-]+$/.test(name))
    return { hint: `If this is text, quote it: "${name}"`, edits: covering(situation, `"${name}"`) };
  const columns = [...situation.columns().keys()];
  if (columns.length === 0) return undefined;
  const shown = columns
    .slice(0, 8)
    .map((column) => `\`${column}\``)
    .join(', ');
  return { hint: `The columns here are ${shown}${columns.length > 8 ? ` and ${columns.length - 8} more` : ''}` };
}

function existing(situation: Situation): Advice {
  const tables = situation.tables();
  if (tables.length === 0) return { hint: 'There are no tables' };
  const shown = tables
    .slice(0, 10)
    .map((table) => `\`${table}\``)
    .join(', ');
  return { hint: `The tables are ${shown}${tables.length > 10 ? ` and ${tables.length - 10} more` : ''}` };
}

/** KS204: an unknown table. */
export function adviseTable(situation: Situation): Advice | undefined {
  const variables = namesIn(situation.tree.GetSymbolsInScope(situation.start, L.Symbols.SymbolMatch.Local));
  const meant = nearName(situation.covered, [...situation.tables(), ...variables]);
  return meant === undefined ? existing(situation) : didYouMean(situation, meant);
}

/** KS211: an unknown function. */
export function adviseFunction(situation: Situation): Advice | undefined {
  const name = situation.covered;
  const lower = name.toLowerCase();
  const method = methodCall(situation, lower);
  if (method !== undefined) return method;
  const { globals } = situation;
  const stored = namesIn(globals.Database?.Functions);
  const aggregates = namesIn(globals.Aggregates);
  const inSummarize = nodeAround(situation.tree, situation.start, Syn.SummarizeOperator) !== undefined;
  const scalar = namesIn(globals.Functions);
  const known = inSummarize ? [...aggregates, ...scalar, ...stored] : [...scalar, ...stored, ...aggregates];
  if (known.includes(lower) && lower !== name)
    return { hint: `Functions are written small: did you mean \`${lower}\`?`, edits: covering(situation, lower) };
  const foreign = Object.hasOwn(FOREIGN_FUNCTIONS, lower) ? FOREIGN_FUNCTIONS[lower] : undefined;
  if (foreign !== undefined) return { hint: `In Kusto this is \`${foreign}\``, edits: covering(situation, foreign) };
  const meant = nearName(name, known);
  return meant === undefined ? undefined : didYouMean(situation, meant);
}

/** `Category.Contains("a")` */
function methodCall(situation: Situation, name: string): Advice | undefined {
  const path = nodeAround(situation.tree, situation.start, Syn.PathExpression);
  const call = path?.Selector;
  if (!(call instanceof Syn.FunctionCallExpression) || call.TextStart !== situation.start) return undefined;
  const template = Object.hasOwn(FOREIGN_METHODS, name) ? FOREIGN_METHODS[name] : undefined;
  const textOf = (node: { readonly TextStart: number; readonly End: number } | null | undefined) =>
    node === null || node === undefined ? '…' : situation.text.slice(node.TextStart, node.End);
  const args = [path?.Expression, ...elements<Kusto.Language.Syntax.Expression>(call.ArgumentList?.Expressions)];
  if (template === undefined || path === undefined)
    return { hint: 'Values have no methods; functions take them as arguments' };
  const written = template.replace(/\{(\d)\}/g, (_, index: string) => textOf(args[Number(index)]));
  return {
    hint: `Values have no methods; write ${written}`,
    edits: [{ start: path.TextStart, length: path.End - path.TextStart, text: written }],
  };
}

/** KS124: an unknown plug-in. */
export function advisePlugIn(situation: Situation): Advice | undefined {
  const known = namesIn(situation.globals.PlugIns);
  const meant = nearName(situation.covered, known);
  return meant === undefined ? undefined : didYouMean(situation, meant);
}

/** KS176: no operator after a pipe. */
export function adviseOperator(situation: Situation): Advice | undefined {
  const token = situation.tokenAt(0);
  const before = situation.tokenAt(-1);
  if (before.text === '|' && situation.tokenAt(-2).text === '|' && before.start === situation.tokenAt(-2).end)
    return { hint: 'The word is or: a or b', edits: [{ start: before.start - 1, length: 2, text: 'or' }] };
  if (token.text === '|' && before.text === '|' && token.start === before.end)
    return { hint: 'The word is or: a or b', edits: [{ start: before.start, length: 2, text: 'or' }] };
  if (token.text === '' || token.text === '|' || token.text === ';')
    return {
      hint:
        token.text === '|'
          ? 'Nothing stands between two |'
          : 'The query ends with a |; take it away or add an operator',
      edits: [{ start: before.start, length: before.end - before.start, text: '' }],
    };
  const lower = token.text.toLowerCase();
  const at: TextEdit = { start: token.start, length: token.text.length, text: lower };
  if (OPERATORS.includes(lower)) return { hint: `Operators are written small: ${lower}`, edits: [at] };
  const foreign = Object.hasOwn(FOREIGN_OPERATORS, lower) ? FOREIGN_OPERATORS[lower] : undefined;
  if (foreign !== undefined) return { hint: `In Kusto this is ${foreign}`, edits: [{ ...at, text: foreign }] };
  const meant = nearName(token.text, OPERATORS);
  if (meant !== undefined) return { hint: `Did you mean ${meant}?`, edits: [{ ...at, text: meant }] };
  return { hint: 'After | stands an operator: where, project, extend, summarize, join, sort by, take …' };
}
