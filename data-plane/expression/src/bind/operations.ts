import { explicit } from '../convert/conversion.ts';
import { arithmetic, compareOperator, equality } from '../operators.ts';
import type { Expression, Span } from '../syntax/tree.ts';
import { textOf } from '../text/to-text.ts';
import { innerOf, isEnum, isInteger, isNumeric, isValueType, nullableOf, same, T, type Type } from '../type/types.ts';
import { Decimal, TimeSpan, type V } from '../value/values.ts';
import { writable } from './assignments.ts';
import type { Binder } from './binder.ts';
import { type Bound, constantOf, isPseudo } from './bound.ts';
import { constantConversion, convert, convertible, fold } from './convert-bound.ts';
import { bindExpression, bindValue } from './expressions.ts';
import { negatedLiteral } from './literals.ts';

type Node<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

export function bindBinary(b: Binder, node: Node<'binary'>): Bound {
  const { operator } = node;
  const left = bindValue(b, node.left);
  if (operator === '??') return bindCoalesce(b, node, left);
  const right = bindValue(b, node.right);
  if (operator === '&&' || operator === '||') {
    const isAnd = operator === '&&';
    if (!convertible(b, left, T.bool) || !convertible(b, right, T.bool)) return refuse(b, node, operator, left, right);
    const [x, y] = [convert(b, node.left, left, T.bool), convert(b, node.right, right, T.bool)];
    if (left.constant !== undefined && right.constant !== undefined)
      return constantOf(T.bool, isAnd ? left.constant && right.constant : left.constant || right.constant);
    return { type: T.bool, run: isAnd ? (r) => x(r) && y(r) : (r) => x(r) || y(r) };
  }
  return operate(b, node, operator, left, right);
}

function refuse(b: Binder, node: Span, operator: string, left: Bound, right: Bound): never {
  const nameOf = ({ type }: Bound) => (same(type, T.null) ? '<null>' : type.key);
  return b.fail(
    node,
    'type',
    `Operator '${operator}' cannot be applied to operands of type '${nameOf(left)}' and '${nameOf(right)}'.`,
    operator,
  );
}

function bindCoalesce(b: Binder, node: Node<'binary'>, left: Bound): Bound {
  const right = bindValue(b, node.right);
  if ((isValueType(left.type) && left.type.name !== '?') || isPseudo(left.type))
    return refuse(b, node, '??', left, right);
  const inner = innerOf(left.type);
  const isNull = same(left.type, T.null);
  let type: Type;
  if (isNull) type = right.type;
  else if (convertible(b, right, inner) && !(same(right.type, T.null) && left.type.name === '?')) type = inner;
  else if (convertible(b, right, left.type)) type = left.type;
  else if (convertible(b, { type: inner, run: left.run }, right.type)) type = right.type;
  else return refuse(b, node, '??', left, right);
  const { run } = left;
  const other = convert(b, node.right, right, type);
  const held = left.type.name === '?' && !same(type, left.type) ? inner : left.type;
  const apply = isNull || same(held, type) ? undefined : explicit(held, type, false);
  return {
    type,
    run: (r) => {
      const value = run(r);
      if (value === null || value === undefined) return other(r);
      return apply ? apply(value) : value;
    },
  };
}

