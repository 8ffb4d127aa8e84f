import { Syn } from '../service/kusto.ts';
import { bindExpression } from './bind-expression.ts';
import { bindTabular, isTabular } from './bind-tabular.ts';
import type { BindContext, Scope } from './context.ts';

/** Puts the name of a `let` into the scope's environment. */
export function bindLet(context: BindContext, statement: Kusto.Language.Syntax.LetStatement, scope: Scope): void {
  const name = statement.Name?.SimpleName ?? '';
  const value = statement.Expression;
  if (value === null) return;
  if (value instanceof Syn.FunctionDeclaration) {
    scope.environment.set(name, { kind: 'function', declaration: value, environment: scope.environment });
  } else if (isTabular(value, scope)) {
    const { sourceName: _, ...bound } = bindTabular(context, value, scope);
    const isMaterialized = value instanceof Syn.MaterializeExpression;
    scope.environment.set(name, {
      kind: 'table',
      definition: context.newDefinition(bound.relation, isMaterialized),
      bound,
    });
  } else {
    scope.environment.set(name, { kind: 'scalar', expr: bindExpression(context, value, scope) });
  }
}
