import type { Cursor } from './cursor.ts';
import type { TypeNode, TypePart } from './tree.ts';

const predefined = new Set(
  'bool byte sbyte char decimal double float int uint long ulong object short ushort string void'.split(' '),
);
export const isPredefined = (c: Cursor, distance = 0): boolean =>
  c.peek(distance).kind === 'keyword' && predefined.has(c.peek(distance).text);

/** `isOperand`: behind `is` and `as`, where a `?` may begin a conditional. */
export function parseType(c: Cursor, isOperand = false): TypeNode {
  return c.nested(() => {
    let type = parseNonArray(c, isOperand);
    while (c.is('[') && (c.is(']', 1) || c.is(',', 1))) {
      // `int[][,]` is an array of int[,]: the ranks are read from left to right.
      const ranks: number[] = [];
      while (c.is('[') && (c.is(']', 1) || c.is(',', 1))) ranks.push(parseRank(c));
      for (const rank of ranks.toReversed())
        type = { kind: 'arrayType', element: type, rank, ...c.spanFrom(type.start) };
      type = parseNullable(c, type, isOperand);
    }
    return type;
  });
}

export function parseRank(c: Cursor): number {
  c.expect('[');
  let rank = 1;
  while (c.accept(',')) rank++;
  c.expect(']');
  return rank;
}

/** A type without the `[]` behind it, as `new int[3]` has it. */
export function parseNonArray(c: Cursor, isOperand = false): TypeNode {
  const { start } = c.token;
  if (isPredefined(c)) {
    const name = c.take().text;
    return parseNullable(c, { kind: 'predefinedType', name, ...c.spanFrom(start) }, isOperand);
  }
  if (c.is('(')) {
    c.take();
    const items: { type: TypeNode; name: string }[] = [];
    do {
      const type = parseType(c);
      items.push({ type, name: c.token.kind === 'name' ? c.take().text : '' });
    } while (c.accept(','));
    c.expect(')');
    if (items.length < 2) c.fail('A tuple has two parts or more');
    return parseNullable(c, { kind: 'tupleType', items, ...c.spanFrom(start) }, isOperand);
  }
  if (c.isWord('var') && !c.is('.', 1) && !c.is('<', 1)) {
    c.take();
    return { kind: 'varType', ...c.spanFrom(start) };
  }
  if (c.isWord('global') && c.is('::', 1)) {
    c.take();
    c.take();
  }
  const parts: TypePart[] = [parsePart(c)];
  while (c.is('.') && c.peek(1).kind === 'name') {
    c.take();
    parts.push(parsePart(c));
  }
  return parseNullable(c, { kind: 'namedType', parts, ...c.spanFrom(start) }, isOperand);
}

function parsePart(c: Cursor): TypePart {
  const name = c.name().text;
  return { name, args: c.is('<') ? parseTypeArguments(c) : [] };
}

export function parseTypeArguments(c: Cursor): readonly TypeNode[] {
  c.expect('<');
  const args: TypeNode[] = [];
  do args.push(parseType(c));
  while (c.accept(','));
  c.expect('>');
  return args;
}

function parseNullable(c: Cursor, type: TypeNode, isOperand: boolean): TypeNode {
  if (!c.is('?') || (isOperand && startsExpression(c, 1))) return type;
  c.take();
  return { kind: 'nullableType', inner: type, ...c.spanFrom(type.start) };
}

export function startsExpression(c: Cursor, distance: number): boolean {
  const token = c.peek(distance);
  if (token.kind === 'end') return false;
  if (token.kind === 'mark') return ['(', '!', '~', '-', '+', '++', '--'].includes(token.text);
  if (token.kind === 'keyword') return !['is', 'as', 'in', 'out', 'ref'].includes(token.text);
  return true;
}