export function operate(b: Binder, node: Span, operator: string, left: Bound, right: Bound): Bound {
  const [x, y] = [left.run, right.run];
  const [a, c] = [left.type, right.type];
  const isConstant = left.constant !== undefined && right.constant !== undefined;
  if (
    operator === '+' &&
    (same(a, T.string) || same(c, T.string)) &&
    !left.untyped &&
    !right.untyped &&
    a.name !== 'XNamespace'
  ) {
    if (isConstant) return constantOf(T.string, textOf(a, left.constant) + textOf(c, right.constant));
    return {
      type: T.string,
      run: (r) => {
        const text = textOf(a, x(r)) + textOf(c, y(r));
        r.charge(text.length);
        return text;
      },
    };
  }
  if (operator === '==' || operator === '!=') {
    const [first, second] = fittingConstants(left, right);
    const test = equality(first.type, second.type);
    if (!test || isPseudo(first.type) || isPseudo(second.type)) return refuse(b, node, operator, left, right);
    const [u, v] = [first.run, second.run];
    const isEqual = operator === '==';
    // Constants are the same object wherever they stand.
    const isSame = typeof left.constant === 'string' && typeof right.constant === 'string';
    if (isSame) return constantOf(T.bool, (left.constant === right.constant) === isEqual);
    if (isConstant && isNumeric(a) && isNumeric(c))
      return constantOf(T.bool, test(first.constant, second.constant) === isEqual);
    return { type: T.bool, run: isEqual ? (r) => test(u(r), v(r)) : (r) => !test(u(r), v(r)) };
  }
  const isShift = operator === '<<' || operator === '>>';
  const [first, second] = isShift ? [left, right] : fittingConstants(left, right);
  const [u, v] = [first.run, second.run];
  if (['<', '>', '<=', '>='].includes(operator)) {
    const test = compareOperator(operator, first.type, second.type);
    if (!test) return refuse(b, node, operator, left, right);
    if (isConstant && isNumeric(a) && isNumeric(c)) return constantOf(T.bool, test(first.constant, second.constant));
    return { type: T.bool, run: (r) => test(u(r), v(r)) };
  }
  const isChecked = b.overflow === 'checked' || (isConstant && b.overflow === 'default');
  const compute = arithmetic(operator, first.type, second.type, isChecked);
  if (!compute) return refuse(b, node, operator, left, right);
  const { run, type } = compute;
  if (isConstant && (isNumeric(type) || same(type, T.bool) || isEnum(type)))
    return fold(b, node, type, () => run(first.constant, second.constant));
  if (second.constant === 0 && (operator === '/' || operator === '%') && isInteger(type))
    return b.fail(node, 'type', 'Division by constant zero.');
  return { type, run: (r) => run(u(r), v(r)) };
}

/** `ulong + 1`, `enum == 0`, `uint & 0xFF`: the constant takes the other side's type where it fits and would not otherwise. */
function fittingConstants(left: Bound, right: Bound): readonly [Bound, Bound] {
  const towards = (constant: Bound, other: Bound): Bound => {
    const type = innerOf(other.type);
    const needsIt = type.name === 'ulong' || type.name === 'uint' || isEnum(type);
    return needsIt && !(isEnum(type) && constant.constant !== 0)
      ? (constantConversion(constant, type) ?? constant)
      : constant;
  };
  return [towards(left, right), towards(right, left)];
}

export function bindUnary(b: Binder, node: Node<'unary'>): Bound {
  const { operator } = node;
  if (operator === '-' && !node.isPostfix) {
    const literal = negatedLiteral(node.operand);
    if (literal) return literal;
  }
  if (operator === '++' || operator === '--') return bindStep(b, node);
  const operand = bindValue(b, node.operand);
  const { type, run, constant } = operand;
  if (isPseudo(type)) return refuseUnary(b, node, operand);
  if (operator === '!') {
    const inner = innerOf(type);
    if (!same(inner, T.bool)) return refuseUnary(b, node, operand);
    if (typeof constant === 'boolean') return constantOf(T.bool, !constant);
    return type.name === '?' ? { type, run: (r) => negated(run(r)) } : { type, run: (r) => !run(r) };
  }
  if (type.name === '?') {
    const inner = bindUnaryOn(b, node, { type: innerOf(type), run: (r) => r.frame[slot] });
    const slot = b.fn.slot();
    return {
      type: nullableOf(inner.type),
      run: (r) => {
        const value = run(r);
        if (value === null) return null;
        r.frame[slot] = value;
        return inner.run(r);
      },
    };
  }
  return bindUnaryOn(b, node, operand);
}
const negated = (value: V): V => (value === null ? null : !value);
const refuseUnary = (b: Binder, node: Node<'unary'>, operand: Bound): never =>
  b.fail(
    node,
    'type',
    `Operator '${node.operator}' cannot be applied to operand of type '${operand.type.key}'.`,
    node.operator,
  );

