import type { KqlType } from '@vigia/contract';
import { call, type Expr, literal } from '../../plan/expression.ts';
import { type Expression, elements } from '../../service/kusto.ts';
import { bindExpression } from '../bind-expression.ts';
import type { BindContext, Bound, Scope } from '../context.ts';
import { convert } from '../convert.ts';
import { resultColumns } from './result-columns.ts';

export function bindDatatable(
  context: BindContext,
  node: Kusto.Language.Syntax.DataTableExpression,
  scope: Scope,
): Bound {
  const columns = resultColumns(context, node, scope).map(({ name, type }) => ({
    name,
    column: context.newColumn(type),
  }));
  const values = elements<Expression>(node.Values).map((value, index) =>
    cell(bindExpression(context, value, scope), columns[index % columns.length]?.column.type ?? 'string'),
  );
  const rows: Expr[][] = [];
  for (let at = 0; at + columns.length <= values.length; at += columns.length)
    rows.push(values.slice(at, at + columns.length));
  return { relation: { kind: 'values', columns: columns.map(({ column }) => column), rows }, columns };
}

/** Missing text is the empty text; text in a dynamic column is a JSON string. */
export function cell(value: Expr, type: KqlType): Expr {
  if (value.kind === 'literal' && value.value === null) return literal(type, type === 'string' ? '' : null);
  if (type === 'dynamic' && value.type !== 'dynamic') return call('todynamic', 'dynamic', value);
  return convert(value, type);
}
