import { type Column, columnRef, type WindowExpr } from '../../plan/expression.ts';
import type { SortKey } from '../../plan/relation.ts';
import { bindContinuation } from '../bind-tabular.ts';
import { computeColumns } from '../compute.ts';
import type { BindContext, Bound, Group, Scope } from '../context.ts';
import { expandItems } from './mv-expand.ts';
import { resultColumns } from './result-columns.ts';

const ROW_NUMBER: WindowExpr = { kind: 'window', type: 'long', name: 'row_number', args: [] };

/** Each row's elements become a group of rows, on which the operators in brackets work alone. */
export function bindMvApply(
  context: BindContext,
  node: Kusto.Language.Syntax.MvApplyOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const names = resultColumns(context, node, scope);
  if (node.ContextIdClause !== null) return context.refuse(node.ContextIdClause, scope, 'mv-apply id');
  const subquery = node.Subquery?.Expression;
  if (subquery === null || subquery === undefined) return context.refuse(node, scope, 'mv-apply');
  const row = context.newColumn('long');
  const numbered: Bound = {
    ...withoutGroup(input),
    relation: computeColumns(context, withoutGroup(input), [{ column: row, expr: ROW_NUMBER }]),
  };
  const { order: _, ...expanded } = expandItems(context, node, numbered, { ...scope, columns: input.columns });
  const outer = input.group;
  const carried = new Set<Column>([
    ...input.columns.map(({ column }) => column),
    ...(outer === undefined ? [] : [...outer.keys, ...outer.carried]),
    ...(outer?.ordinal === undefined ? [] : [outer.ordinal]),
    ...(input.order ?? []).flatMap(({ expr }) => (expr.kind === 'column' ? [expr.column] : [])),
  ]);
  const grouped = withOrdinal(context, expanded, { keys: [row], carried: [...carried] });
  const applied = bindContinuation(context, subquery, grouped, scope);
  const columns = names.map(({ name }) => {
    const found =
      applied.columns.find((column) => column.name === name) ?? input.columns.find((old) => old.name === name);
    return found ?? context.refuse(node, scope, 'mv-apply', `The column '${name}' of this mv-apply is not supported.`);
  });
  if (outer !== undefined)
    return {
      relation: applied.relation,
      columns,
      group: outer,
      ...(input.order === undefined ? {} : { order: input.order }),
    };
  const keys: SortKey[] = [row, ...(applied.group?.ordinal === undefined ? [] : [applied.group.ordinal])].map(
    (column) => ({ expr: columnRef(column), isDescending: false, nullsFirst: false }),
  );
  const [first, ...rest] = keys;
  const order = first === undefined ? [] : [first, ...(applied.order ?? []), ...rest];
  return { relation: { kind: 'sort', input: applied.relation, keys: order }, columns };
}

/** Groups whose rows are numbered as they stand now. */
export function withOrdinal(context: BindContext, input: Bound, group: Group): Bound {
  const ordinal = context.newColumn('long');
  const relation = computeColumns(context, withoutGroup(input), [{ column: ordinal, expr: ROW_NUMBER }]);
  return { ...input, relation, group: { ...group, ordinal } };
}

export function withoutGroup(input: Bound): Bound {
  const { group: _, ...alone } = input;
  return alone;
}
