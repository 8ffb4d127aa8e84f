import type { KqlType } from '@vigia/contract';
import { call, type Expr, literal } from '../plan/expression.ts';
import { parseLiteral } from './literal.ts';
import { isWhole } from './types.ts';

/** The value as another type, by the conversion functions of KQL; literals are converted here. */
export function convert(expr: Expr, to: KqlType): Expr {
  if (expr.type === to) return expr;
  if (expr.kind === 'literal') {
    const folded = convertLiteral(expr.value, expr.type, to);
    if (folded !== undefined) return folded;
  }
  return call(`to${to}`, to, expr);
}

function convertLiteral(value: unknown, from: KqlType, to: KqlType): Expr | undefined {
  if (value === null) return literal(to, to === 'string' ? '' : null);
  if (typeof value === 'bigint' && isWhole(from)) {
    if (to === 'long' || to === 'int') return literal(to, value);
    if (to === 'real') return literal('real', Number(value));
    if (to === 'decimal' || to === 'string') return literal(to, value.toString());
  }
  if (typeof value === 'number' && to === 'decimal' && Number.isFinite(value)) return literal('decimal', String(value));
  return undefined;
}

/**
 * A comparison of text with another type: a literal that is a value of the other type is taken as that value
 * (`ResponseCode == '200'`), else both are compared as text.
 */
export function alignForComparison(left: Expr, right: Expr): readonly [Expr, Expr] {
  return fromText(left, right) ?? swap(fromText(right, left)) ?? [convert(left, 'string'), convert(right, 'string')];
}

function fromText(value: Expr, text: Expr): readonly [Expr, Expr] | undefined {
  if (text.kind !== 'literal' || text.type !== 'string' || typeof text.value !== 'string') return undefined;
  if (value.type === 'dynamic' || value.type === 'string') return undefined;
  const parsed = parseLiteral(value.type, text.value);
  return parsed === undefined ? undefined : [value, parsed];
}

function swap(pair: readonly [Expr, Expr] | undefined): readonly [Expr, Expr] | undefined {
  return pair === undefined ? undefined : [pair[1], pair[0]];
}
