import type { KqlType } from '@vigia/contract';
import { literal } from '../plan/expression.ts';
import { type Expression, elements, list, Sym, Syn, textOf } from '../service/kusto.ts';
import type { CallNode } from './bind-call.ts';
import { bindAs, bindExpression } from './bind-expression.ts';
import { bindLet } from './bind-let.ts';
import { bindTabular, isTabular } from './bind-tabular.ts';
import { type BindContext, type Bound, Environment, type Scope } from './context.ts';
import { kqlType } from './types.ts';

interface Parameter {
  readonly name: string;
  readonly type: KqlType | undefined;
  /** The value where the call gives none. */
  readonly missing: Expression | null;
}

/** The parameters of a stored function as the analyser read them. */
function storedParameters(node: CallNode): readonly Parameter[] {
  const symbol = node.ReferencedSymbol;
  const signature =
    symbol instanceof Sym.FunctionSymbol ? list<Kusto.Language.Symbols.Signature>(symbol.Signatures)[0] : undefined;
  return list<Kusto.Language.Symbols.Parameter>(signature?.Parameters).map((parameter) => ({
    name: parameter.Name ?? '',
    type: kqlType(list<{ readonly Name: string | null }>(parameter.DeclaredTypes)[0]),
    missing: parameter.DefaultValue ?? null,
  }));
}

interface EnteredFunction {
  readonly body: Kusto.Language.Syntax.FunctionBody;
  readonly scope: Scope;
}

/** Binds the arguments of a call and the statements of its body; what is left is the body's expression. */
export function enterFunction(context: BindContext, node: CallNode, scope: Scope, input?: Bound): EnteredFunction {
  const isCall = node instanceof Syn.FunctionCallExpression;
  const name = isCall ? (node.Name?.SimpleName ?? '') : textOf(node);
  context.countCall(node, scope, name);
  const binding = scope.environment.get(name);
  const body = node.GetCalledFunctionBody();
  const isStored = binding === undefined && (context.database.functions ?? []).some((stored) => stored.name === name);
  if ((binding?.kind !== 'function' && !isStored) || !(body instanceof Syn.FunctionBody))
    return context.refuse(node, scope, name, `The function '${name}' cannot be called here.`);
  const declared = binding?.kind === 'function' ? binding.declaration.Parameters?.Parameters : undefined;
  const parameters: readonly Parameter[] = isStored
    ? storedParameters(node)
    : elements<Kusto.Language.Syntax.FunctionParameter>(declared).map((parameter) => ({
        name: parameter.NameAndType?.Name?.SimpleName ?? '',
        type: kqlType(parameter.NameAndType?.Name?.ResultType as never),
        missing: parameter.DefaultValue?.Value ?? null,
      }));
  const environment = new Environment(binding?.kind === 'function' ? binding.environment : undefined);
  const callDepth = (scope.callDepth ?? 0) + 1;
  const inner: Scope = { environment, columns: [], calledFrom: scope.calledFrom ?? node, callDepth };
  const args = isCall ? elements<Expression>(node.ArgumentList?.Expressions) : [];
  const names = parameters.map((parameter) => parameter.name);
  const given = new Map<string, Expression>();
  const offset = input === undefined ? 0 : 1;
  args.forEach((arg, index) => {
    const isNamed = arg instanceof Syn.SimpleNamedExpression && names.includes(arg.Name?.SimpleName ?? '');
    const target = isNamed ? (arg.Name?.SimpleName ?? '') : names[index + offset];
    const value = isNamed ? arg.Expression : arg;
    if (target !== undefined && value !== null) given.set(target, value);
  });
  parameters.forEach((parameter, index) => {
    const target = names[index] ?? '';
    if (input !== undefined && index === 0) {
      const definition = context.newDefinition(input.relation, false);
      environment.set(target, { kind: 'table', definition, bound: input });
      return;
    }
    const value = given.get(target);
    const { type } = parameter;
    if (value !== undefined && isTabular(value, scope)) {
      const bound = bindTabular(context, value, scope);
      environment.set(target, { kind: 'table', definition: context.newDefinition(bound.relation, false), bound });
    } else if (value !== undefined) {
      const expr = type === undefined ? bindExpression(context, value, scope) : bindAs(context, value, scope, type);
      environment.set(target, { kind: 'scalar', expr });
    } else {
      const { missing } = parameter;
      const expr =
        missing === null
          ? literal(type ?? 'string', null)
          : type === undefined
            ? bindExpression(context, missing, inner)
            : bindAs(context, missing, inner, type);
      environment.set(target, { kind: 'scalar', expr });
    }
  });
  for (const statement of list<unknown>(body.Statements)) {
    const let_ = (statement as { Element$1?: unknown }).Element$1 ?? statement;
    if (let_ instanceof Syn.LetStatement) bindLet(context, let_, inner);
  }
  return { body, scope: inner };
}
