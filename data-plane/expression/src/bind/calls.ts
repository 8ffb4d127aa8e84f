import { tableOf } from '../member-table.ts';
import type { Runtime } from '../runtime.ts';
import type { ArgumentNode, Expression } from '../syntax/tree.ts';
import { delegateShape, isValueType, same, substitute, T, type Type } from '../type/types.ts';
import { box, Items, notNull, type V } from '../value/values.ts';
import { type Binder, readLocal } from './binder.ts';
import { type Bound, constantOf, isPseudo, type MethodGroup, type Run } from './bound.ts';
import { convertible } from './convert-bound.ts';
import { bindExpression, bindTyped } from './expressions.ts';
import { bindProperty, bindTarget, findMembers, unknownMember } from './members.ts';
import { type Argument, type Candidate, type Chosen, resolve } from './overloads.ts';
import { bindType, typeOfExpression } from './types.ts';

type Call = Extract<Expression, { kind: 'call' }>;

export function bindArguments(b: Binder, nodes: readonly ArgumentNode[]): readonly Argument[] {
  return nodes.map(({ name, isOut, value, start, end }): Argument => {
    const node = { start, end };
    if (isOut && value.kind === 'declaration') {
      const type = value.type.kind === 'varType' ? undefined : bindType(b, value.type);
      return {
        node,
        name,
        isOut,
        bound: { type: type ?? T.object, run: () => null },
        declares: { name: value.names[0] ?? '_', type },
      };
    }
    if (isOut && value.kind === 'name') {
      const local = b.find(value.name);
      if (!local && value.name === '_')
        return {
          node,
          name,
          isOut,
          bound: { type: T.object, run: () => null },
          declares: { name: '_', type: undefined },
        };
      if (local) {
        local.isAssigned = true;
        return { node, name, isOut, bound: readLocal(local) };
      }
    }
    const bound = bindExpression(b, value);
    if (bound.type.name === 'void') b.fail(value, 'type', 'A call that returns nothing has no value.');
    return { node: value, name, isOut, bound };
  });
}

export function bindCall(b: Binder, node: Call): Bound {
  const { target } = node;
  if (target.kind === 'name') {
    if (target.name === 'nameof' && !b.find('nameof')) return bindNameOf(b, node);
    const local = b.find(target.name);
    if (!local)
      return b.fail(
        target,
        'unknownName',
        `The name '${target.name}' does not exist in the current context.`,
        target.name,
      );
    return invoke(b, node, readLocal(local), local.fallbacks);
  }
  if (target.kind === 'member') {
    const typeArgs = target.typeArgs.map((arg) => bindType(b, arg));
    const owner = typeOfExpression(b, target.target);
    if (owner) return bindStaticCall(b, node, owner, target.name, typeArgs);
    const object = bindTarget(b, target.target);
    return bindMethodCall(b, node, object, target.name, typeArgs);
  }
  return invoke(b, node, bindTyped(b, target));
}

function bindNameOf(b: Binder, node: Call): Bound {
  const [argument] = node.args;
  const value = argument?.value;
  if (node.args.length !== 1 || !value || (value.kind !== 'name' && value.kind !== 'member'))
    return b.fail(node, 'type', 'nameof takes one name.');
  const owner = value.kind === 'member' ? typeOfExpression(b, value.target) : undefined;
  const isMember = owner !== undefined && findMembers(owner, value.name, false).length > 0;
  if (!isMember && !typeOfExpression(b, value)) bindExpression(b, value);
  return constantOf(T.string, value.name);
}

function bindStaticCall(b: Binder, node: Call, owner: Type, name: string, typeArgs: readonly Type[]): Bound {
  const candidates = staticCandidates(owner, name);
  const at = node.target.kind === 'member' ? node.target.nameSpan : node.target;
  if (candidates.length === 0) {
    const property = tableOf(owner.name)?.statics.get(name)?.[0];
    if (property && delegateShape(property.result))
      return invoke(b, node, { type: property.result, run: (r) => property.run(null, [], r, new Map()) });
    return unknownMember(b, at, owner, name);
  }
  return callStatic(resolve(b, node, [candidates], bindArguments(b, node.args), `${owner.key}.${name}`, typeArgs));
}
const staticCandidates = (owner: Type, name: string): readonly Candidate[] => {
  const own = tableOf(owner.name)?.statics.get(name) ?? [];
  const inherited = own.length > 0 || owner.name === 'object' ? own : (tableOf('object')?.statics.get(name) ?? []);
  return inherited
    .filter(({ kind }) => kind === 'method')
    .map((member) => ({ member, owner, binding: new Map<string, Type>() }));
};

/** Memory is paid for what a member gives back. */
function paid(r: Runtime, result: V): V {
  if (typeof result === 'string') r.charge(result.length);
  else if (result instanceof Items) r.charge(result.items.length);
  return result;
}
function callStatic({ member, binding, values }: Chosen): Bound {
  const type = substitute(member.result, binding);
  const { run } = member;
  const [first, second] = values;
  if (first && !second)
    return {
      type,
      run: (r) => {
        r.step();
        return paid(r, run(null, [first(r)], r, binding));
      },
    };
  return {
    type,
    run: (r) => {
      r.step();
      const args: V[] = [];
      for (const value of values) args.push(value(r));
      return paid(r, run(null, args, r, binding));
    },
  };
}

