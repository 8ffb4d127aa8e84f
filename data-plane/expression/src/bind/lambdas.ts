import type { Runtime } from '../runtime.ts';
import type { Expression, LambdaParameter, Span } from '../syntax/tree.ts';
import { type delegateShape, same, T, type Type } from '../type/types.ts';
import type { V } from '../value/values.ts';
import { type Binder, FunctionScope, type Local } from './binder.ts';
import { type Bound, isPseudo, Mistake, type Run } from './bound.ts';
import { convertible } from './convert-bound.ts';
import { bestCommonType, bindExpression } from './expressions.ts';
import { bindFunctionBlock } from './statements.ts';
import { bindType } from './types.ts';

export type Lambda = Extract<Expression, { kind: 'lambda' }>;
type Shape = NonNullable<ReturnType<typeof delegateShape>>;

/** A function with its frame; `body` runs inside of that frame. */
export interface BoundFunction {
  readonly fn: FunctionScope;
  readonly parameters: readonly Local[];
  readonly body: Bound;
}

/** A delegate: a function of JavaScript that knows its C# type. */
export function makeDelegate({ fn, parameters }: BoundFunction, body: Run, type: Type): Run {
  const { captures } = fn;
  return (r) => {
    const outer = r.frame;
    const shared = captures.map(({ from }) => outer[from]);
    const call = (...args: V[]): V => {
      r.step();
      const before = r.frame;
      const frame: V[] = new Array(fn.size).fill(null);
      for (let i = 0; i < captures.length; i++) frame[captures[i]?.to ?? 0] = shared[i];
      for (let i = 0; i < parameters.length; i++) {
        const parameter = parameters[i];
        if (parameter) frame[parameter.slot] = parameter.isCell ? { v: args[i] } : args[i];
      }
      r.frame = frame;
      try {
        return body(r);
      } finally {
        r.frame = before;
      }
    };
    call.type = type;
    return call;
  };
}

/** Binds a body with its parameters in a frame of its own. `result`: what `return` converts to, where it is known. */
export function bindFunction(
  b: Binder,
  parameters: readonly { readonly node: Span; readonly name: string; readonly type: Type }[],
  body: Lambda['body'],
  result: Type | undefined,
): BoundFunction {
  const fn = new FunctionScope(b.fn, body, result);
  return b.inFunction(fn, () => {
    const { result: bound } = b.scoped(() => {
      const locals = parameters.map(({ node, name, type }, index) =>
        name === '_' && index > 0 && parameters[0]?.name === '_'
          ? b.declare(node, `_${index}`, type)
          : b.declare(node, name, type),
      );
      // Parameters are put into their cells by the call, not by entering the scope.
      const scope = fn.scopes.at(-1);
      scope?.cells.splice(0);
      return {
        fn,
        parameters: locals,
        body: body.kind === 'block' ? bindFunctionBlock(b, body) : bindBody(b, body, result),
      };
    });
    return bound;
  });
}
/** An expression may declare variables by patterns and `out`: they need a scope that is entered. */
function bindBody(b: Binder, body: Expression, result: Type | undefined): Bound {
  const { result: bound, enter } = b.scoped(() => {
    const inner = bindExpression(b, body);
    if (!result || result.name === 'void') return inner;
    const run = convertible(b, inner, result);
    return run
      ? { type: result, run }
      : b.fail(body, 'type', `Cannot convert the lambda's result '${inner.type.key}' to '${result.key}'.`);
  });
  if (!enter) return bound;
  return {
    ...bound,
    run: (r: Runtime) => {
      enter(r);
      return bound.run(r);
    },
  };
}

function parametersOf(b: Binder, node: Lambda, types: readonly Type[]) {
  if (!node.parameters) return types.map((type, index) => ({ node, name: ` ${index}`, type }));
  if (node.parameters.length !== types.length) return undefined;
  const list = node.parameters.map((parameter, index) => {
    const wanted = types[index] ?? T.object;
    const declared = parameter.type && bindType(b, parameter.type);
    return declared && !same(declared, wanted) ? undefined : { node: parameter, name: parameter.name, type: wanted };
  });
  return list.every((parameter) => parameter !== undefined) ? list : undefined;
}

/** The body with parameters of those types, bound once for each combination of them. */
function bindOnce(
  b: Binder,
  node: Lambda,
  types: readonly Type[],
  result: Type | undefined,
): BoundFunction | undefined {
  const parameters = parametersOf(b, node, types);
  if (!parameters) return undefined;
  const key = `${node.start}:${types.map(({ key }) => key).join(',')}:${result?.key ?? ''}:${b.overflow}`;
  const cache = b.fn.lambdas as Map<string, BoundFunction | Mistake>;
  let bound = cache.get(key);
  if (!bound) {
    b.speculation++;
    try {
      bound = bindFunction(b, parameters, node.body, result);
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      bound = error;
    } finally {
      b.speculation--;
    }
    cache.set(key, bound);
  }
  if (bound instanceof Mistake) throw bound;
  return bound;
}

export const lambdaResult = {
  /** What a lambda returns for parameters of those types; undefined where it has no such parameters. */
  of(b: Binder, node: Lambda, types: readonly Type[]): Type | undefined {
    return bindOnce(b, node, types, undefined)?.body.type;
  },
  parameterType: (b: Binder, { type }: LambdaParameter): Type | undefined => type && bindType(b, type),
};

/** A lambda as a delegate; undefined where it does not fit. */
export function lambdaToDelegate(b: Binder, node: Lambda, shape: Shape, type: Type): Run | undefined {
  const { parameters, result } = shape;
  const isVoid = result.name === 'void';
  const free = isVoid ? bindOnce(b, node, parameters, result) : bindOnce(b, node, parameters, undefined);
  if (!free) return undefined;
  if (isVoid) {
    if (node.body.kind !== 'block' && !['call', 'assign', 'unary', 'new', 'conditionalAccess'].includes(node.body.kind))
      return undefined;
    return makeDelegate(free, free.body.run, type);
  }
  if (node.body.kind === 'block' && free.body.type.name === 'void') return undefined;
  const body =
    free.body.type.name === 'void' || isPseudo(free.body.type) ? undefined : convertible(b, free.body, result);
  if (body) return makeDelegate(free, body, type);
  // Several returns of different types, or a lambda that returns a lambda: bound with the type that is wanted.
  const typed = b.attempt(() => bindOnce(b, node, parameters, result));
  return typed && makeDelegate(typed, typed.body.run, type);
}

/** The type that the returns of a block have in common; `void` where it returns nothing. */
export function resultOf(b: Binder, node: Span, fn: FunctionScope): Type {
  const { returns } = fn;
  if (returns.length === 0) return T.void;
  const bounds = returns.map(({ bound }) => bound);
  const [first] = bounds;
  if (first && bounds.every(({ type }) => same(type, first.type))) return first.type;
  return (
    bestCommonType(b, bounds) ??
    (bounds.some(({ type }) => isPseudo(type)) ? b.fail(node, 'type', 'The results have no common type.') : T.object)
  );
}
