import { isSubtype } from '../convert/conversion.ts';
import { bindingOf, lineage, type Member, tableOf } from '../member-table.ts';
import type { Expression, Span } from '../syntax/tree.ts';
import { enumTypes } from '../type/enums.ts';
import { innerOf, isValueType, same, substitute, T, type Type } from '../type/types.ts';
import { box, notNull, raise, type V } from '../value/values.ts';
import type { Binder } from './binder.ts';
import { type Bound, constantOf, pseudo } from './bound.ts';
import { bindArguments } from './calls.ts';
import { convert } from './convert-bound.ts';
import { bindTyped } from './expressions.ts';
import { type Candidate, resolve } from './overloads.ts';
import { fieldIndex } from './tuples.ts';
import { bindType, dotted, typeOfExpression } from './types.ts';

type Node<K extends Expression['kind']> = Extract<Expression, { kind: K }>;
const noTypes: ReadonlyMap<string, Type> = new Map();

export function unknownMember(b: Binder, node: Span, type: Type, name: string): never {
  return b.fail(node, 'unknownMember', `'${type.key}' has no member '${name}' that expressions may use here.`, name);
}

/** Members of that name, the type's own first; extension methods only where `extensions` says so. */
export function findMembers(type: Type, name: string, extensions: boolean): readonly Candidate[][] {
  const levels: Candidate[][] = [];
  for (const current of lineage(type)) {
    const table = tableOf(current.name);
    const members = (extensions ? table?.extensions : table?.members)
      ?.get(name)
      ?.filter(({ self }) => !self || isSubtype(current, self));
    if (!members || members.length === 0) continue;
    const binding = bindingOf(current);
    levels.push(members.map((member) => ({ member, binding, owner: current })));
  }
  return levels;
}

/** Which bodies must be buffered before the expression runs. */
function note(b: Binder, type: Type, name: string): void {
  if (type.name === 'IProxyRequestContext' && name === 'Response') b.seen.contextResponse = true;
  if (name !== 'Body') return;
  if (type.name === 'IRequest') b.needs.requestBody = true;
  if (type.name === 'IResponse') b.seen.responseBody = true;
}

export function bindMember(b: Binder, node: Node<'member'>): Bound {
  const { name, nameSpan } = node;
  const owner = typeOfExpression(b, node.target);
  const typeArgs = node.typeArgs.map((arg) => bindType(b, arg));
  if (owner) {
    const value = enumTypes[owner.name]?.[name];
    if (value !== undefined) return constantOf(owner, value);
    const statics = tableOf(owner.name)?.statics.get(name);
    const property = statics?.find(({ kind }) => kind === 'property');
    if (property) return staticProperty(property);
    if (statics)
      return {
        type: pseudo.group,
        run: () => null,
        untyped: { kind: 'group', node, target: undefined, owner, name, typeArgs },
      };
    return unknownMember(b, nameSpan, owner, name);
  }
  const target = bindTarget(b, node.target);
  const property = bindProperty(b, target, name);
  if (property) return property;
  const isMethod = [false, true].some((extensions) => findMembers(target.type, name, extensions).length > 0);
  if (!isMethod) return unknownMember(b, nameSpan, target.type, name);
  return {
    type: pseudo.group,
    run: () => null,
    untyped: { kind: 'group', node, target, owner: target.type, name, typeArgs },
  };
}

const constants = new Set([
  'byte',
  'sbyte',
  'short',
  'ushort',
  'int',
  'uint',
  'long',
  'ulong',
  'float',
  'double',
  'decimal',
  'char',
  'Math',
]);
function staticProperty(member: Member): Bound {
  const { result, run } = member;
  // MaxValue, Epsilon, PI: constants for the compiler.
  if (
    constants.has(member.result.name) &&
    /^(M(ax|in)Value|Epsilon|NaN|(Positive|Negative)Infinity|PI|E)$/.test(member.name)
  )
    return constantOf(result, run(null, [], undefined as never, noTypes));
  return { type: result, run: (r) => run(null, [], r, noTypes) };
}

/** What stands left of a point; an unknown name there is most often a type that is not allowed. */
export function bindTarget(b: Binder, node: Expression): Bound {
  if (node.kind === 'name' || node.kind === 'member') {
    const path = dotted(node);
    const root = path?.split('.')[0] ?? '';
    if (
      path !== undefined &&
      root !== 'context' &&
      !b.find(root) &&
      !typeOfExpression(b, node) &&
      b.receivers.length === 0 &&
      isPathOfNames(b, node)
    ) {
      b.fail(
        node,
        'unknownName',
        `The name '${path}' does not exist in the current context, or is no type that expressions may use.`,
        path,
      );
    }
  }
  return bindTyped(b, node);
}
/** No part of the path is a type: `Foo.Bar` of nothing known. */
function isPathOfNames(b: Binder, node: Expression): boolean {
  for (let current = node; ; current = current.target) {
    if (typeOfExpression(b, current)) return false;
    if (current.kind !== 'member') return current.kind === 'name';
  }
}

