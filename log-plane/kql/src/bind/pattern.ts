import { literal } from '../plan/expression.ts';
import { type Expression, elements, list, Syn, type SyntaxNode } from '../service/kusto.ts';
import { bindConstant } from './bind-expression.ts';
import { bindLet } from './bind-let.ts';
import { bindTabular } from './bind-tabular.ts';
import { type BindContext, type Bound, Environment, type Scope } from './context.ts';

type Declaration = Kusto.Language.Syntax.PatternDeclaration;

/** `declare pattern name = (…)[path] { (value, …).[path] = { query }; … }`: each call is one of its queries. */
export function bindPatternStatement(
  context: BindContext,
  statement: Kusto.Language.Syntax.PatternStatement,
  scope: Scope,
): void {
  const name = statement.Name?.SimpleName ?? '';
  if (statement.Pattern === null)
    context.refuse(statement, scope, 'declare pattern', `The pattern '${name}' has no queries.`);
  scope.environment.set(name, { kind: 'pattern', declaration: statement.Pattern, environment: scope.environment });
}

/** The query of the pattern whose values are those of the call and the path after it. */
export function bindPatternCall(
  context: BindContext,
  { call, path }: { readonly call: Kusto.Language.Syntax.FunctionCallExpression; readonly path?: SyntaxNode | null },
  scope: Scope,
): Bound {
  const name = call.Name?.SimpleName ?? '';
  context.countCall(call, scope, name);
  const binding = scope.environment.get(name);
  if (binding?.kind !== 'pattern') return context.refuse(call, scope, name);
  const given = elements<Expression>(call.ArgumentList?.Expressions).map((arg) => constantText(context, arg, scope));
  const place = path === undefined || path === null ? undefined : pathText(path);
  const match = list<Kusto.Language.Syntax.PatternMatch>(binding.declaration.Patterns).find(
    ({ ParameterValues, PathValue }) => {
      const values = elements<Expression>(ParameterValues?.Expressions).map((value) => textOfLiteral(value));
      const isSame = values.length === given.length && values.every((value, index) => value === given[index]);
      return isSame && (PathValue === null ? undefined : textOfLiteral(PathValue.Value)) === place;
    },
  );
  const body = match?.Body;
  if (body?.Expression === null || body?.Expression === undefined)
    return context.reject(call, scope, name, `The pattern '${name}' has no query for these values.`);
  const inner: Scope = {
    environment: parametersOf(binding.declaration, given, { place, parent: binding.environment }),
    columns: [],
    calledFrom: scope.calledFrom ?? call,
    callDepth: (scope.callDepth ?? 0) + 1,
  };
  for (const statement of elements<unknown>(body.Statements))
    if (statement instanceof Syn.LetStatement) bindLet(context, statement, inner);
  return bindTabular(context, body.Expression, inner);
}

/** The values under the names of the pattern's parameters: all of them are text. */
function parametersOf(
  declaration: Declaration,
  given: readonly string[],
  { place, parent }: { readonly place: string | undefined; readonly parent: Environment },
): Environment {
  const environment = new Environment(parent);
  elements<Kusto.Language.Syntax.NameAndTypeDeclaration>(declaration.Parameters).forEach((parameter, index) => {
    environment.set(parameter.Name?.SimpleName ?? '', { kind: 'scalar', expr: literal('string', given[index] ?? '') });
  });
  const pathName = declaration.PathParameter?.Parameter?.Name?.SimpleName;
  if (place !== undefined && pathName !== undefined && pathName !== null)
    environment.set(pathName, { kind: 'scalar', expr: literal('string', place) });
  return environment;
}

function constantText(context: BindContext, node: Expression, scope: Scope): string {
  const constant = bindConstant(context, node, scope);
  if (constant === undefined || constant.type !== 'string')
    return context.refuse(node, scope, 'pattern', 'The arguments of a pattern are constant texts.');
  return String(constant.value ?? '');
}

const textOfLiteral = (node: Expression | null): string | undefined =>
  node === null ? undefined : String(node.ConstantValue ?? node.LiteralValue ?? '');

/** What stands after the point: a name, or a text in brackets. */
function pathText(node: SyntaxNode): string | undefined {
  return node instanceof Syn.NameReference ? (node.SimpleName ?? undefined) : undefined;
}