function bindMethodCall(b: Binder, node: Call, object: Bound, name: string, typeArgs: readonly Type[]): Bound {
  const { type } = object;
  const at = node.target.kind === 'member' ? node.target.nameSpan : node.target;
  if (name === 'Invoke' && delegateShape(type)) return invoke(b, node, object);
  const property = bindProperty(b, object, name);
  if (property && delegateShape(property.type)) return invoke(b, node, property);
  const levels = methodLevels(type, name);
  if (levels.length === 0) return unknownMember(b, at, type, name);
  return callMethod(object, resolve(b, node, levels, bindArguments(b, node.args), `${type.key}.${name}`, typeArgs));
}
/** Instance methods before extension methods. */
function methodLevels(type: Type, name: string): readonly (readonly Candidate[])[] {
  const own = findMembers(type, name, false).map((level) => level.filter(({ member }) => member.kind === 'method'));
  return [...own, ...unambiguous(findMembers(type, name, true))].filter((level) => level.length > 0);
}
/** A type that is a sequence in two ways has no LINQ methods: C# cannot tell which. */
function unambiguous(levels: readonly Candidate[][]): readonly (readonly Candidate[])[] {
  const owners = new Map<string, Set<string>>();
  for (const level of levels)
    for (const { owner } of level) owners.set(owner.name, (owners.get(owner.name) ?? new Set()).add(owner.key));
  return levels.filter((level) => level.every(({ owner }) => (owners.get(owner.name)?.size ?? 0) <= 1));
}

function callMethod(object: Bound, { member, binding, values, owner }: Chosen): Bound {
  const { isExtension } = member;
  const { run: self, type: objectType } = object;
  const isBoxed = isValueType(objectType) && same(owner, T.object) && objectType.name !== '?';
  const isNullable = objectType.name === '?';
  const { run } = member;
  return {
    type: substitute(member.result, binding),
    run: (r) => {
      r.step();
      let target = self(r);
      if (target === null || target === undefined) target = isExtension || isNullable ? null : notNull(target);
      else if (isBoxed || isNullable) target = box(objectType, target);
      const args: V[] = [];
      for (const value of values) args.push(value(r));
      return paid(r, run(target, args, r, binding));
    },
  };
}

/** Calls a delegate or a local function. */
function invoke(b: Binder, node: Call, callee: Bound, fallbacks?: readonly (Bound | undefined)[]): Bound {
  const shape = delegateShape(callee.type);
  if (!shape) return b.fail(node, 'type', `A ${callee.type.key} cannot be called.`);
  const args = bindArguments(b, node.args);
  const count = shape.parameters.length;
  if (args.length > count || (args.length < count && !fallbacks?.[args.length]))
    return b.fail(node, 'type', `The call needs ${count} arguments and has ${args.length}.`);
  const runs = shape.parameters.map((type, index): Run => {
    const argument = args[index];
    if (!argument) return fallbacks?.[index]?.run ?? (() => null);
    return (
      convertible(b, argument.bound, type) ??
      b.fail(
        argument.node,
        'type',
        `Argument ${index + 1}: cannot convert from '${argument.bound.type.key}' to '${type.key}'.`,
      )
    );
  });
  const { run } = callee;
  return {
    type: shape.result,
    run: (r) => {
      r.step();
      const call = notNull(run(r));
      const values: V[] = [];
      for (const value of runs) values.push(value(r));
      return paid(r, call(...values));
    },
  };
}

// ── names of methods as delegates ─────────────────────────────────────────────────────────────────────────────────
export const groupResult = (b: Binder, group: MethodGroup, parameters: readonly Type[]): Type | undefined =>
  resolveGroupWithSlots(b, group, parameters)?.bound.type;

function resolveGroupWithSlots(
  b: Binder,
  group: MethodGroup,
  parameters: readonly Type[],
): { readonly bound: Bound; readonly slots: readonly number[] } | undefined {
  const slots = parameters.map(() => b.fn.slot());
  const bound = b.attempt(() => {
    const args = parameters.map((type, index): Argument => {
      const slot = slots[index] ?? 0;
      return { node: group.node, name: '', isOut: false, bound: { type, run: (r) => r.frame[slot] } };
    });
    const { target, owner, name, typeArgs, node } = group;
    if (!target) return callStatic(resolve(b, node, [staticCandidates(owner, name)], args, name, typeArgs));
    return callMethod(target, resolve(b, node, methodLevels(owner, name), args, name, typeArgs));
  });
  return bound && { bound, slots };
}

/** `string.IsNullOrEmpty` as a Func<string,bool>; undefined where no overload fits. */
export function groupToDelegate(
  b: Binder,
  group: MethodGroup,
  shape: NonNullable<ReturnType<typeof delegateShape>>,
  type: Type,
): Run | undefined {
  const resolved = resolveGroupWithSlots(b, group, shape.parameters);
  if (!resolved) return undefined;
  const { bound, slots } = resolved;
  const isVoid = shape.result.name === 'void';
  const run = isVoid ? bound.run : convertible(b, bound, shape.result);
  if (!run || isPseudo(bound.type)) return undefined;
  return (r) => {
    const home = r.frame;
    const call = (...args: V[]): V => {
      const before = r.frame;
      r.frame = home;
      slots.forEach((slot, index) => {
        home[slot] = args[index];
      });
      try {
        return run(r);
      } finally {
        r.frame = before;
      }
    };
    call.type = type;
    return call;
  };
}
