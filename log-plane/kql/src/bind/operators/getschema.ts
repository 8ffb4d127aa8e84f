import type { KqlType } from '@vigia/contract';
import { literal } from '../../plan/expression.ts';
import type { BindContext, Bound, Scope } from '../context.ts';
import { resultColumns } from './result-columns.ts';

const DOTNET: Readonly<Record<KqlType, string>> = {
  bool: 'System.SByte',
  int: 'System.Int32',
  long: 'System.Int64',
  real: 'System.Double',
  decimal: 'System.Data.SqlTypes.SqlDecimal',
  datetime: 'System.DateTime',
  timespan: 'System.TimeSpan',
  guid: 'System.Guid',
  string: 'System.String',
  dynamic: 'System.Object',
};

export function bindGetSchema(
  context: BindContext,
  node: Kusto.Language.Syntax.GetSchemaOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const columns = resultColumns(context, node, scope).map(({ name, type }) => ({
    name,
    column: context.newColumn(type),
  }));
  if (columns.length !== 4) return context.refuse(node, scope, 'getschema kind');
  const rows = input.columns.map(({ name, column }, index) => [
    literal('string', name),
    literal(columns[1]?.column.type ?? 'long', BigInt(index)),
    literal('string', DOTNET[column.type]),
    literal('string', column.type),
  ]);
  return { relation: { kind: 'values', columns: columns.map(({ column }) => column), rows }, columns };
}
