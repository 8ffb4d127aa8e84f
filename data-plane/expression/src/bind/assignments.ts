import { explicit } from '../convert/conversion.ts';
import type { Runtime } from '../runtime.ts';
import type { Expression } from '../syntax/tree.ts';
import { isNumeric, same, T, typeOf } from '../type/types.ts';
import type { Fields, V } from '../value/values.ts';
import { type Binder, storeLocal } from './binder.ts';
import type { Bound } from './bound.ts';
import { convert, convertible } from './convert-bound.ts';
import { bindExpression, bindTo, bindTyped, bindValue } from './expressions.ts';
import { operate } from './operations.ts';
import { bindType } from './types.ts';

type Assign = Extract<Expression, { kind: 'assign' }>;

/** How a place is changed; a mistake where it cannot be. */
export function writable(b: Binder, node: Expression, target: Bound): NonNullable<Bound['modify']> {
  if (target.modify) return target.modify;
  if (target.constant !== undefined || node.kind === 'literal')
    return b.fail(node, 'type', 'The left-hand side of an assignment must be a variable, property or indexer.');
  return b.fail(
    node,
    'type',
    node.kind === 'member'
      ? `Property '${node.name}' cannot be assigned to: it is read only.`
      : 'The left-hand side of an assignment must be a variable, property or indexer that can be changed.',
  );
}

export function bindAssignment(b: Binder, node: Assign): Bound {
  if (node.target.kind === 'tuple' || node.target.kind === 'declaration') return bindDeconstruction(b, node);
  if (node.operator === '??=') return b.unsupported(node, "The operator '??=' (C# 8)");
  const local = node.target.kind === 'name' ? b.find(node.target.name) : undefined;
  if (local && node.operator === '=') local.isAssigned = true;
  const discard = node.target.kind === 'name' && node.target.name === '_' && !local;
  if (discard) {
    const { type, run } = bindTyped(b, node.value);
    return { type, run };
  }
  const target = bindExpression(b, node.target);
  const modify = writable(b, node.target, target);
  const { type } = target;
  if (node.operator === '=') {
    const value = bindTo(b, node.value, type);
    return { type, run: (r) => modify(r, () => value(r)) };
  }
  const operator = node.operator.slice(0, -1);
  const slot = b.fn.slot();
  const right = bindValue(b, node.value);
  const old: Bound = { type, run: (r) => r.frame[slot] };
  const computed = operate(b, node, operator, old, right);
  const isChecked = b.overflow === 'checked';
  // `b += 1` for a byte: the result is cast back where the value alone would fit.
  const back =
    same(computed.type, type) || convertible(b, computed, type)
      ? convert(b, node, computed, type)
      : isNumeric(type) && convertible(b, right, type)
        ? casted(computed, explicit(computed.type, type, isChecked))
        : undefined;
  if (!back) return b.fail(node, 'type', `Cannot implicitly convert type '${computed.type.key}' to '${type.key}'.`);
  return {
    type,
    run: (r) =>
      modify(r, (read) => {
        r.frame[slot] = read();
        return back(r);
      }),
  };
}
const casted = ({ run }: Bound, apply: ((value: V) => V) | undefined) => apply && ((r: Runtime) => apply(run(r)));

/** `(a, b) = (b, a)`, `var (x, y) = pair`, `(int q, int r) = …`. */
function bindDeconstruction(b: Binder, node: Assign): Bound {
  const value = bindTyped(b, node.value);
  const types = value.type.name === 'ValueTuple' ? value.type.args : undefined;
  const targets: readonly Expression[] =
    node.target.kind === 'tuple'
      ? node.target.items.map((item) => item.value)
      : node.target.kind === 'declaration'
        ? node.target.names.map((name) => ({
            kind: 'declaration' as const,
            type: varType,
            names: [name],
            start: node.target.start,
            end: node.target.end,
          }))
        : [];
  if (!types || types.length !== targets.length)
    return b.fail(node, 'type', `A ${value.type.key} cannot be taken apart into ${targets.length} variables.`);
  const stores = targets.map((target, index) => {
    const type = types[index] ?? T.object;
    if (target.kind === 'declaration') {
      const [name = '_'] = target.names;
      const declared = target.type.kind === 'varType' ? type : bindType(b, target.type);
      const converted = convert(b, target, { type, run: (r) => r.frame[slots] }, declared);
      if (name === '_') return () => {};
      const store = storeLocal(b.declare(target, name, declared));
      return (r: Runtime) => store(r, converted(r));
    }
    if (target.kind === 'name' && target.name === '_' && !b.find('_')) return () => {};
    const local = target.kind === 'name' ? b.find(target.name) : undefined;
    if (local) local.isAssigned = true;
    const place = bindExpression(b, target);
    const modify = writable(b, target, place);
    const converted = convert(b, target, { type, run: (r) => r.frame[slots] }, place.type);
    return (r: Runtime) => void modify(r, () => converted(r));
  });
  const slots = b.fn.slot();
  return {
    type: typeOf('ValueTuple', types),
    run: (r) => {
      const tuple: Fields = value.run(r);
      for (const [index, store] of stores.entries()) {
        r.frame[slots] = tuple.values[index];
        store(r);
      }
      return tuple;
    },
  };
}
const varType = { kind: 'varType', start: 0, end: 0 } as const;
