import type { Diagnostic } from '@vigia/contract';
import { parseLiteral } from '../../bind/literal.ts';
import { diagnosticAt } from '../diagnostics.ts';
import { type Expression, elements, kindOf, Sym, Syn, type SyntaxNode, type SyntaxTree, textOf } from '../kusto.ts';

/** Ticks: of a moment, or before or after now. */
interface Moment {
  readonly isRelative: boolean;
  readonly ticks: bigint;
}

interface Bounds {
  low?: Moment;
  high?: Moment;
}

/** Conditions on a moment that no row can meet: the query runs, and is always empty. */
export function findEmptyTimeRanges(tree: SyntaxTree, text: string): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const root = tree.Syntax;
  if (root === null || !/ago|now|datetime/.test(text)) return found;
  const filters: Kusto.Language.Syntax.FilterOperator[] = [];
  walk(root, (node) => {
    if (node instanceof Syn.FilterOperator) filters.push(node);
  });
  const reported = new Set<SyntaxNode>();
  for (const filter of filters) {
    const bounds = new Map<string, Bounds>();
    // Of a chain of where, each is looked at together with those before it.
    for (const part of chainOf(filter)) {
      for (const condition of conjuncts(part.Condition)) {
        const isEmpty = narrow(bounds, condition);
        if (!isEmpty) continue;
        if (part !== filter || reported.has(condition)) break;
        reported.add(condition);
        const place = { start: condition.TextStart, length: condition.End - condition.TextStart };
        const message = `No row can be in this range of time: it ends before it begins.`;
        const hint = 'The earlier moment stands first: between (ago(2d) .. ago(1h))';
        found.push(diagnosticAt(text, 'kql.emptyTimeRange', message, place, { hint, severity: 'warning' }));
        break;
      }
    }
  }
  return found;
}

function walk(node: SyntaxNode, visit: (node: SyntaxNode) => void): void {
  visit(node);
  for (let index = 0; index < node.ChildCount; index++) {
    const child = node.GetChild(index);
    if (child instanceof Syn.SyntaxNode) walk(child, visit);
  }
}

/** The filters directly before this one, and this one. */
function chainOf(filter: Kusto.Language.Syntax.FilterOperator): readonly Kusto.Language.Syntax.FilterOperator[] {
  const chain = [filter];
  let pipe = filter.Parent instanceof Syn.PipeExpression ? filter.Parent.Expression : null;
  while (pipe instanceof Syn.PipeExpression && pipe.Operator instanceof Syn.FilterOperator) {
    chain.unshift(pipe.Operator);
    pipe = pipe.Expression;
  }
  return chain;
}

function conjuncts(node: Expression | null): readonly Expression[] {
  if (node === null) return [];
  if (node instanceof Syn.ParenthesizedExpression) return conjuncts(node.Expression);
  if (node instanceof Syn.BinaryExpression && kindOf(node) === 'AndExpression')
    return [...conjuncts(node.Left), ...conjuncts(node.Right)];
  return [node];
}

/** True where the condition leaves nothing of the column's range. */
function narrow(all: Map<string, Bounds>, condition: Expression): boolean {
  if (condition instanceof Syn.BetweenExpression && kindOf(condition) === 'BetweenExpression') {
    const [low, high] = [momentOf(condition.Right?.First ?? null), momentOf(condition.Right?.Second ?? null)];
    const span = spanOf(condition.Right?.Second ?? null);
    const end = high ?? (low !== undefined && span !== undefined ? { ...low, ticks: low.ticks + span } : undefined);
    return within(all, condition.Left, {
      ...(low === undefined ? {} : { low }),
      ...(end === undefined ? {} : { high: end }),
    });
  }
  if (!(condition instanceof Syn.BinaryExpression)) return false;
  const kind = kindOf(condition);
  const isLow = /^GreaterThan/.test(kind);
  if (!isLow && !/^LessThan/.test(kind)) return false;
  const [left, right] = [momentOf(condition.Left), momentOf(condition.Right)];
  if (right !== undefined && left === undefined)
    return within(all, condition.Left, isLow ? { low: right } : { high: right });
  if (left !== undefined && right === undefined)
    return within(all, condition.Right, isLow ? { high: left } : { low: left });
  return false;
}

function within(all: Map<string, Bounds>, column: Expression | null, { low, high }: Bounds): boolean {
  if (!(column instanceof Syn.NameReference) || column.ResultType?.Name !== 'datetime') return false;
  const name = column.SimpleName ?? '';
  const bounds = all.get(name) ?? {};
  all.set(name, bounds);
  if (low !== undefined && (bounds.low === undefined || isAfter(low, bounds.low))) bounds.low = low;
  if (high !== undefined && (bounds.high === undefined || isAfter(bounds.high, high))) bounds.high = high;
  return bounds.low !== undefined && bounds.high !== undefined && isAfter(bounds.low, bounds.high);
}

/** Moments that are counted from now are not compared with those of a calendar: that would change with the day. */
const isAfter = (a: Moment, b: Moment): boolean => a.isRelative === b.isRelative && a.ticks > b.ticks;

function momentOf(node: Expression | null): Moment | undefined {
  if (node instanceof Syn.ParenthesizedExpression) return momentOf(node.Expression);
  if (node instanceof Syn.NameReference) {
    const symbol = node.ReferencedSymbol;
    const source = symbol instanceof Sym.VariableSymbol ? symbol.Source : null;
    return source instanceof Syn.Expression && source !== node ? momentOf(source) : undefined;
  }
  if (node instanceof Syn.FunctionCallExpression) {
    const name = node.Name?.SimpleName;
    const [argument] = elements<Expression>(node.ArgumentList?.Expressions);
    if (name === 'now' && argument === undefined) return { isRelative: true, ticks: 0n };
    const span = name === 'now' || name === 'ago' ? spanOf(argument ?? null) : undefined;
    return span === undefined ? undefined : { isRelative: true, ticks: name === 'ago' ? -span : span };
  }
  if (node instanceof Syn.BinaryExpression && /^(Add|Subtract)Expression$/.test(kindOf(node))) {
    const [moment, span] = [momentOf(node.Left), spanOf(node.Right)];
    if (moment === undefined || span === undefined) return undefined;
    return { ...moment, ticks: kindOf(node) === 'AddExpression' ? moment.ticks + span : moment.ticks - span };
  }
  const ticks = ticksOf(node, 'datetime');
  return ticks === undefined ? undefined : { isRelative: false, ticks };
}

function spanOf(node: Expression | null): bigint | undefined {
  if (node instanceof Syn.PrefixUnaryExpression && kindOf(node) === 'UnaryMinusExpression') {
    const span = spanOf(node.Expression);
    return span === undefined ? undefined : -span;
  }
  return ticksOf(node, 'timespan');
}

function ticksOf(node: Expression | null, type: 'datetime' | 'timespan'): bigint | undefined {
  if (node === null || !node.IsLiteral || node.ResultType?.Name !== type) return undefined;
  const literal = parseLiteral(type, node.LiteralValueInfo?.ValueText ?? textOf(node));
  return literal?.kind === 'literal' && typeof literal.value === 'bigint' ? literal.value : undefined;
}
