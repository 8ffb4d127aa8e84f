import type { ExpressionDiagnostic } from '../csharp.ts';
import type { Runtime } from '../runtime.ts';
import type { Expression, Span } from '../syntax/tree.ts';
import { T, type Type, typeOf } from '../type/types.ts';
import type { V } from '../value/values.ts';

export type Run = (r: Runtime) => V;

/** An expression that has a type and runs. */
export interface Bound {
  readonly type: Type;
  readonly run: Run;
  /** Known when compiled: literals and what is computed of them. */
  readonly constant?: V;
  /** Of what can stand left of `=`: evaluates its parts once, asks for the new value, keeps and returns it. */
  readonly modify?: (r: Runtime, next: (old: () => V) => V) => V;
  /** A lambda or a method's name: it gets its type from where it is used. */
  readonly untyped?: Extract<Expression, { kind: 'lambda' }> | MethodGroup;
}
export interface MethodGroup {
  readonly kind: 'group';
  readonly node: Span;
  readonly target: Bound | undefined;
  readonly owner: Type;
  readonly name: string;
  readonly typeArgs: readonly Type[];
}

/** Types of what has none of its own. */
export const pseudo = {
  lambda: typeOf('lambda expression'),
  group: typeOf('method group'),
  default: typeOf('default'),
  throw: typeOf('throw'),
} as const;
export const isPseudo = (type: Type): boolean => Object.values(pseudo).includes(type as never);

export const constantOf = (type: Type, value: V): Bound => ({ type, run: () => value, constant: value });
export const nullLiteral: Bound = { type: T.null, run: () => null, constant: null };

/** Binding stops at the first mistake of a statement. */
export class Mistake extends Error {
  readonly diagnostic: ExpressionDiagnostic;
  constructor(diagnostic: ExpressionDiagnostic) {
    super(diagnostic.message);
    this.diagnostic = diagnostic;
  }
}
