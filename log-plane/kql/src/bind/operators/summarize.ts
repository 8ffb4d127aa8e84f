import { type Column, call, columnRef, type Expr, literal } from '../../plan/expression.ts';
import type { AggregateCall, Computed } from '../../plan/relation.ts';
import { type Expression, elements, Syn, textOf } from '../../service/kusto.ts';
import { functionName } from '../bind-call.ts';
import { bindAs, bindExpression } from '../bind-expression.ts';
import type { BindContext, Bound, NamedColumn, Scope } from '../context.ts';
import { groupParts, summarizedGroup } from '../group.ts';
import { type ResultColumn, resultColumns } from './result-columns.ts';

interface Gathered {
  readonly keys: readonly Computed[];
  readonly keyNames: ReadonlySet<string>;
  readonly aggregates: AggregateCall[];
  /** What comes after the keys, computed over the aggregates. */
  readonly results: Expr[];
}

type SpreadBinder = (
  context: BindContext,
  args: readonly Expression[],
  gathered: Gathered,
  scope: Scope,
  name: string,
) => void;

/** Aggregates that give several columns. */
export const SPREADS: Readonly<Record<string, SpreadBinder>> = {
  arg_max: spreadArg,
  arg_min: spreadArg,
  take_any: (context, args, gathered, scope) => {
    const values = args.flatMap((arg) => expandStar(context, arg, gathered, scope));
    pushStruct(context, 'take_any row', [], values, gathered);
  },
  percentilesw: (context, args, gathered, scope) => {
    const [value, weight, ...ranks] = args;
    const bound = bindExpression(context, value ?? null, withoutAggregates(scope));
    const by = bindAs(context, weight ?? null, withoutAggregates(scope), 'long');
    for (const rank of ranks) {
      const column = context.newColumn(bound.type);
      const percent = bindAs(context, rank, withoutAggregates(scope), 'real');
      gathered.aggregates.push({ column, name: 'percentilew', args: [bound, by, percent] });
      gathered.results.push(columnRef(column));
    }
  },
  percentiles: (context, args, gathered, scope, name) => {
    const [value, ...ranks] = args;
    const bound = bindExpression(context, value ?? null, withoutAggregates(scope));
    for (const rank of ranks) {
      const column = context.newColumn(bound.type);
      const percent = bindAs(context, rank, withoutAggregates(scope), 'real');
      gathered.aggregates.push({ column, name: name.replace(/s$/, ''), args: [bound, percent] });
      gathered.results.push(columnRef(column));
    }
  },
};

export function bindSummarize(
  context: BindContext,
  node: Kusto.Language.Syntax.SummarizeOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const names = engineNames(context, node, scope);
  const keys = elements<Expression>(node.ByClause?.Expressions).map((expression): Computed => {
    const expr = bindExpression(context, expression, scope);
    return { column: context.newColumn(expr.type), expr };
  });
  const aggregates: AggregateCall[] = [];
  const gathered: Gathered = {
    keys,
    keyNames: new Set(names.slice(0, keys.length).map(({ name }) => name)),
    aggregates,
    results: [],
  };
  const inside: Scope = { ...scope, aggregates };
  for (const expression of elements<Expression>(node.Aggregates)) {
    const value =
      expression instanceof Syn.SimpleNamedExpression || expression instanceof Syn.CompoundNamedExpression
        ? expression.Expression
        : expression;
    if (value instanceof Syn.FunctionCallExpression) {
      const name = functionName(value);
      const args = elements<Expression>(value.ArgumentList?.Expressions);
      const spread = SPREADS[name];
      const isSpread = args.length > (name.startsWith('percentiles') ? 0 : 1) || args[0] instanceof Syn.StarExpression;
      if (spread !== undefined && isSpread) {
        spread(context, args, gathered, inside, name);
        continue;
      }
    }
    gathered.results.push(bindExpression(context, value, inside));
  }
  const group = groupParts(input.group);
  const byOrdinal =
    input.group?.ordinal === undefined
      ? []
      : [{ expr: columnRef(input.group.ordinal), isDescending: false, nullsFirst: false }];
  const aggregated = {
    kind: 'aggregate',
    input: input.relation,
    keys: [...group.keys, ...keys],
    aggregates: [...aggregates, ...group.carried],
    order: [...(input.order ?? []), ...byOrdinal],
  } as const;
  const added: Computed[] = [];
  const outputs: Column[] = [
    ...keys.map(({ column }) => column),
    ...gathered.results.map((expr) => {
      if (expr.kind === 'column') return expr.column;
      const column = context.newColumn(expr.type);
      added.push({ column, expr });
      return column;
    }),
  ];
  if (outputs.length !== names.length)
    return context.refuse(node, scope, 'summarize', 'An aggregate of this summarize is not supported.');
  const columns: NamedColumn[] = outputs.map((column, index) => ({ name: names[index]?.name ?? '', column }));
  return {
    relation: added.length === 0 ? aggregated : { kind: 'extend', input: aggregated, added },
    columns,
    ...summarizedGroup(input.group),
  };
}

