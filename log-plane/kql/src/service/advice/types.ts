import { elements, list, Syn, textOf } from '../kusto.ts';
import type { TextEdit } from './edits.ts';
import { type Advice, nodeAround, type Situation } from './situation.ts';

type Expression = Kusto.Language.Syntax.Expression;

const around = (node: Expression, before: string, after = ')'): readonly TextEdit[] => [
  { start: node.TextStart, length: 0, text: before },
  { start: node.End, length: 0, text: after },
];
const isNumber = (type: string): boolean => ['int', 'long', 'real', 'decimal'].includes(type);
const isText = (type: string): boolean => type === 'string' || type === 'dynamic';
const CONVERSION: Readonly<Record<string, string>> = {
  int: 'toint',
  long: 'tolong',
  real: 'todouble',
  decimal: 'todecimal',
  datetime: 'todatetime',
  timespan: 'totimespan',
  bool: 'tobool',
  guid: 'toguid',
  string: 'tostring',
};

/** KS106: an operator that these types do not have. */
export function adviseOperands(situation: Situation): Advice | undefined {
  const binary = nodeAround(situation.tree, situation.start, Syn.BinaryExpression);
  const [left, right] = [binary?.Left ?? null, binary?.Right ?? null];
  if (left === null || right === null) return undefined;
  const [a, b] = [left.ResultType?.Name ?? '', right.ResultType?.Name ?? ''];
  const operator = situation.covered;
  if (operator === '+' && (isText(a) || isText(b)) && !isNumber(a + b))
    return {
      hint: `Text is put together by strcat(${textOf(left)}, ${textOf(right)}); to calculate, convert: tolong(${textOf(a === 'string' ? left : right)})`,
      edits: [
        { start: left.TextStart, length: 0, text: 'strcat(' },
        { start: left.End, length: right.TextStart - left.End, text: ', ' },
        { start: right.End, length: 0, text: ')' },
      ],
    };
  if (a === 'datetime' && isNumber(b) && (operator === '-' || operator === '+'))
    return {
      hint: `A moment is moved by a span of time: ${operator} ${textOf(right)}d`,
      ...(right.IsLiteral ? { edits: [{ start: right.End, length: 0, text: 'd' }] } : {}),
    };
  if (/^!?(has|contains|startswith|endswith)/.test(operator) && !isText(a))
    return { hint: `${operator} looks into text: tostring(${textOf(left)})`, edits: around(left, 'tostring(') };
  if (/^!?(has|contains|startswith|endswith)/.test(operator) && isNumber(b))
    return { hint: `${operator} looks for text: "${textOf(right)}"`, edits: around(right, '"', '"') };
  if (b === 'string' && right.IsLiteral && a in CONVERSION && a !== 'string') return quoted(right, a);
  if (a === 'string' && left.IsLiteral && b in CONVERSION && b !== 'string') return quoted(left, b);
  const [from, to] = isText(a) ? [left, b] : isText(b) ? [right, a] : [undefined, ''];
  const conversion = CONVERSION[to];
  if (from === undefined || conversion === undefined) return undefined;
  return {
    hint: `Convert one side: ${conversion}(${textOf(from)})`,
    edits: around(from, `${conversion}(`),
  };
}

/** A literal in quotes that should have none, or stand in another literal. */
function quoted(node: Expression, type: string): Advice {
  const value = node.LiteralValueInfo?.ValueText ?? '';
  const written =
    type === 'datetime' ? `datetime(${value})` : type === 'timespan' || isNumber(type) ? value : `${type}(${value})`;
  const isWritten =
    type === 'datetime'
      ? /^[\d:TZ. +-]+$/.test(value)
      : isNumber(type)
        ? /^-?[\d.]+$/.test(value)
        : /^\d[\d.:]*[a-z]*$/.test(value);
  if (!isWritten) return { hint: `The other side has the type ${type}; convert it: tostring(…)` };
  return {
    hint: `A ${type} is written ${written}`,
    edits: [{ start: node.TextStart, length: node.End - node.TextStart, text: written }],
  };
}

/** KS107: an argument of another type was expected. */
export function adviseType(situation: Situation): Advice | undefined {
  const wanted = /type (\w+) expected/.exec(situation.message)?.[1];
  const node = expressionOver(situation);
  if (wanted === undefined || node === undefined) return undefined;
  if (node.IsLiteral && node.ResultType?.Name === 'string') return quoted(node, wanted);
  const conversion = CONVERSION[wanted];
  return conversion === undefined
    ? undefined
    : { hint: `Convert it: ${conversion}(${situation.covered})`, edits: around(node, `${conversion}(`) };
}

/** The largest expression that the diagnostic covers. */
function expressionOver(situation: Situation): Expression | undefined {
  const end = situation.start + situation.length;
  let found: Expression | undefined;
  let node: Kusto.Language.Syntax.SyntaxNode | null =
    nodeAround(situation.tree, situation.start, Syn.Expression) ?? null;
  for (; node !== null && node.TextStart >= situation.start && node.End <= end; node = node.Parent)
    if (node instanceof Syn.Expression) found = node;
  return found;
}

