import type { KqlType } from '@vigia/contract';
import { parseDatetime } from '../literals/datetime.ts';
import { parseTimespan } from '../literals/timespan.ts';
import { type LiteralExpr, literal } from '../plan/expression.ts';

const LONG_MIN = -9223372036854775808n;
const LONG_MAX = 9223372036854775807n;

/**
 * A literal from its text (`LiteralValueInfo.ValueText`): the parser's own values are lossy in its JavaScript build.
 * Undefined where the text is no value of the type.
 */
export function parseLiteral(type: KqlType, text: string): LiteralExpr | undefined {
  const trimmed = text.trim();
  if (type !== 'string' && /^null$/i.test(trimmed)) return literal(type, null);
  switch (type) {
    case 'string':
      return literal('string', text);
    case 'bool':
      return parseBool(trimmed);
    case 'int':
    case 'long':
      return parseWhole(type, trimmed);
    case 'real':
      return parseReal(trimmed);
    case 'decimal':
      return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(trimmed) ? literal('decimal', trimmed) : undefined;
    case 'guid':
      return parseGuid(trimmed);
    case 'datetime': {
      const ticks = parseDatetime(trimmed);
      return ticks === undefined ? undefined : literal('datetime', ticks);
    }
    case 'timespan': {
      const ticks = parseTimespan(trimmed);
      return ticks === undefined ? undefined : literal('timespan', ticks);
    }
    case 'dynamic':
      return undefined;
  }
}

function parseBool(text: string): LiteralExpr | undefined {
  if (/^(true|1)$/i.test(text)) return literal('bool', true);
  if (/^(false|0)$/i.test(text)) return literal('bool', false);
  return /^-?\d+$/.test(text) ? literal('bool', BigInt(text) !== 0n) : undefined;
}

/** 9223372036854775808 is a value only under a minus, which the binder folds; here it wraps to the smallest. */
function parseWhole(type: 'int' | 'long', text: string): LiteralExpr | undefined {
  const digits = /^([-+]?)(0x[0-9a-f]+|\d+)$/i.exec(text);
  if (digits === null) return undefined;
  const size = BigInt(digits[2] ?? '0');
  const value = digits[1] === '-' ? -size : size;
  if (type === 'int') return value >= -2147483648n && value <= 2147483648n ? literal('int', value) : undefined;
  return value >= LONG_MIN && value <= LONG_MAX + 1n ? literal('long', value > LONG_MAX ? LONG_MIN : value) : undefined;
}

function parseReal(text: string): LiteralExpr | undefined {
  if (/^nan$/i.test(text)) return literal('real', Number.NaN);
  const infinite = /^([-+]?)inf(inity)?$/i.exec(text);
  if (infinite !== null) return literal('real', infinite[1] === '-' ? -Infinity : Infinity);
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? literal('real', Number(text)) : undefined;
}

function parseGuid(text: string): LiteralExpr | undefined {
  const hex = text.replace(/[-{}()"']/g, '').toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(hex)) return undefined;
  return literal('guid', hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
}
