import { explicit, implicit } from '../convert/conversion.ts';
import { ExpressionError } from '../csharp.ts';
import type { Span } from '../syntax/tree.ts';
import { delegateShape, innerOf, integers, isEnum, isInteger, same, T, type Type } from '../type/types.ts';
import { defaultOf, type V } from '../value/values.ts';
import type { Binder } from './binder.ts';
import { type Bound, constantOf, pseudo, type Run } from './bound.ts';
import { groupToDelegate } from './calls.ts';
import { lambdaToDelegate } from './lambdas.ts';

/** How an expression becomes a type without a cast; undefined: it does not. */
export function convertible(b: Binder, bound: Bound, to: Type): Run | undefined {
  const { untyped, type, run } = bound;
  if (untyped) {
    const shape = delegateShape(to);
    if (!shape) return undefined;
    return untyped.kind === 'group' ? groupToDelegate(b, untyped, shape, to) : lambdaToDelegate(b, untyped, shape, to);
  }
  if (same(type, pseudo.throw)) return to.name === 'void' ? undefined : run;
  if (same(type, pseudo.default)) return () => defaultOf(to);
  const constant = constantConversion(bound, to);
  if (constant) return constant.run;
  const conversion = implicit(type, to);
  if (!conversion) return undefined;
  const { convert, kind } = conversion;
  return kind === 'identity' ? run : (r) => convert(run(r));
}

/** `byte b = 5`, `DayOfWeek d = 0`: a constant fits where its type would not. */
export function constantConversion({ constant, type }: Bound, given: Type): Bound | undefined {
  if (typeof constant !== 'number' && typeof constant !== 'bigint') return undefined;
  const to = innerOf(given);
  if (same(type, T.int) && isEnum(to) && constant === 0) return constantOf(given, 0);
  if (!isInteger(to) || to.name === 'char' || same(type, to)) return undefined;
  if (!same(type, T.int) && !(same(type, T.long) && to.name === 'ulong')) return undefined;
  const range = integers[to.name];
  const value = BigInt(constant);
  if (!range || value < range.min || value > range.max) return undefined;
  return constantOf(given, to.name === 'long' || to.name === 'ulong' ? value : Number(value));
}

export function convert(b: Binder, node: Span, bound: Bound, to: Type): Run {
  return convertible(b, bound, to) ?? refuse(b, node, bound, to);
}
/** Keeps that it is a constant. */
export function convertToBound(b: Binder, node: Span, bound: Bound, to: Type): Bound {
  const run = convert(b, node, bound, to);
  if (bound.constant === undefined || bound.constant === null) return { type: to, run };
  return { type: to, run, constant: constantValue(run) };
}
const constantValue = (run: Run): V => run(undefined as never);

function refuse(b: Binder, node: Span, bound: Bound, to: Type): never {
  const from = bound.type;
  const hint = explicit(from, to, false) ? ' An explicit conversion exists (is a cast missing?).' : '';
  return b.fail(node, 'type', `Cannot implicitly convert type '${from.key}' to '${to.key}'.${hint}`);
}

/** Evaluates what is known when compiled; what .NET would throw then is a mistake. */
export function fold(b: Binder, node: Span, type: Type, compute: () => V): Bound {
  try {
    return constantOf(type, compute());
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return b.fail(
      node,
      'type',
      error.type === 'System.DivideByZeroException'
        ? 'Division by constant zero.'
        : 'The operation overflows at compile time (write unchecked where that is meant).',
    );
  }
}
