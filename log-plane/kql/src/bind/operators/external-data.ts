import type { Expression } from '../../service/kusto.ts';
import { elements, Syn, textOf } from '../../service/kusto.ts';
import type { BindContext, Bound, Scope } from '../context.ts';
import { resultColumns } from './result-columns.ts';

/** Rows from outside: only where the host knows the addresses and gives a relation for them. */
export function bindExternalData(
  context: BindContext,
  node: Kusto.Language.Syntax.ExternalDataExpression,
  scope: Scope,
): Bound {
  const columns = resultColumns(context, node, scope);
  const uris = elements<Expression>(node.URIs).map((uri) => uri.LiteralValueInfo?.ValueText ?? textOf(uri));
  const properties: Record<string, string> = {};
  for (const property of elements<unknown>(node.WithClause?.Properties))
    if (property instanceof Syn.NamedParameter && property.Expression !== null)
      properties[property.Name?.SimpleName ?? ''] =
        property.Expression.LiteralValueInfo?.ValueText ?? textOf(property.Expression);
  const relation = context.options.externalData?.({ uris, columns, properties });
  if (relation === undefined)
    return context.refuse(
      node,
      scope,
      'externaldata',
      `externaldata is not allowed to read ${uris.join(', ') || 'this address'}.`,
    );
  const named = columns.map(({ name, type }) => ({ name, column: context.newColumn(type) }));
  return {
    relation: { kind: 'table', relation, columns: named.map(({ name, column }) => ({ column, source: name })) },
    columns: named,
  };
}