/** The engine calls a covariance after both its columns, the analyser after the first. */
function engineNames(
  context: BindContext,
  node: Kusto.Language.Syntax.SummarizeOperator,
  scope: Scope,
): readonly ResultColumn[] {
  const names = resultColumns(context, node, scope);
  const calls = elements<Expression>(node.Aggregates).filter((item) => item instanceof Syn.FunctionCallExpression);
  return names.map(({ name, type }) => {
    const call_ = calls.find((item) => name === `${functionName(item)}_${textOf(argument(item, 0))}`);
    const isTwofold = call_ !== undefined && functionName(call_).startsWith('covariance');
    return { name: isTwofold ? `${name}_${textOf(argument(call_, 1))}` : name, type };
  });
}

const argument = (call_: Kusto.Language.Syntax.FunctionCallExpression, index: number): Expression | null =>
  elements<Expression>(call_.ArgumentList?.Expressions)[index] ?? null;

function withoutAggregates(scope: Scope): Scope {
  const { aggregates: _, ...inside } = scope;
  return inside;
}

/** `*`: every column that is no key. */
function expandStar(context: BindContext, node: Expression, gathered: Gathered, scope: Scope): readonly Expr[] {
  if (!(node instanceof Syn.StarExpression)) return [bindExpression(context, node, withoutAggregates(scope))];
  return scope.columns.filter(({ name }) => !gathered.keyNames.has(name)).map(({ column }) => columnRef(column));
}

/** arg_max(x, a, b) and arg_max(x, *): x, then the others of the same row. */
function spreadArg(
  context: BindContext,
  args: readonly Expression[],
  gathered: Gathered,
  scope: Scope,
  name: string,
): void {
  const [first, ...others] = args;
  const by = bindExpression(context, first ?? null, withoutAggregates(scope));
  const isSelf = (expr: Expr) => expr.kind === 'column' && by.kind === 'column' && expr.column === by.column;
  const values = others.flatMap((arg) => {
    const expanded = expandStar(context, arg, gathered, scope);
    return arg instanceof Syn.StarExpression ? expanded.filter((expr) => !isSelf(expr)) : expanded;
  });
  pushStruct(context, `${name} row`, [by], [by, ...values], gathered);
}

/** One aggregate that keeps a whole row; its fields are read above it. */
function pushStruct(
  context: BindContext,
  name: string,
  by: readonly Expr[],
  values: readonly Expr[],
  gathered: Gathered,
): void {
  const column = context.newColumn('dynamic');
  gathered.aggregates.push({ column, name, args: [...by, ...values] });
  values.forEach((value, index) => {
    gathered.results.push(call('field', value.type, columnRef(column), literal('long', BigInt(index))));
  });
}
