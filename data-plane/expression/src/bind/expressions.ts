import { explicit, implicit } from '../convert/conversion.ts';
import type { Expression } from '../syntax/tree.ts';
import { align, formatted } from '../text/format.ts';
import { innerOf, isNumeric, isValueType, nullableOf, same, T, type Type, typeOf } from '../type/types.ts';
import { defaultOf } from '../value/values.ts';
import { bindAssignment } from './assignments.ts';
import { type Binder, readLocal } from './binder.ts';
import { type Bound, constantOf, isPseudo, pseudo, type Run } from './bound.ts';
import { bindCall } from './calls.ts';
import { constantConversion, convert, convertible, convertToBound, fold } from './convert-bound.ts';
import { bindAnonymous, bindArray, bindNew } from './creation.ts';
import { bindLiteral } from './literals.ts';
import { bindIndex, bindMember } from './members.ts';
import { bindBinary, bindUnary } from './operations.ts';
import { bindAs, bindIs } from './patterns.ts';
import { bindQuery } from './queries.ts';
import { bindTuple } from './tuples.ts';
import { bindType } from './types.ts';

export function bindExpression(b: Binder, node: Expression): Bound {
  b.count(node);
  switch (node.kind) {
    case 'literal':
      return bindLiteral(b, node);
    case 'parenthesized':
      return bindExpression(b, node.value);
    case 'name':
      return bindName(b, node);
    case 'predefined':
      return b.fail(node, 'syntax', `'${node.name}' is a type; a value was expected.`);
    case 'member':
      return bindMember(b, node);
    case 'index':
      return bindIndex(b, node);
    case 'call':
      return bindCall(b, node);
    case 'conditionalAccess':
      return bindConditionalAccess(b, node);
    case 'receiver':
      return b.receivers.at(-1) ?? b.fail(node, 'syntax', 'A value was expected.');
    case 'unary':
      return bindUnary(b, node);
    case 'binary':
      return bindBinary(b, node);
    case 'conditional':
      return bindConditional(b, node);
    case 'assign':
      return bindAssignment(b, node);
    case 'cast':
      return bindCast(b, node);
    case 'is':
      return bindIs(b, node);
    case 'as':
      return bindAs(b, node);
    case 'lambda':
      return { type: pseudo.lambda, untyped: node, run: () => null };
    case 'new':
      return bindNew(b, node);
    case 'newAnonymous':
      return bindAnonymous(b, node);
    case 'newArray':
      return bindArray(b, node);
    case 'initializer':
      return b.fail(node, 'syntax', 'An array initialiser can only be used where an array is declared.');
    case 'tuple':
      return bindTuple(b, node);
    case 'default': {
      if (!node.type) return { type: pseudo.default, run: () => null };
      const type = bindType(b, node.type);
      const value = defaultOf(type);
      return isNumeric(type) || same(type, T.bool) ? constantOf(type, value) : { type, run: () => defaultOf(type) };
    }
    case 'typeof':
      return b.unsupported(node, 'typeof');
    case 'checked': {
      const before = b.overflow;
      b.overflow = node.isChecked ? 'checked' : 'unchecked';
      const bound = bindExpression(b, node.value);
      b.overflow = before;
      return bound;
    }
    case 'throw': {
      const value = convert(b, node.value, bindExpression(b, node.value), T.exception);
      return {
        type: pseudo.throw,
        run: (r) => {
          throw value(r);
        },
      };
    }
    case 'interpolated':
      return bindInterpolated(b, node);
    case 'declaration':
      return b.fail(node, 'syntax', 'A declaration cannot stand here.');
    case 'query':
      return bindQuery(b, node);
    default:
      return node satisfies never;
  }
}
/** Bound and converted to a type. */
export const bindTo = (b: Binder, node: Expression, type: Type): Run => convert(b, node, bindExpression(b, node), type);
/** Of an expression that must have a value and a type of its own. */
export function bindValue(b: Binder, node: Expression): Bound {
  const bound = bindExpression(b, node);
  if (bound.type.name === 'void') b.fail(node, 'type', 'A call that returns nothing has no value.');
  return bound;
}
export function bindTyped(b: Binder, node: Expression): Bound {
  const bound = bindValue(b, node);
  if (isPseudo(bound.type) || same(bound.type, T.null))
    b.fail(
      node,
      'type',
      `${bound.type.key === 'null' ? '<null>' : `A ${bound.type.key}`} has no type of its own here.`,
    );
  return bound;
}

type Node<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

function bindName(b: Binder, node: Node<'name'>): Bound {
  const local = b.find(node.name);
  if (local) {
    if (local.type.name === '?error')
      b.fail(node, 'type', `The type of '${node.name}' is not known because of the mistake above.`, node.name);
    if (!local.isAssigned) b.fail(node, 'type', `Use of unassigned local variable '${node.name}'.`, node.name);
    return readLocal(local);
  }
  if (node.name === 'context') return { type: typeOf('IProxyRequestContext'), run: (r) => r.context };
  return b.fail(node, 'unknownName', `The name '${node.name}' does not exist in the current context.`, node.name);
}

