import type { Expr } from '../plan/expression.ts';
import type { Relation } from '../plan/relation.ts';
import { Syn } from '../service/kusto.ts';
import { excessOf } from '../service/plan-limits.ts';
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
    refuseExcess(context, statement, scope, { name, plan: bound.relation });
    const isMaterialized = value instanceof Syn.MaterializeExpression;
    scope.environment.set(name, {
      kind: 'table',
      definition: context.newDefinition(bound.relation, isMaterialized),
      bound,
    });
  } else {
    const expr = bindExpression(context, value, scope);
    refuseExcess(context, statement, scope, { name, plan: expr });
    scope.environment.set(name, { kind: 'scalar', expr });
  }
}

/** Names that build on names have no depth in the text; every later pass walks what they mean. */
function refuseExcess(
  context: BindContext,
  statement: Kusto.Language.Syntax.LetStatement,
  scope: Scope,
  { name, plan }: { name: string; plan: Expr | Relation },
): void {
  const reason = excessOf(plan);
  if (reason !== undefined) context.refuseTooComplex(statement, scope, name, reason);
}
