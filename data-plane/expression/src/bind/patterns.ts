import { explicit, implicit, instanceOf, isSubtype } from '../convert/conversion.ts';
import { equality } from '../operators.ts';
import type { Runtime } from '../runtime.ts';
import type { Expression, Pattern, TypeNode } from '../syntax/tree.ts';
import { innerOf, isInterface, isValueType, same, T, type Type } from '../type/types.ts';
import { box, equalValues, unbox, type V } from '../value/values.ts';
import { type Binder, storeLocal } from './binder.ts';
import type { Bound } from './bound.ts';
import { constantConversion } from './convert-bound.ts';
import { bindExpression, bindValue } from './expressions.ts';
import { bindType } from './types.ts';

type Test = (r: Runtime) => boolean;

export function bindIs(b: Binder, node: Extract<Expression, { kind: 'is' }>): Bound {
  const value = bindValue(b, node.value);
  return { type: T.bool, run: bindPattern(b, node.pattern, value) };
}

export function bindAs(b: Binder, node: Extract<Expression, { kind: 'as' }>): Bound {
  const type = bindType(b, node.type);
  const value = bindValue(b, node.value);
  if (isValueType(type) && type.name !== '?')
    b.fail(
      node,
      'type',
      `The as operator must be used with a reference type or nullable type ('${type.key}' is a non-nullable value type).`,
    );
  if (!canBe(value.type, innerOf(type)))
    b.fail(node, 'type', `Cannot convert type '${value.type.key}' to '${type.key}' by 'as'.`);
  const { run } = value;
  const target = innerOf(type);
  const isValue = isValueType(target);
  return {
    type,
    run: (r) => {
      const boxed = box(value.type, run(r));
      return instanceOf(boxed, target) ? (isValue ? unbox(boxed) : boxed) : null;
    },
  };
}
/** By reference or boxing, not by the operators of a type. */
function canBe(from: Type, to: Type): boolean {
  if (same(from, T.null)) return true;
  const inner = innerOf(from);
  return (
    same(inner, T.object) ||
    isSubtype(inner, to) ||
    isSubtype(to, inner) ||
    (implicit(inner, to)?.kind === 'standard' && same(to, T.object)) ||
    ((isInterface(inner) || isInterface(to)) && explicit(inner, to, false) !== undefined)
  );
}

export function bindPattern(b: Binder, node: Pattern, value: Bound): Test {
  switch (node.kind) {
    case 'constantPattern':
      return constantTest(b, node.value, value);
    case 'typePattern': {
      const type = b.attempt(() => bindType(b, node.type));
      if (type) return typeTest(b, node, type, value);
      const expression = asExpression(node.type);
      return expression ? constantTest(b, expression, value) : typeTest(b, node, bindType(b, node.type), value);
    }
    case 'declarationPattern': {
      const isVar = node.type.kind === 'varType';
      const type = isVar ? value.type : bindType(b, node.type);
      if (type.name === '?' && !isVar)
        b.fail(node, 'type', 'A nullable type cannot be a pattern; use the type itself.');
      const test = isVar ? () => true : typeTest(b, node, type, value);
      if (node.name === '' || node.name === '_') return test;
      const store = storeLocal(b.declare(node, node.name, type));
      const { run } = value;
      const isValue = isValueType(type) && !isVar;
      return (r) => {
        if (!test(r)) return false;
        const current = run(r);
        store(r, isValue ? unbox(current) : current);
        return true;
      };
    }
    default:
      return node satisfies never;
  }
}

function typeTest(b: Binder, node: Pattern, type: Type, value: Bound): Test {
  const { run, type: from } = value;
  if (!canBe(from, innerOf(type)) && same(innerOf(from), from) && node.kind === 'declarationPattern')
    b.fail(node, 'type', `An expression of type '${from.key}' cannot be handled by a pattern of type '${type.key}'.`);
  const target = innerOf(type);
  return (r) => instanceOf(box(from, run(r)), target);
}

function constantTest(b: Binder, node: Expression, value: Bound): Test {
  const constant = bindExpression(b, node);
  const { run } = value;
  if (same(constant.type, T.null)) {
    if (isValueType(value.type) && value.type.name !== '?') b.fail(node, 'type', `A ${value.type.key} is never null.`);
    return (r) => {
      const current = run(r);
      return current === null || current === undefined;
    };
  }
  if (constant.constant === undefined) b.fail(node, 'type', 'A constant value is expected.');
  if (same(value.type, T.object)) {
    const wanted: V = box(constant.type, constant.constant);
    return (r) => equalValues(run(r), wanted);
  }
  const fitting = constantConversion(constant, innerOf(value.type)) ?? constant;
  const test = equality(value.type, fitting.type);
  if (!test || (implicit(fitting.type, value.type) === undefined && !same(fitting.type, innerOf(value.type))))
    return b.fail(node, 'type', `Cannot convert '${constant.type.key}' to '${value.type.key}'.`);
  const wanted = fitting.constant;
  return (r) => test(run(r), wanted);
}

/** `is Limits.Max`: what the parser took for a type. */
function asExpression(node: TypeNode): Expression | undefined {
  if (node.kind !== 'namedType') return undefined;
  const span = { start: node.start, end: node.end };
  return node.parts.reduce<Expression | undefined>(
    (target, { name, args }) =>
      target === undefined
        ? { kind: 'name', name, typeArgs: args, ...span }
        : { kind: 'member', target, name, nameSpan: span, typeArgs: args, ...span },
    undefined,
  );
}
