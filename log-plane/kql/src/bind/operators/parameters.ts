import { list, Syn, textOf } from '../../service/kusto.ts';

/** Named parameters of an operator (`kind=`, `withsource=`): by name, as text. */
export function namedParameters(node: { readonly Parameters?: unknown }): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const item of list<unknown>(node.Parameters)) {
    if (!(item instanceof Syn.NamedParameter) || item.Expression === null) continue;
    const value = item.Expression;
    const text = value.IsLiteral ? (value.LiteralValueInfo?.ValueText ?? textOf(value)) : textOf(value);
    const name = (item.Name?.SimpleName ?? '').toLowerCase();
    found.set(name, value instanceof Syn.NameDeclaration ? (value.SimpleName ?? text) : text);
  }
  return found;
}