/** + - ~ on a value that is not nullable. */
function bindUnaryOn(b: Binder, node: Node<'unary'>, operand: Bound): Bound {
  const { operator } = node;
  const { type, run, constant } = operand;
  if (type.name === 'TimeSpan' && operator !== '~')
    return { type, run: operator === '-' ? (r) => new TimeSpan(0n - run(r).ticks) : run };
  if (operator === '~' && isEnum(type)) return { type, run: (r) => ~run(r) };
  if (!isNumeric(type)) return refuseUnary(b, node, operand);
  const isReal = type.name === 'double' || type.name === 'float';
  if (operator === '~') {
    if (!isInteger(type)) return refuseUnary(b, node, operand);
    const wide = type.name === 'long' || type.name === 'ulong' || type.name === 'uint' ? type : T.int;
    const compute = arithmetic('^', wide, wide, false);
    const ones: V =
      wide.name === 'long'
        ? -1n
        : wide.name === 'ulong'
          ? 0xffff_ffff_ffff_ffffn
          : wide.name === 'uint'
            ? 0xffff_ffff
            : -1;
    if (!compute) return refuseUnary(b, node, operand);
    if (constant !== undefined) return fold(b, node, wide, () => compute.run(constant, ones));
    return { type: wide, run: (r) => compute.run(run(r), ones) };
  }
  if (isReal) {
    if (operator === '+') return operand;
    return constant === undefined ? { type, run: (r) => -run(r) } : constantOf(type, -constant);
  }
  if (type.name === 'decimal') {
    if (operator === '+') return operand;
    const negate = (value: Decimal) => new Decimal(-value.mantissa, value.scale);
    return constant === undefined ? { type, run: (r) => negate(run(r)) } : constantOf(type, negate(constant));
  }
  if (type.name === 'ulong' && operator === '-') return refuseUnary(b, node, operand);
  // uint becomes long, smaller ones become int.
  const zero = constantOf(
    type.name === 'long'
      ? T.long
      : type.name === 'ulong'
        ? T.ulong
        : type.name === 'uint' && operator === '-'
          ? T.long
          : T.int,
    type.name === 'long' || type.name === 'ulong' || (type.name === 'uint' && operator === '-') ? 0n : 0,
  );
  return operate(b, node, operator, type.name === 'uint' && operator === '+' ? constantOf(T.uint, 0) : zero, operand);
}

/** ++ and --. */
function bindStep(b: Binder, node: Node<'unary'>): Bound {
  const operand = bindExpression(b, node.operand);
  const modify = writable(b, node.operand, operand);
  const { type } = operand;
  const inner = innerOf(type);
  const one = constantOf(T.int, 1);
  const compute =
    isNumeric(inner) || isEnum(inner)
      ? arithmetic(
          node.operator === '++' ? '+' : '-',
          inner,
          inner.name === 'ulong' ? T.ulong : T.int,
          b.overflow === 'checked',
        )
      : undefined;
  const back = compute && explicit(compute.type, inner, b.overflow === 'checked');
  if (!compute || !back)
    return b.fail(
      node,
      'type',
      `Operator '${node.operator}' cannot be applied to operand of type '${type.key}'.`,
      node.operator,
    );
  const step: V = inner.name === 'ulong' ? 1n : one.constant;
  const { isPostfix } = node;
  return {
    type,
    run: (r) => {
      let before: V = null;
      const after = modify(r, (old) => {
        before = old();
        return before === null ? null : back(compute.run(before, step));
      });
      return isPostfix ? before : after;
    },
  };
}