function bindConditionalAccess(b: Binder, node: Node<'conditionalAccess'>): Bound {
  const target = bindTyped(b, node.target);
  if (isValueType(target.type) && target.type.name !== '?')
    b.fail(node, 'type', `Operator '?' cannot be applied to operand of type '${target.type.key}'.`, '?.');
  const slot = b.fn.slot();
  b.receivers.push({ type: innerOf(target.type), run: (r) => r.frame[slot] });
  const access = bindExpression(b, node.access);
  b.receivers.pop();
  const { type } = access;
  const { run } = target;
  return {
    type: type.name === 'void' || !isValueType(type) ? type : nullableOf(type),
    run: (r) => {
      const value = run(r);
      if (value === null || value === undefined) return null;
      r.frame[slot] = value;
      return access.run(r);
    },
  };
}

function bindConditional(b: Binder, node: Node<'conditional'>): Bound {
  const test = bindExpression(b, node.test);
  const condition = convert(b, node.test, test, T.bool);
  const yes = bindValue(b, node.yes);
  const no = bindValue(b, node.no);
  const type = commonOf(b, yes, no);
  if (!type)
    return b.fail(
      node,
      'type',
      `Type of conditional expression cannot be determined because there is no implicit conversion between '${yes.type.key}' and '${no.type.key}'.`,
      '?:',
    );
  if (test.constant !== undefined && yes.constant !== undefined && no.constant !== undefined && !same(type, T.null))
    return convertToBound(b, node, test.constant ? yes : no, type);
  const [first, second] = [convert(b, node.yes, yes, type), convert(b, node.no, no, type)];
  return { type, run: (r) => (condition(r) ? first(r) : second(r)) };
}
/** The type of two branches: one must convert to the other's. */
function commonOf(b: Binder, x: Bound, y: Bound): Type | undefined {
  if (same(x.type, y.type) && !isPseudo(x.type)) return x.type;
  const hasType = ({ type }: Bound) => !isPseudo(type) && !same(type, T.null);
  const toY = hasType(y) && convertible(b, x, y.type) !== undefined;
  const toX = hasType(x) && convertible(b, y, x.type) !== undefined;
  if (toX && toY) return constantConversion(x, y.type) ? y.type : x.type;
  return toX ? x.type : toY ? y.type : undefined;
}

function bindCast(b: Binder, node: Node<'cast'>): Bound {
  const type = bindType(b, node.type);
  const value = bindValue(b, node.value);
  if (isPseudo(value.type) || same(value.type, T.null) || value.untyped) {
    const run = convert(b, node, value, type);
    return { type, run };
  }
  const isConstant = value.constant !== undefined && value.constant !== null;
  const apply =
    explicit(value.type, type, b.overflow === 'checked' || (isConstant && b.overflow === 'default')) ??
    b.fail(node, 'type', `Cannot convert type '${value.type.key}' to '${type.key}'.`);
  if (isConstant && (isNumeric(type) || same(type, T.string) || same(value.type, type)))
    return fold(b, node, type, () => apply(value.constant));
  const { run } = value;
  // A literal is one object wherever it stands, also behind a cast to object.
  if (typeof value.constant === 'string' && same(type, T.object)) return { type, run, constant: value.constant };
  return same(value.type, type) ? { type, run } : { type, run: (r) => apply(run(r)) };
}

function bindInterpolated(b: Binder, node: Node<'interpolated'>): Bound {
  const parts = node.parts.map((part): ((r: Parameters<Run>[0]) => string) => {
    if (part.kind === 'text') {
      const { text } = part;
      return () => text;
    }
    const { type, run } = bindHole(b, part.value);
    const { format } = part;
    const width = part.alignment && bindExpression(b, part.alignment).constant;
    if (part.alignment && typeof width !== 'number')
      b.fail(part.alignment, 'type', 'The width must be a constant number.');
    if (width === undefined) return (r) => formatted(type, run(r), format);
    return (r) => align(formatted(type, run(r), format), width, r);
  });
  const [first] = parts;
  if (node.parts.every(({ kind }) => kind === 'text') || !first) {
    const text = node.parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
    return { type: T.string, run: () => text };
  }
  return {
    type: T.string,
    run: (r) => {
      let text = '';
      for (const part of parts) text += part(r);
      r.charge(text.length);
      return text;
    },
  };
}
function bindHole(b: Binder, node: Expression): Bound {
  const bound = bindValue(b, node);
  return isPseudo(bound.type) ? { type: T.object, run: convert(b, node, bound, T.object) } : bound;
}

/** The one type that all of them convert to, as C# finds it for arrays and lambdas; undefined: there is none. */
export function bestCommonType(b: Binder, bounds: readonly Bound[]): Type | undefined {
  const candidates = bounds
    .filter(({ type }) => !isPseudo(type) && !same(type, T.null) && type.name !== 'void')
    .map(({ type }) => type);
  const fitting = candidates.filter((candidate) =>
    bounds.every((bound) => convertible(b, bound, candidate) !== undefined),
  );
  const distinct = fitting.filter((type, index) => fitting.findIndex((other) => same(other, type)) === index);
  if (distinct.length <= 1) return distinct[0];
  // Constants fit several types: the widest that is not reached from another.
  return (
    distinct.find((type) => distinct.every((other) => same(other, type) || implicit(other, type) !== undefined)) ??
    distinct[0]
  );
}
