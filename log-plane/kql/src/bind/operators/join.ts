import { call, columnRef, type Expr } from '../../plan/expression.ts';
import type { JoinRelation, Relation } from '../../plan/relation.ts';
import { type Expression, elements, Syn } from '../../service/kusto.ts';
import { bindExpression, findColumn } from '../bind-expression.ts';
import { bindTabular } from '../bind-tabular.ts';
import type { BindContext, Bound, NamedColumn, Scope } from '../context.ts';
import { convert } from '../convert.ts';
import { commonType } from '../types.ts';
import { namedParameters } from './parameters.ts';
import { resultColumns } from './result-columns.ts';

type Sides = 'both' | 'left' | 'right';

const KINDS: Readonly<
  Record<string, { readonly join: JoinRelation['join']; readonly gives: Sides; readonly swap?: true }>
> = {
  innerunique: { join: 'inner', gives: 'both' },
  inner: { join: 'inner', gives: 'both' },
  leftouter: { join: 'left', gives: 'both' },
  rightouter: { join: 'right', gives: 'both' },
  fullouter: { join: 'full', gives: 'both' },
  leftsemi: { join: 'semi', gives: 'left' },
  rightsemi: { join: 'semi', gives: 'right', swap: true },
  leftanti: { join: 'anti', gives: 'left' },
  leftantisemi: { join: 'anti', gives: 'left' },
  anti: { join: 'anti', gives: 'left' },
  rightanti: { join: 'anti', gives: 'right', swap: true },
  rightantisemi: { join: 'anti', gives: 'right', swap: true },
};

export interface JoinKey {
  readonly left: Expr;
  readonly right: Expr;
}

export function bindJoin(
  context: BindContext,
  node: Kusto.Language.Syntax.JoinOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const name = namedParameters(node).get('kind') ?? 'innerunique';
  const kind = KINDS[name];
  if (kind === undefined || node.Expression === null) return context.refuse(node, scope, `join kind=${name}`);
  const right = bindTabular(context, node.Expression, scope);
  const on = bindJoinKeys(context, node.ConditionClause, { left: input.columns, right: right.columns }, scope);
  const left: Relation =
    name === 'innerunique'
      ? { kind: 'first-of-group', input: input.relation, keys: on.map((key) => key.left), order: [] }
      : input.relation;
  const relation: JoinRelation =
    kind.swap === true
      ? {
          kind: 'join',
          join: kind.join,
          left: right.relation,
          right: left,
          on: on.map((key) => ({ left: key.right, right: key.left })),
        }
      : { kind: 'join', join: kind.join, left, right: right.relation, on };
  const given = { both: [...input.columns, ...right.columns], left: input.columns, right: right.columns }[kind.gives];
  const columns = given.map(({ column }, index) => ({
    name: resultColumns(context, node, scope)[index]?.name ?? '',
    column,
  }));
  const leftMayMiss = kind.join === 'right' || kind.join === 'full';
  const rightMayMiss = kind.join === 'left' || kind.join === 'full';
  const mayMiss = new Set(
    [...(leftMayMiss ? input.columns : []), ...(rightMayMiss ? right.columns : [])].map(({ column }) => column.id),
  );
  return fillMissingText(context, { relation, columns }, mayMiss);
}

/** Text that an outer join left out is the empty text, as everywhere. */
export function fillMissingText(context: BindContext, bound: Bound, mayMiss: ReadonlySet<string>): Bound {
  const added: { column: NamedColumn['column']; expr: Expr }[] = [];
  const columns = bound.columns.map(({ name, column }) => {
    if (column.type !== 'string' || !mayMiss.has(column.id)) return { name, column };
    const filled = context.newColumn('string');
    added.push({ column: filled, expr: call('text or empty', 'string', columnRef(column)) });
    return { name, column: filled };
  });
  if (added.length === 0) return bound;
  return { relation: { kind: 'extend', input: bound.relation, added }, columns };
}

/** `on a, $left.b == $right.c` */
export function bindJoinKeys(
  context: BindContext,
  clause: Kusto.Language.Syntax.JoinConditionClause | null,
  sides: { readonly left: readonly NamedColumn[]; readonly right: readonly NamedColumn[] },
  scope: Scope,
): readonly JoinKey[] {
  if (!(clause instanceof Syn.JoinOnClause)) {
    if (clause === null) return [];
    return context.refuse(clause, scope, 'join where');
  }
  return elements<Expression>(clause.Expressions).flatMap((condition) => joinKeys(context, condition, sides, scope));
}

function joinKeys(
  context: BindContext,
  condition: Expression,
  sides: { readonly left: readonly NamedColumn[]; readonly right: readonly NamedColumn[] },
  scope: Scope,
): readonly JoinKey[] {
  if (condition instanceof Syn.ParenthesizedExpression && condition.Expression !== null)
    return joinKeys(context, condition.Expression, sides, scope);
  if (condition instanceof Syn.NameReference) {
    const name = condition.SimpleName ?? '';
    const left = findColumn(sides.left, name);
    const right = findColumn(sides.right, name);
    if (left === undefined || right === undefined) return context.refuse(condition, scope, name);
    return [aligned(columnRef(left.column), columnRef(right.column))];
  }
  if (condition instanceof Syn.BinaryExpression) {
    const operator = condition.Operator?.Text;
    if (operator === 'and' && condition.Left !== null && condition.Right !== null)
      return [condition.Left, condition.Right].flatMap((side) => joinKeys(context, side, sides, scope));
    if (operator === '==') {
      const inside: Scope = { ...scope, columns: [...sides.left, ...sides.right], sides };
      const first = bindExpression(context, condition.Left, inside);
      const second = bindExpression(context, condition.Right, inside);
      const isLeft = (expr: Expr) =>
        expr.kind === 'column' && sides.left.some(({ column }) => column.id === expr.column.id);
      return [isLeft(first) || first.kind !== 'column' ? aligned(first, second) : aligned(second, first)];
    }
  }
  return context.refuse(condition, scope, 'join condition', 'Only equality of a left and a right column is supported.');
}

function aligned(left: Expr, right: Expr): JoinKey {
  const type = commonType(left.type, right.type) ?? 'string';
  return { left: convert(left, type), right: convert(right, type) };
}
