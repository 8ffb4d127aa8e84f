import { elements, list, Syn, textOf } from '../../service/kusto.ts';
import type { BindContext, Bound, Scope } from '../context.ts';

/** A hint for whoever shows the rows; they stay as they are. */
export function bindRender(
  context: BindContext,
  node: Kusto.Language.Syntax.RenderOperator,
  input: Bound,
  _scope: Scope,
): Bound {
  const properties: Record<string, string> = {};
  const parameters = [
    ...elements<Kusto.Language.Syntax.NamedParameter>(node.WithClause?.Properties),
    ...list<unknown>((node as { readonly Parameters?: unknown }).Parameters),
  ];
  for (const parameter of parameters) {
    if (!(parameter instanceof Syn.NamedParameter) || parameter.Expression === null) continue;
    const value = parameter.Expression;
    properties[parameter.Name?.SimpleName ?? ''] = value.IsLiteral
      ? (value.LiteralValueInfo?.ValueText ?? textOf(value))
      : textOf(value);
  }
  context.render = { visualization: textOf(node.ChartType as never).trim(), properties };
  return input;
}
