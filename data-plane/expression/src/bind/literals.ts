import type { Expression } from '../syntax/tree.ts';
import { integers, T, typeOf } from '../type/types.ts';
import { parseDecimal } from '../value/decimal.ts';
import type { Binder } from './binder.ts';
import { type Bound, constantOf, nullLiteral } from './bound.ts';
import { fold } from './convert-bound.ts';

type Literal = Extract<Expression, { kind: 'literal' }>;

export function bindLiteral(b: Binder, node: Literal): Bound {
  switch (node.literal) {
    case 'null':
      return nullLiteral;
    case 'bool':
      return constantOf(T.bool, node.text === 'true');
    case 'string':
      return constantOf(T.string, node.text);
    case 'char':
      return constantOf(T.char, node.text.charCodeAt(0));
    case 'integer':
      return integer(b, node);
    case 'real':
      return real(b, node);
    default:
      return node.literal satisfies never;
  }
}

function integer(b: Binder, node: Literal): Bound {
  const text = node.text.replaceAll('_', '').toLowerCase();
  const digits = text.replace(/(ul|lu|u|l)$/, '');
  const suffix = text.slice(digits.length);
  const value = BigInt(digits);
  const candidates =
    suffix === ''
      ? ['int', 'uint', 'long', 'ulong']
      : suffix === 'l'
        ? ['long', 'ulong']
        : suffix === 'u'
          ? ['uint', 'ulong']
          : ['ulong'];
  const name =
    candidates.find((candidate) => value <= (integers[candidate]?.max ?? 0n)) ??
    b.fail(node, 'type', 'Integral constant is too large.');
  return constantOf(typeOf(name), name === 'long' || name === 'ulong' ? value : Number(value));
}

/** `-2147483648` and `-9223372036854775808` are one literal with their sign. */
export function negatedLiteral(node: Expression): Bound | undefined {
  if (node.kind !== 'literal' || node.literal !== 'integer') return undefined;
  const text = node.text.replaceAll('_', '');
  if (text === '2147483648') return constantOf(T.int, -2147483648);
  if (/^9223372036854775808[lL]?$/.test(text)) return constantOf(T.long, -9223372036854775808n);
  return undefined;
}

function real(b: Binder, node: Literal): Bound {
  const text = node.text.replaceAll('_', '').toLowerCase();
  if (text.endsWith('m')) return fold(b, node, T.decimal, () => parseDecimal(text.slice(0, -1)));
  const isFloat = text.endsWith('f');
  const number = Number(text.replace(/[fd]$/, ''));
  const value = isFloat ? Math.fround(number) : number;
  if (!Number.isFinite(value))
    b.fail(node, 'type', `Floating-point constant is outside the range of type '${isFloat ? 'float' : 'double'}'.`);
  return constantOf(isFloat ? T.float : T.double, value);
}
