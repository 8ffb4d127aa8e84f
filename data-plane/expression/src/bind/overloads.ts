import { implicit, instanceOfGeneric } from '../convert/conversion.ts';
import type { Binding, Member, Parameter } from '../member-table.ts';
import type { Span } from '../syntax/tree.ts';
import { delegateShape, elementOf, isInteger, same, substitute, T, type Type } from '../type/types.ts';
import { itemsOfType, type V } from '../value/values.ts';
import { type Binder, storeLocal } from './binder.ts';
import { type Bound, isPseudo, Mistake, type Run } from './bound.ts';
import { groupResult } from './calls.ts';
import { convertible } from './convert-bound.ts';
import { lambdaResult } from './lambdas.ts';

export interface Candidate {
  readonly member: Member;
  readonly binding: Binding;
  /** The type whose table it stands in. */
  readonly owner: Type;
}
export interface Argument {
  readonly node: Span;
  readonly name: string;
  readonly isOut: boolean;
  readonly bound: Bound;
  /** Of `out var x`: the variable is declared when its type is known. */
  readonly declares?: { readonly name: string; readonly type: Type | undefined };
}
export interface Chosen {
  readonly member: Member;
  readonly binding: Map<string, Type>;
  readonly owner: Type;
  /** One for each parameter. */
  readonly values: readonly Run[];
}
interface Applicable extends Chosen {
  /** What each argument is converted to. */
  readonly wanted: readonly Type[];
  readonly isExpanded: boolean;
  readonly missing: number;
}

/** Picks the overload as C# does: the first level with an applicable one, then the better conversions. */
export function resolve(
  b: Binder,
  node: Span,
  levels: readonly (readonly Candidate[])[],
  args: readonly Argument[],
  name: string,
  typeArgs: readonly Type[],
): Chosen {
  let problem: Mistake | undefined;
  for (const level of levels) {
    const applicable: Applicable[] = [];
    for (const candidate of level) {
      try {
        b.speculation++;
        const attempt = apply(b, candidate, args, typeArgs);
        if (attempt) applicable.push(attempt);
      } catch (error) {
        if (!(error instanceof Mistake)) throw error;
        problem ??= error;
      } finally {
        b.speculation--;
      }
    }
    const [first, ...others] = applicable;
    if (!first) continue;
    const best = others.reduce((winner, other) => (compare(b, other, winner, args) < 0 ? other : winner), first);
    const rival = applicable.find(
      (other) =>
        other !== best &&
        compare(b, best, other, args) >= 0 &&
        other.wanted.some((type, index) => !same(type, best.wanted[index] ?? type)),
    );
    if (rival && best.member.generics.length === 0 && rival.member.generics.length === 0)
      b.fail(node, 'type', `The call of '${name}' is ambiguous: its overloads fit alike.`, name);
    return declareOuts(b, best, args);
  }
  if (problem) throw problem;
  const shown = args
    .map(({ bound, isOut }) => (isOut ? 'out' : bound.type.key === 'null' ? '<null>' : bound.type.key))
    .join(', ');
  return b.fail(node, 'type', `No overload of '${name}' takes (${shown}).`, name);
}

function apply(
  b: Binder,
  candidate: Candidate,
  args: readonly Argument[],
  typeArgs: readonly Type[],
): Applicable | undefined {
  const { member } = candidate;
  const { parameters, generics } = member;
  if (typeArgs.length > 0 && typeArgs.length !== generics.length) return undefined;
  const last = parameters.at(-1);
  if (!last?.isParams) return match(b, candidate, args, typeArgs, false);
  return (
    (args.length === parameters.length ? match(b, candidate, args, typeArgs, false) : undefined) ??
    match(b, candidate, args, typeArgs, true)
  );
}

