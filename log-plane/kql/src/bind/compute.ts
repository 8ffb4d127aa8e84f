import { FUNCTIONS } from '../functions/table.ts';
import { type Column, columnRef, type Expr, hasWindow, type WindowExpr, type WindowOrder } from '../plan/expression.ts';
import type { Computed, Relation } from '../plan/relation.ts';
import type { BindContext, Bound } from './context.ts';

/**
 * The input with further columns. Windows inside windows are computed below first; one that begins again counts its
 * beginnings below and is then computed for each run of rows alone.
 */
export function computeColumns(context: BindContext, input: Bound, added: readonly Computed[]): Relation {
  if (added.length === 0) return input.relation;
  if (!added.some(({ expr }) => needsCare(expr, input))) return { kind: 'extend', input: input.relation, added };
  let { relation } = input;
  let order = orderOf(input);
  const isGrouped = input.group !== undefined;
  let isOrdered = order.length > 0;
  if (!isGrouped && added.some(({ expr }) => hasRestart(expr))) {
    // Rows of a run lose their order unless it is written down.
    const ordinal = push({ kind: 'window', type: 'long', name: 'row_number', args: [] });
    order = [{ column: ordinal, isDescending: false, nullsFirst: false }];
    isOrdered = true;
  }
  const computed = added.map(({ column, expr }): Computed => ({ column, expr: lift(expr) }));
  relation = { kind: 'extend', input: relation, added: computed };
  if (isGrouped || !isOrdered) return relation;
  return {
    kind: 'sort',
    input: relation,
    keys: order.map(({ column, ...key }) => ({ expr: columnRef(column), ...key })),
  };

  function push(expr: Expr): Column {
    const column = context.newColumn(expr.type);
    relation = { kind: 'extend', input: relation, added: [{ column, expr }] };
    return column;
  }

  /** A window's own arguments become columns where they hold windows. */
  function lift(expr: Expr): Expr {
    if (!hasWindow(expr)) return expr;
    switch (expr.kind) {
      case 'window': {
        const args = expr.args.map((arg) => (hasWindow(arg) ? columnRef(push(lift(arg))) : arg));
        const { restart, ...plain } = expr;
        const partition = [...(input.group?.keys ?? [])];
        if (restart !== undefined) {
          const begins = hasWindow(restart) ? columnRef(push(lift(restart))) : restart;
          const counted: WindowExpr = { kind: 'window', type: 'long', name: 'segment', args: [begins] };
          partition.push(push({ ...counted, partition: [...partition], order }));
        }
        return { ...plain, args, ...(partition.length > 0 ? { partition, order } : { order }) };
      }
      case 'call':
        return { ...expr, args: expr.args.map(lift) };
      case 'path':
        return { ...expr, base: lift(expr.base) };
      case 'in-subquery':
        return { ...expr, value: lift(expr.value) };
      default:
        return expr;
    }
  }
}

/** A call whose SQL repeats an argument that is more than a column. */
export function isRepeating(expr: Expr): boolean {
  switch (expr.kind) {
    case 'call':
      return (FUNCTIONS[expr.name]?.usesOften === true && expr.args.some(isComputed)) || expr.args.some(isRepeating);
    case 'path':
      return isRepeating(expr.base);
    case 'window':
      return expr.args.some(isRepeating);
    default:
      return false;
  }
}

const isComputed = (expr: Expr): boolean => expr.kind !== 'column' && expr.kind !== 'literal';

/** Such arguments become columns below, so that the SQL does not grow with each nesting. */
function _withArguments(context: BindContext, input: Bound, added: readonly Computed[]): [Bound, readonly Computed[]] {
  let below = input;
  const replaced = added.map(({ column, expr }): Computed => ({ column, expr: replace(expr) }));
  return [below, replaced];

  function replace(expr: Expr): Expr {
    if (!isRepeating(expr)) return expr;
    switch (expr.kind) {
      case 'call': {
        const args = expr.args.map(replace);
        return { ...expr, args: FUNCTIONS[expr.name]?.usesOften === true ? args.map(asColumn) : args };
      }
      case 'path':
        return { ...expr, base: replace(expr.base) };
      case 'window':
        return { ...expr, args: expr.args.map(replace) };
      default:
        return expr;
    }
  }

  function asColumn(arg: Expr): Expr {
    if (!isComputed(arg)) return arg;
    const column = context.newColumn(arg.type);
    below = { ...below, relation: computeColumns(context, below, [{ column, expr: arg }]) };
    return columnRef(column);
  }
}

/** How the rows of a group stand: as they were sorted, then as they came. */
function orderOf({ group, order }: Bound): readonly WindowOrder[] {
  if (group === undefined) return [];
  const sorted = (order ?? []).flatMap(({ expr, isDescending, nullsFirst }) =>
    expr.kind === 'column' ? [{ column: expr.column, isDescending, nullsFirst }] : [],
  );
  const { ordinal } = group;
  return ordinal === undefined ? sorted : [...sorted, { column: ordinal, isDescending: false, nullsFirst: false }];
}

function needsCare(expr: Expr, input: Bound): boolean {
  if (!hasWindow(expr)) return false;
  return input.group !== undefined || hasRestart(expr) || isNested(expr, false);
}

function hasRestart(expr: Expr): boolean {
  switch (expr.kind) {
    case 'window':
      return expr.restart !== undefined || expr.args.some(hasRestart);
    case 'call':
      return expr.args.some(hasRestart);
    case 'path':
      return hasRestart(expr.base);
    case 'in-subquery':
      return hasRestart(expr.value);
    default:
      return false;
  }
}

function isNested(expr: Expr, isInside: boolean): boolean {
  switch (expr.kind) {
    case 'window':
      return isInside || expr.args.some((arg) => isNested(arg, true));
    case 'call':
      return expr.args.some((arg) => isNested(arg, isInside));
    case 'path':
      return isNested(expr.base, isInside);
    case 'in-subquery':
      return isNested(expr.value, isInside);
    default:
      return false;
  }
}
