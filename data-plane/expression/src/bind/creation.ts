import { bindingOf, tableOf } from '../member-table.ts';
import type { Runtime } from '../runtime.ts';
import type { Expression, Initializer, Span } from '../syntax/tree.ts';
import { arrayOf, delegateShape, elementOf, isValueType, same, T, type Type, typeOf } from '../type/types.ts';
import { defaultOf, Fields, Items, raise, type V } from '../value/values.ts';
import { writable } from './assignments.ts';
import type { Binder } from './binder.ts';
import { type Bound, isPseudo, type Run } from './bound.ts';
import { bindArguments } from './calls.ts';
import { convert } from './convert-bound.ts';
import { bestCommonType, bindExpression, bindTo, bindValue } from './expressions.ts';
import { findMembers } from './members.ts';
import { type Argument, resolve } from './overloads.ts';
import { bindType } from './types.ts';

type Node<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

export function bindNew(b: Binder, node: Node<'new'>): Bound {
  const type = bindType(b, node.type);
  const made = bindConstructor(b, node, type);
  const { initializer } = node;
  return initializer ? bindInitialized(b, initializer, type, made) : { type, run: made };
}

function bindConstructor(b: Binder, node: Node<'new'>, type: Type): Run {
  if (type.name === 'Tuple' || type.name === 'ValueTuple') {
    const args = bindArguments(b, node.args);
    if (args.length !== type.args.length) b.fail(node, 'type', `A ${type.key} has ${type.args.length} parts.`);
    const runs = args.map(({ bound, node: at }, index) => convert(b, at, bound, type.args[index] ?? T.object));
    return (r) =>
      new Fields(
        type,
        runs.map((run) => run(r)),
      );
  }
  if (delegateShape(type)) {
    const [argument] = node.args;
    return argument ? bindTo(b, argument.value, type) : b.fail(node, 'type', 'A delegate is made of one function.');
  }
  const binding = bindingOf(type);
  const constructors = tableOf(type.name)?.members.get('new') ?? [];
  if (constructors.length === 0) {
    if (isValueType(type) && node.args.length === 0) return () => defaultOf(type);
    return b.fail(
      node.type,
      'unknownMember',
      `'${type.key}' has no constructor that expressions may use here.`,
      type.key,
    );
  }
  if (isValueType(type) && node.args.length === 0) return () => defaultOf(type);
  const candidates = constructors.map((member) => ({ member, binding, owner: type }));
  const {
    member,
    values,
    binding: bound,
  } = resolve(b, node, [candidates], bindArguments(b, node.args), `new ${type.key}`, []);
  return (r) => {
    r.step();
    const args: V[] = [];
    for (const value of values) args.push(value(r));
    return member.run(null, args, r, bound);
  };
}

/** `{ 1, 2 }`, `{ { "a", 1 } }`, `{ ["k"] = 1 }`, `{ Name = 1 }` on what was made. */
function bindInitialized(b: Binder, node: Initializer, type: Type, made: Run): Bound {
  const slot = b.fn.slot();
  const steps = initializeSteps(b, node, { type, run: (r) => r.frame[slot] });
  return {
    type,
    run: (r) => {
      const value = made(r);
      for (const step of steps) {
        r.frame[slot] = value;
        step(r);
      }
      return value;
    },
  };
}
function initializeSteps(b: Binder, node: Initializer, target: Bound): readonly Run[] {
  return node.items.map((item): Run => {
    if (
      item.kind === 'assign' &&
      (item.target.kind === 'member' || item.target.kind === 'index') &&
      item.target.target.kind === 'receiver'
    ) {
      b.receivers.push(target);
      const place = bindExpression(b, item.target);
      b.receivers.pop();
      if (item.value.kind === 'initializer') {
        const slot = b.fn.slot();
        const inner = initializeSteps(b, item.value, { type: place.type, run: (r) => r.frame[slot] });
        return (r) => {
          const value = place.run(r);
          for (const step of inner) {
            r.frame[slot] = value;
            step(r);
          }
          return value;
        };
      }
      const modify = writable(b, item.target, place);
      const value = bindTo(b, item.value, place.type);
      return (r) => modify(r, () => value(r));
    }
    const values = item.kind === 'initializer' ? item.items : [item];
    const args = values.map((value): Argument => ({ node: value, name: '', isOut: false, bound: bindValue(b, value) }));
    const levels = findMembers(target.type, 'Add', false).map((level) =>
      level.filter(({ member }) => member.kind === 'method'),
    );
    if (levels.length === 0)
      return b.fail(item, 'type', `'${target.type.key}' has no Add, so it takes no collection initializer.`);
    const { member, values: given, binding } = resolve(b, item, levels, args, `${target.type.key}.Add`, []);
    return (r) => {
      r.step();
      const self = target.run(r);
      return member.run(
        self,
        given.map((value) => value(r)),
        r,
        binding,
      );
    };
  });
}

