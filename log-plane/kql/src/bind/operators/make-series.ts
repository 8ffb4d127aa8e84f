import { call, type Expr, literal } from '../../plan/expression.ts';
import type { AggregateCall, Computed, Relation, SeriesRelation } from '../../plan/relation.ts';
import { type Expression, elements, Syn } from '../../service/kusto.ts';
import { bindAs, bindExpression } from '../bind-expression.ts';
import type { BindContext, Bound, Scope } from '../context.ts';
import { groupParts, summarizedGroup } from '../group.ts';
import { isNumeric } from '../types.ts';
import { namedParameters } from './parameters.ts';
import { resultColumns } from './result-columns.ts';

interface Axis {
  readonly from?: Expr;
  readonly to?: Expr;
  readonly step: Expr;
  readonly isEndIncluded: boolean;
}

/** Aggregates in steps along an axis, one array a series; steps without rows get the default. */
export function bindMakeSeries(
  context: BindContext,
  node: Kusto.Language.Syntax.MakeSeriesOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const names = resultColumns(context, node, scope);
  const kind = namedParameters(node).get('kind');
  if (kind !== undefined && kind !== 'nonempty') return context.refuse(node, scope, `make-series kind=${kind}`);
  const on = bindExpression(context, node.OnClause?.Expression ?? null, scope);
  const type = on.type === 'int' ? 'long' : on.type;
  const axis = bindAxis(context, node, type, scope);
  const position = bindAs(context, node.OnClause?.Expression ?? null, scope, type);
  const group = groupParts(input.group);
  const keys = elements<Expression>(node.ByClause?.Expressions).map((expression): Computed => {
    const expr = bindExpression(context, expression, scope);
    return { column: context.newColumn(expr.type), expr };
  });
  const index = context.newColumn('long');
  const aggregates: AggregateCall[] = [];
  const values = elements<Kusto.Language.Syntax.MakeSeriesExpression>(node.Aggregates).map((item) => {
    const expr = bindExpression(context, item.Expression, { ...scope, aggregates });
    const missing = item.DefaultExpression?.Expression ?? null;
    const fallback = isNumeric(expr.type)
      ? literal(expr.type, expr.type === 'real' ? 0 : expr.type === 'decimal' ? '0' : 0n)
      : literal(expr.type, null);
    return {
      column: context.newColumn('dynamic'),
      expr,
      source: context.newColumn(expr.type),
      missing: missing === null ? fallback : bindAs(context, missing, scope, expr.type),
    };
  });
  const steps = call('series index', 'long', position, axis.from ?? literal(type, type === 'real' ? 0 : 0n), axis.step);
  const all = [...group.keys, ...keys];
  let relation: Relation = {
    kind: 'aggregate',
    input: { kind: 'filter', input: input.relation, condition: within(position, axis) },
    keys: [...all, { column: index, expr: steps }],
    aggregates: [...aggregates, ...group.carried],
    order: [],
  };
  relation = {
    kind: 'extend',
    input: relation,
    added: values.map(({ source, expr }) => ({ column: source, expr })),
  };
  const axisColumn = context.newColumn('dynamic');
  const series: SeriesRelation = {
    kind: 'series',
    input: relation,
    keys: all.map(({ column }) => column),
    carried: group.carried.map(({ column }) => column),
    index,
    values: values.map(({ column, source, missing }) => ({ column, source, missing })),
    axis: axisColumn,
    axisType: type,
    ...(axis.from === undefined ? {} : { from: axis.from }),
    ...(axis.to === undefined ? {} : { to: axis.to }),
    step: axis.step,
    isEndIncluded: axis.isEndIncluded,
    isNeverEmpty: kind === 'nonempty' && keys.length === 0,
  };
  const outputs = [...keys.map(({ column }) => column), ...values.map(({ column }) => column), axisColumn];
  if (outputs.length !== names.length) return context.refuse(node, scope, 'make-series');
  return {
    relation: series,
    columns: outputs.map((column, at) => ({ name: names[at]?.name ?? '', column })),
    ...summarizedGroup(input.group),
  };
}

function bindAxis(
  context: BindContext,
  node: Kusto.Language.Syntax.MakeSeriesOperator,
  type: Expr['type'],
  scope: Scope,
): Axis {
  const stepType = type === 'datetime' ? 'timespan' : type;
  const range = node.RangeClause;
  if (range instanceof Syn.MakeSeriesInRangeClause) {
    const [from, to, step] = elements<Expression>(range.Arguments?.Expressions);
    return {
      from: bindAs(context, from ?? null, scope, type),
      to: bindAs(context, to ?? null, scope, type),
      step: bindAs(context, step ?? null, scope, stepType),
      isEndIncluded: true,
    };
  }
  if (!(range instanceof Syn.MakeSeriesFromToStepClause)) return context.refuse(node, scope, 'make-series');
  const from = range.MakeSeriesFromClause?.Expression ?? null;
  const to = range.MakeSeriesToClause?.Expression ?? null;
  return {
    ...(from === null ? {} : { from: bindAs(context, from, scope, type) }),
    ...(to === null ? {} : { to: bindAs(context, to, scope, type) }),
    step: bindAs(context, range.MakeSeriesStepClause?.Expression ?? null, scope, stepType),
    isEndIncluded: false,
  };
}

function within(position: Expr, { from, to, isEndIncluded }: Axis): Expr {
  const conditions: Expr[] = [call('isnotnull', 'bool', position)];
  if (from !== undefined) conditions.push(call('>=', 'bool', position, from));
  if (to !== undefined) conditions.push(call(isEndIncluded ? '<=' : '<', 'bool', position, to));
  return call('and', 'bool', ...conditions);
}
