import { bindAs } from '../bind-expression.ts';
import type { BindContext, Bound, Scope } from '../context.ts';
import { resultColumns } from './result-columns.ts';

export function bindRange(context: BindContext, node: Kusto.Language.Syntax.RangeOperator, scope: Scope): Bound {
  const result = resultColumns(context, node, scope)[0];
  if (result === undefined) return context.refuse(node, scope, 'range');
  const { name, type } = result;
  const column = context.newColumn(type);
  const from = bindAs(context, node.From, scope, type);
  const to = bindAs(context, node.To, scope, type);
  const step = bindAs(context, node.Step, scope, type === 'datetime' ? 'timespan' : type);
  return { relation: { kind: 'range', column, from, to, step }, columns: [{ name, column }] };
}
