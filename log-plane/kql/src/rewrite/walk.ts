import type { Expr } from '../plan/expression.ts';
import type { Relation, SortKey } from '../plan/relation.ts';

/** The expression with other operands. */
export function mapOperands(expr: Expr, change: (expr: Expr) => Expr, input: (relation: Relation) => Relation): Expr {
  switch (expr.kind) {
    case 'call':
      return { ...expr, args: expr.args.map(change) };
    case 'path':
      return { ...expr, base: change(expr.base) };
    case 'window':
      return {
        ...expr,
        args: expr.args.map(change),
        ...(expr.restart === undefined ? {} : { restart: change(expr.restart) }),
      };
    case 'scalar-subquery':
      return { ...expr, input: input(expr.input) };
    case 'in-subquery':
      return { ...expr, value: change(expr.value), input: input(expr.input) };
    default:
      return expr;
  }
}

/** The relation over other inputs. */
export function mapInputs(relation: Relation, change: (relation: Relation) => Relation): Relation {
  switch (relation.kind) {
    case 'table':
    case 'values':
    case 'range':
    case 'shared':
      return relation;
    case 'union':
      return { ...relation, inputs: relation.inputs.map(change) };
    case 'join':
      return { ...relation, left: change(relation.left), right: change(relation.right) };
    default:
      return { ...relation, input: change(relation.input) };
  }
}

/** The relation with other expressions; those of its inputs stay. */
export function mapExpressions(relation: Relation, change: (expr: Expr) => Expr): Relation {
  const computed = <T extends { readonly expr: Expr }>(items: readonly T[]): readonly T[] =>
    items.map((item) => ({ ...item, expr: change(item.expr) }));
  const keys = (order: readonly SortKey[]) => computed(order);
  switch (relation.kind) {
    case 'table':
    case 'shared':
    case 'union':
    case 'paths':
      return relation;
    case 'values':
      return { ...relation, rows: relation.rows.map((row) => row.map(change)) };
    case 'range':
      return { ...relation, from: change(relation.from), to: change(relation.to), step: change(relation.step) };
    case 'filter':
      return { ...relation, condition: change(relation.condition) };
    case 'project':
      return { ...relation, columns: computed(relation.columns) };
    case 'extend':
      return { ...relation, added: computed(relation.added) };
    case 'aggregate':
      return {
        ...relation,
        keys: computed(relation.keys),
        aggregates: relation.aggregates.map((aggregate) => ({ ...aggregate, args: aggregate.args.map(change) })),
        order: keys(relation.order),
      };
    case 'sort':
      return { ...relation, keys: keys(relation.keys) };
    case 'limit':
      return {
        ...relation,
        count: change(relation.count),
        ...(relation.order === undefined ? {} : { order: keys(relation.order) }),
      };
    case 'first-of-group':
      return { ...relation, keys: relation.keys.map(change), order: keys(relation.order) };
    case 'join':
      return { ...relation, on: relation.on.map(({ left, right }) => ({ left: change(left), right: change(right) })) };
    case 'expand':
      return {
        ...relation,
        items: relation.items.map((item) => ({ ...item, list: change(item.list) })),
        ...(relation.limit === undefined ? {} : { limit: change(relation.limit) }),
      };
    case 'series':
      return {
        ...relation,
        values: relation.values.map((value) => ({ ...value, missing: change(value.missing) })),
        step: change(relation.step),
        ...(relation.from === undefined ? {} : { from: change(relation.from) }),
        ...(relation.to === undefined ? {} : { to: change(relation.to) }),
      };
    case 'scan': {
      const match = ({ condition, values }: { condition: Expr; values: readonly Expr[] }) => ({
        condition: change(condition),
        values: values.map(change),
      });
      return {
        ...relation,
        declared: computed(relation.declared),
        steps: relation.steps.map((step) => ({
          ...step,
          own: match(step.own),
          ...(step.promoted === undefined ? {} : { promoted: match(step.promoted) }),
        })),
      };
    }
  }
}