export function bindAnonymous(b: Binder, node: Node<'newAnonymous'>): Bound {
  const members = node.members.map(({ name, value }) => {
    const bound = bindValue(b, value);
    if (isPseudo(bound.type) || same(bound.type, T.null))
      b.fail(
        value,
        'type',
        `Cannot assign ${same(bound.type, T.null) ? '<null>' : bound.type.key} to anonymous type property.`,
      );
    return { name, bound };
  });
  const names = members.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    b.fail(
      node,
      'duplicateName',
      `An anonymous type cannot have multiple properties with the same name '${twice}'.`,
      twice,
    );
  const type = typeOf(
    'anonymous',
    members.map(({ bound }) => bound.type),
    names,
  );
  const runs = members.map(({ bound }) => bound.run);
  return {
    type,
    run: (r) =>
      new Fields(
        type,
        runs.map((run) => run(r)),
      ),
  };
}

// ── arrays ────────────────────────────────────────────────────────────────────────────────────────────────────────
export function bindArray(b: Binder, node: Node<'newArray'>): Bound {
  const { initializer } = node;
  if (!node.element) {
    if (!initializer) return b.fail(node, 'syntax', 'An array initializer was expected.');
    const bounds = initializer.items.map((item) => bindValue(b, item));
    const element = bestCommonType(b, bounds) ?? b.fail(node, 'type', 'No best type found for implicitly-typed array.');
    const runs = bounds.map((bound, index) => convert(b, initializer.items[index] ?? node, bound, element));
    return arrayBound(element, runs);
  }
  const element = bindType(b, node.element);
  if (node.rank > 1) return bindGridArray(b, node, element);
  const [size] = node.sizes;
  const count = size && sizeRun(b, size);
  if (initializer) {
    const bound = bindArrayInitializer(b, initializer, arrayOf(element));
    if (size) {
      const given = bindExpression(b, size).constant;
      if (given !== initializer.items.length)
        b.fail(initializer, 'type', `An array initializer of length '${String(given ?? '?')}' is expected.`);
    }
    return bound;
  }
  if (!count) return b.fail(node, 'syntax', 'The size of the array was expected.');
  const type = arrayOf(element);
  return { type, run: (r) => emptyArray(type, count(r), r) };
}
function sizeRun(b: Binder, node: Expression): Run {
  const bound = bindExpression(b, node);
  if (typeof bound.constant === 'number' && bound.constant < 0)
    b.fail(node, 'type', 'Cannot create an array with a negative size.');
  if (bound.type.name === 'long' || bound.type.name === 'uint' || bound.type.name === 'ulong')
    return (r) => Number(bound.run(r));
  return convert(b, node, bound, T.int);
}
function emptyArray(type: Type, count: number, r: Runtime, lengths?: readonly number[]): Items {
  if (count < 0) raise('OverflowException', 'Arithmetic operation resulted in an overflow.');
  r.charge(count);
  const element = elementOf(type);
  if (same(element, T.byte) && !lengths) return new Items(type, new Uint8Array(count) as unknown as V[]);
  return new Items(type, new Array(count).fill(defaultOf(element)), lengths);
}
function arrayBound(element: Type, runs: readonly Run[]): Bound {
  const type = arrayOf(element);
  const isBytes = same(element, T.byte);
  return {
    type,
    run: (r) => {
      r.charge(runs.length);
      const items = runs.map((run) => run(r));
      return new Items(type, isBytes ? (Uint8Array.from(items) as unknown as V[]) : items);
    },
  };
}
/** `{ 1, 2 }` for a type that is known. */
export function bindArrayInitializer(b: Binder, node: Initializer, type: Type): Bound {
  if (type.name.startsWith('[,')) return gridOf(b, node, node, type);
  if (type.name !== '[]')
    return b.fail(node, 'type', 'Can only use array initializer expressions to assign to array types.');
  const element = elementOf(type);
  return arrayBound(
    element,
    node.items.map((item) =>
      item.kind === 'initializer' ? bindArrayInitializer(b, item, element).run : bindTo(b, item, element),
    ),
  );
}

function bindGridArray(b: Binder, node: Node<'newArray'>, element: Type): Bound {
  const type = typeOf(`[${','.repeat(node.rank - 1)}]`, [element]);
  if (node.initializer) return gridOf(b, node, node.initializer, type);
  const sizes = node.sizes.map((size) => sizeRun(b, size));
  return {
    type,
    run: (r) => {
      const lengths: number[] = sizes.map((size) => size(r));
      if (lengths.some((length) => length < 0))
        raise('OverflowException', 'Arithmetic operation resulted in an overflow.');
      return emptyArray(
        type,
        lengths.reduce((product, length) => product * length, 1),
        r,
        lengths,
      );
    },
  };
}
function gridOf(b: Binder, node: Span, initializer: Initializer, type: Type): Bound {
  const rank = type.name.length - 1;
  const lengths: number[] = [];
  const runs: Run[] = [];
  const visit = (item: Expression, depth: number): void => {
    if (depth === rank) {
      runs.push(bindTo(b, item, elementOf(type)));
      return;
    }
    const items =
      item.kind === 'initializer' ? item.items : b.fail(item, 'type', 'A nested array initializer is expected.');
    lengths[depth] ??= items.length;
    if (lengths[depth] !== items.length)
      b.fail(node, 'type', `An array initializer of length '${lengths[depth]}' is expected.`);
    for (const child of items) visit(child, depth + 1);
  };
  visit(initializer, 0);
  return {
    type,
    run: (r) => {
      r.charge(runs.length);
      return new Items(
        type,
        runs.map((run) => run(r)),
        lengths,
      );
    },
  };
}