/** A property of an object, or a part of a tuple; undefined where the type has none of that name. */
export function bindProperty(b: Binder, target: Bound, name: string): Bound | undefined {
  const { type, run } = target;
  note(b, type, name);
  if (type.name === '?') {
    const inner = innerOf(type);
    if (name === 'HasValue') return { type: T.bool, run: (r) => run(r) !== null };
    if (name === 'Value')
      return {
        type: inner,
        run: (r) => run(r) ?? raise('InvalidOperationException', 'Nullable object must have a value.'),
      };
    return undefined;
  }
  if (type.name === 'anonymous' || type.name === 'Tuple' || type.name === 'ValueTuple') {
    const index = fieldIndex(type, name);
    const part = type.args[index];
    if (!part) return undefined;
    return {
      type: part,
      run: (r) => notNull(run(r)).values[index],
      ...(type.name === 'ValueTuple'
        ? {
            modify: (r, next) => {
              const { values } = run(r);
              values[index] = next(() => values[index]);
              return values[index];
            },
          }
        : {}),
    };
  }
  for (const level of findMembers(type, name, false)) {
    for (const { member, binding, owner } of level) {
      if (member.kind !== 'property') continue;
      const result = substitute(member.result, binding);
      const { set } = member;
      const held = isValueType(type) && same(owner, T.object) ? (value: V) => box(type, value) : (value: V) => value;
      return {
        type: result,
        run: (r) => member.run(held(notNull(run(r))), [], r, binding),
        ...(set
          ? {
              modify: (r, next) => {
                const self = notNull(run(r));
                const value = next(() => member.run(self, [], r, binding));
                set(self, [value], r, binding);
                return value;
              },
            }
          : {}),
      };
    }
  }
  return undefined;
}

export function bindIndex(b: Binder, node: Node<'index'>): Bound {
  const target = bindTarget(b, node.target);
  const { type, run } = target;
  if (type.name.startsWith('[,')) return bindGrid(b, node, target);
  const levels = findMembers(type, 'this', false);
  if (levels.length === 0)
    return b.fail(node, 'type', `Cannot apply indexing with [] to an expression of type '${type.key}'.`);
  const args = bindArguments(b, node.args);
  const chosen = resolve(b, node, levels, args, `${type.key}[]`, []);
  const { member, binding, values } = chosen;
  const { set } = member;
  const result = substitute(member.result, binding);
  const [first, second] = values;
  if (first && !second && !set)
    return {
      type: result,
      run: (r) => {
        const self = notNull(run(r));
        return member.run(self, [first(r)], r, binding);
      },
    };
  return {
    type: result,
    run: (r) => {
      const self = notNull(run(r));
      return member.run(
        self,
        values.map((value) => value(r)),
        r,
        binding,
      );
    },
    ...(set
      ? {
          modify: (r, next) => {
            const self = notNull(run(r));
            const given = values.map((value) => value(r));
            const value = next(() => member.run(self, given, r, binding));
            set(self, [...given, value], r, binding);
            return value;
          },
        }
      : {}),
  };
}

/** An element of an array of several dimensions. */
function bindGrid(b: Binder, node: Node<'index'>, target: Bound): Bound {
  const { run, type } = target;
  if (node.args.length !== type.name.length - 1)
    b.fail(node, 'type', `Wrong number of indices inside []; expected ${type.name.length - 1}.`);
  const indices = bindArguments(b, node.args).map(({ bound, node: at }) => convert(b, at, bound, T.int));
  const place = (self: V, at: readonly number[]): number => {
    let offset = 0;
    for (const [dimension, index] of at.entries()) {
      const length = self.lengths[dimension] ?? 0;
      if (index < 0 || index >= length) raise('IndexOutOfRangeException', 'Index was outside the bounds of the array.');
      offset = offset * length + index;
    }
    return offset;
  };
  return {
    type: type.args[0] ?? T.object,
    run: (r) => {
      const self = notNull(run(r));
      return self.items[
        place(
          self,
          indices.map((index) => index(r)),
        )
      ];
    },
    modify: (r, next) => {
      const self = notNull(run(r));
      const offset = place(
        self,
        indices.map((index) => index(r)),
      );
      self.items[offset] = next(() => self.items[offset]);
      return self.items[offset];
    },
  };
}