function match(
  b: Binder,
  candidate: Candidate,
  args: readonly Argument[],
  typeArgs: readonly Type[],
  isExpanded: boolean,
): Applicable | undefined {
  const { member, owner } = candidate;
  const { parameters, generics } = member;
  const fixed = isExpanded ? parameters.length - 1 : parameters.length;
  const binding = new Map(candidate.binding);
  generics.forEach((letter, index) => {
    const type = typeArgs[index];
    if (type) binding.set(letter, type);
  });
  const places = placeArguments(parameters, args, fixed, isExpanded);
  if (!places) return undefined;
  const typed = (place: number): Type => {
    const parameter = parameters[Math.min(place, parameters.length - 1)];
    const type = parameter?.type ?? T.object;
    return isExpanded && place >= fixed ? elementOf(type) : type;
  };
  if (typeArgs.length === 0 && generics.length > 0 && !inferAll(b, generics, args, places, typed, binding))
    return undefined;
  const wanted: Type[] = [];
  const runs: Run[] = [];
  for (const [index, argument] of args.entries()) {
    const place = places[index] ?? 0;
    const parameter = parameters[Math.min(place, parameters.length - 1)];
    if (!parameter || parameter.isOut !== argument.isOut) return undefined;
    const type = substitute(typed(place), binding);
    const run = argument.isOut ? outRun(argument, type) : convertible(b, argument.bound, type);
    if (!run) return undefined;
    wanted.push(type);
    runs.push(run);
  }
  const given = new Map(places.map((place, index) => [place, runs[index]]));
  const values: Run[] = [];
  let missing = 0;
  for (let place = 0; place < fixed; place++) {
    const run = given.get(place);
    const fallback = parameters[place]?.fallback;
    if (!run && fallback === undefined) return undefined;
    if (!run) missing++;
    values.push(run ?? (() => fallback));
  }
  if (isExpanded) {
    const rest = runs.filter((_run, index) => (places[index] ?? 0) >= fixed);
    const element = substitute(typed(fixed), binding);
    values.push((r) =>
      itemsOfType(
        element,
        rest.map((run) => run(r)),
      ),
    );
  }
  return { member, owner, binding, values, wanted, isExpanded, missing };
}

/** The parameter that each argument stands for; undefined: they do not fit. */
function placeArguments(
  parameters: readonly Parameter[],
  args: readonly Argument[],
  fixed: number,
  isExpanded: boolean,
): readonly number[] | undefined {
  if (!isExpanded && args.length > fixed) return undefined;
  const places: number[] = [];
  for (const [index, { name }] of args.entries()) {
    let place = index;
    if (name !== '') {
      const named = parameters.findIndex((parameter) => parameter.name === name);
      const isUnnamed = parameters.every((parameter) => parameter.name === '');
      if (named < 0 && !isUnnamed) return undefined;
      place = named < 0 ? index : named;
    }
    if (places.includes(place)) return undefined;
    places.push(place);
  }
  return places;
}

function outRun({ bound, declares }: Argument, type: Type): Run | undefined {
  if (declares) return declares.type === undefined || same(declares.type, type) ? () => null : undefined;
  const { modify } = bound;
  if (!modify || !same(bound.type, type)) return undefined;
  return (r) => (value: V) => void modify(r, () => value);
}

/** Variables of `out var x` get their type, and the arguments that store into them. */
function declareOuts(b: Binder, chosen: Applicable, args: readonly Argument[]): Chosen {
  if (!args.some(({ declares }) => declares)) return chosen;
  const { parameters } = chosen.member;
  const places = placeArguments(parameters, args, parameters.length, false) ?? [];
  const values = [...chosen.values];
  for (const [index, { declares, node }] of args.entries()) {
    if (!declares) continue;
    const place = places[index] ?? index;
    const type = chosen.wanted[index] ?? T.object;
    if (declares.name === '_') values[place] = () => () => {};
    else {
      const store = storeLocal(b.declare(node, declares.name, type));
      values[place] = (r) => (value: V) => store(r, value);
    }
  }
  return { ...chosen, values };
}