/** KS138, KS121: a number was expected. */
export function adviseNumber(situation: Situation): Advice | undefined {
  const node = expressionOver(situation);
  if (node === undefined || !isText(node.ResultType?.Name ?? '')) return undefined;
  return {
    hint: `Convert it: tolong(${situation.covered}) or todouble(${situation.covered})`,
    edits: around(node, 'tolong('),
  };
}

/** KS116: a dynamic value where only plain ones may stand. */
export function adviseDynamic(situation: Situation): Advice | undefined {
  const node = expressionOver(situation);
  if (node === undefined) return undefined;
  return { hint: `Convert it: tostring(${situation.covered})`, edits: around(node, 'tostring(') };
}

/** KS141: an expression of one type was expected. */
export function adviseExpression(situation: Situation): Advice | undefined {
  const { covered, start } = situation;
  const wanted = /must have the type (\w+)/.exec(situation.message)?.[1];
  const [name, operator] = [situation.tokenAt(0), situation.tokenAt(1)];
  const named = nodeAround(situation.tree, start, Syn.SimpleNamedExpression);
  if (wanted === 'bool' && named !== undefined && named.TextStart === start && operator.text === '=')
    return { hint: `To compare, use ==: ${name.text} == …`, edits: [{ start: operator.start, length: 1, text: '==' }] };
  const node = expressionOver(situation);
  const type = node?.ResultType?.Name ?? '';
  if (
    wanted === 'bool' &&
    node !== undefined &&
    /^[\w.]+$/.test(covered) &&
    operator.text !== '=>' &&
    !/^(is|not)$/.test(operator.text)
  ) {
    if (isText(type)) return { hint: `Ask whether it is there: isnotempty(${covered})` };
    if (isNumber(type)) return { hint: `Compare it: ${covered} > 0` };
  }
  if (operator.text === '=>' || (operator.text === '=' && wanted === 'bool')) return undefined;
  if (wanted === 'dynamic' && type === 'string' && node !== undefined)
    return { hint: `Read it first: parse_json(${covered})`, edits: around(node, 'parse_json(') };
  const conversion = CONVERSION[wanted ?? ''];
  if (conversion === undefined || node === undefined || wanted === 'bool') return undefined;
  return { hint: `Convert it: ${conversion}(${covered})`, edits: around(node, `${conversion}(`) };
}

/** KS134: a number of rows was expected. */
export const adviseCount = (situation: Situation): Advice => ({
  hint: `Say how many rows: ${situation.tokenAt(-1).text} 100`,
});

/** KS144: an aggregate where rows are looked at one by one. */
export function adviseAggregate(situation: Situation): Advice {
  const name = situation.covered;
  const isFilter = nodeAround(situation.tree, situation.start, Syn.FilterOperator) !== undefined;
  return {
    hint: isFilter
      ? `Aggregates stand in summarize: | summarize n = ${name}(…) | where n > …`
      : `Aggregates stand in summarize: | summarize ${name}(…)`,
  };
}

/** KS236: a column among the aggregates. */
export function adviseGroup(situation: Situation): Advice {
  const name = situation.covered;
  const before = situation.tokenAt(-1);
  const summarize = nodeAround(situation.tree, situation.start, Syn.SummarizeOperator);
  const isLast = summarize?.ByClause === null && summarize?.End === situation.start + situation.length;
  return {
    hint: `Groups stand after by: summarize … by ${name}; one value of a column is take_any(${name})`,
    ...(isLast && before.text === ','
      ? { edits: [{ start: before.start, length: situation.start - before.start, text: ' by ' }] }
      : {}),
  };
}

/** KS183: the two sides of a join's condition. */
export function adviseJoin(situation: Situation): Advice | undefined {
  const binary = nodeAround(situation.tree, situation.start, Syn.BinaryExpression);
  if (binary === undefined) return { hint: 'Columns are joined by name, or by $left.a == $right.b' };
  const side = situation.start === binary.TextStart ? '$left' : '$right';
  const column = /^[\w.]*?(\w+)$/.exec(situation.covered)?.[1] ?? situation.covered;
  return {
    hint: `Write ${side}.${column}`,
    edits: [{ start: situation.start, length: situation.length, text: `${side}.${column}` }],
  };
}

/** KS119, KS120: the number of arguments. */
export function adviseArity(situation: Situation): Advice | undefined {
  const call = nodeAround(situation.tree, situation.start, Syn.FunctionCallExpression);
  const symbol = call?.ReferencedSymbol as { readonly Signatures?: unknown } | null | undefined;
  const [signature] = list<Kusto.Language.Symbols.Signature>(symbol?.Signatures);
  if (call === undefined || signature === undefined) return undefined;
  const parameters = list<Kusto.Language.Symbols.Parameter>(signature.Parameters).map(({ Name }) => Name ?? '');
  const given = elements(call.ArgumentList?.Expressions).length;
  return { hint: `Written ${situation.covered}(${parameters.join(', ')}); here it has ${given} of them` };
}

/** KS191: `count(*)` */
export function adviseStar(situation: Situation): Advice | undefined {
  const isCount = situation.tokenAt(-2).text === 'count';
  if (!isCount) return undefined;
  return { hint: 'Rows are counted by count()', edits: [{ start: situation.start, length: 1, text: '' }] };
}

/** KS227: both sides of a join have to be of one type. */
export const adviseJoinTypes = (): Advice => ({
  hint: 'Give both sides one type before the join: extend Key = tostring(Key)',
});