// ── inference ─────────────────────────────────────────────────────────────────────────────────────────────────────
/** Fixes the letters of a generic method: first from the plain arguments, then from what lambdas return. */
function inferAll(
  b: Binder,
  generics: readonly string[],
  args: readonly Argument[],
  places: readonly number[],
  typed: (place: number) => Type,
  binding: Map<string, Type>,
): boolean {
  for (const [index, { bound, isOut, declares }] of args.entries()) {
    if (bound.untyped || isPseudo(bound.type) || (isOut && declares && !declares.type)) continue;
    infer(typed(places[index] ?? 0), declares?.type ?? bound.type, binding, generics);
  }
  for (const [index, { bound }] of args.entries()) {
    const { untyped } = bound;
    const shape = untyped && delegateShape(typed(places[index] ?? 0));
    if (!untyped || !shape) continue;
    const parameters = shape.parameters.map((type) => substitute(type, binding));
    if (untyped.kind === 'lambda') {
      untyped.parameters?.forEach((parameter, at) => {
        const pattern = shape.parameters[at];
        if (parameter.type && pattern && parameters[at] && isOpen(parameters[at], generics)) {
          const known = lambdaResult.parameterType(b, parameter);
          if (known) infer(pattern, known, binding, generics);
        }
      });
    }
    const closed = shape.parameters.map((type) => substitute(type, binding));
    if (closed.some((type) => isOpen(type, generics) && !bindingHas(type, binding))) {
      if (untyped.kind === 'group') return false;
      return false;
    }
    const result = untyped.kind === 'group' ? groupResult(b, untyped, closed) : lambdaResult.of(b, untyped, closed);
    if (result && !same(result, T.null) && result.name !== 'void' && !isPseudo(result))
      infer(shape.result, result, binding, generics);
  }
  return generics.every((letter) => binding.has(letter));
}
const bindingHas = (type: Type, binding: ReadonlyMap<string, Type>): boolean => binding.has(type.name);
const isOpen = (type: Type, letters: readonly string[]): boolean =>
  letters.includes(type.name) ? true : type.args.some((arg) => isOpen(arg, letters));

export function infer(pattern: Type, actual: Type, binding: Map<string, Type>, letters: readonly string[]): void {
  if (pattern.args.length === 0) {
    if (!letters.includes(pattern.name) || actual.name === 'null' || actual.name === 'void') return;
    const known = binding.get(pattern.name);
    if (!known || (implicit(known, actual) && !implicit(actual, known))) binding.set(pattern.name, actual);
    return;
  }
  const instance =
    actual.name === pattern.name ? actual : pattern.name === '?' ? undefined : instanceOfGeneric(actual, pattern.name);
  if (!instance) return;
  for (const [index, arg] of pattern.args.entries()) infer(arg, instance.args[index] ?? T.object, binding, letters);
}

// ── better ────────────────────────────────────────────────────────────────────────────────────────────────────────
/** Below 0: x is better. */
function compare(b: Binder, x: Applicable, y: Applicable, args: readonly Argument[]): number {
  let balance: -1 | 0 | 1 = 0;
  for (const [index, { bound }] of args.entries()) {
    const order = betterConversion(b, bound, x.wanted[index] ?? T.object, y.wanted[index] ?? T.object);
    if (order === 0) continue;
    if (balance !== 0 && Math.sign(order) !== balance) return 0;
    balance = order < 0 ? -1 : 1;
  }
  if (balance !== 0) return balance;
  const rank = (one: Applicable): readonly number[] => [
    one.member.generics.length > 0 ? 1 : 0,
    one.isExpanded ? 1 : 0,
    one.missing,
    one.isExpanded ? -one.member.parameters.length : 0,
  ];
  const [left, right] = [rank(x), rank(y)];
  for (const [index, value] of left.entries()) if (value !== right[index]) return value - (right[index] ?? 0);
  return 0;
}

function betterConversion(b: Binder, bound: Bound, x: Type, y: Type): number {
  if (same(x, y)) return 0;
  if (bound.untyped?.kind === 'lambda') {
    const [left, right] = [delegateShape(x), delegateShape(y)];
    if (!left || !right) return 0;
    const result = lambdaResult.of(b, bound.untyped, left.parameters);
    return result ? betterType(result, left.result, right.result) : 0;
  }
  return betterType(bound.type, x, y);
}
function betterType(from: Type, x: Type, y: Type): number {
  if (same(x, y)) return 0;
  if (same(from, x)) return -1;
  if (same(from, y)) return 1;
  const [toY, toX] = [implicit(x, y) !== undefined, implicit(y, x) !== undefined];
  if (toY !== toX) return toY ? -1 : 1;
  // A signed integer is better than an unsigned one.
  if (isInteger(x) && isInteger(y)) {
    const isSigned = (type: Type) => ['sbyte', 'short', 'int', 'long'].includes(type.name);
    if (isSigned(x) !== isSigned(y)) return isSigned(x) ? -1 : 1;
  }
  return 0;
}
