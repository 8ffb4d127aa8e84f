import type { FunctionEntry, PrintedCall } from '../functions/entry.ts';
import type { Expr } from '../plan/expression.ts';
import { wrapLong } from './wrap.ts';

const MIN = -9223372036854775808n;
const MAX = 9223372036854775807n;

/** What a whole-number expression can be: where that proves that nothing overflows, no guard is printed. */
function rangeOf(expr: Expr | undefined): readonly [bigint, bigint] {
  if (expr === undefined) return [MIN, MAX];
  if (expr.kind === 'literal' && typeof expr.value === 'bigint') return [expr.value, expr.value];
  if (expr.type === 'int') return [-(2n ** 31n), 2n ** 31n];
  if (expr.kind === 'call') {
    if (SMALL.has(expr.name)) return [-(2n ** 40n), 2n ** 40n];
    if (expr.name === 'tolong') return rangeOf(expr.args[0]?.type === 'int' ? expr.args[0] : undefined);
    const range = combine(expr.name, expr.args);
    if (range !== undefined && range[0] >= MIN && range[1] <= MAX) return range;
  }
  return [MIN, MAX];
}

const SMALL = new Set(['strlen', 'array_length', 'indexof', 'countof', 'string_size', 'dcount']);

function combine(name: string, args: readonly Expr[]): readonly [bigint, bigint] | undefined {
  const [a, b] = [rangeOf(args[0]), rangeOf(args[1])];
  if (name === '+') return [a[0] + b[0], a[1] + b[1]];
  if (name === '-') return [a[0] - b[1], a[1] - b[0]];
  if (name !== '*') return undefined;
  const products = [a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1]].sort((x, y) => (x < y ? -1 : x > y ? 1 : 0));
  return [products[0] ?? MIN, products[3] ?? MAX];
}

function arithmetic(operator: '+' | '-' | '*'): FunctionEntry['sql'] {
  return (printed) => {
    const [a = '', b = ''] = printed.args;
    const { type } = printed;
    if (type === 'int') return `${a}::bigint ${operator} ${b}::bigint`;
    if (type === 'long') {
      const range = combine(operator, printed.exprs);
      if (range !== undefined && range[0] >= MIN && range[1] <= MAX) return `${a} ${operator} ${b}`;
      return guarded(operator, printed);
    }
    if (operator === '*' && type === 'decimal') return `try_cast(${a}::double * ${b}::double as decimal(38,18))`;
    if (operator === '*' && type === 'timespan') return `try_cast(round(${a}::double * ${b}::double) as bigint)`;
    return `${a} ${operator} ${b}`;
  };
}

/** Cheap operands are tested for room first; others are computed once, in 128 bits. */
function guarded(operator: '+' | '-' | '*', { args, exprs }: PrintedCall): string {
  const [a = '', b = ''] = args;
  const wide = wrapLong(`${a}::hugeint ${operator} ${b}`);
  const isCheap = exprs.every((expr) => expr.kind === 'column' || expr.kind === 'literal');
  if (!isCheap || exprs.every((expr) => expr.kind === 'literal')) return wide;
  const room = operator === '*' ? 3037000499n : 4611686018427387903n;
  const tests = exprs.flatMap((expr, index) =>
    expr.kind === 'column' ? [`${args[index]} between -${room} and ${room}`] : [],
  );
  return `case when ${tests.join(' and ')} then ${a} ${operator} ${b} else ${wide} end`;
}

function divide({ args, exprs, type }: PrintedCall): string {
  const [a = '', b = ''] = args;
  const [left, right] = [exprs[0]?.type, exprs[1]?.type];
  if (type === 'long' || type === 'int') return `${a}::bigint // ${b}`;
  if (type === 'timespan') return right === 'long' ? `${a} // ${b}` : `try_cast(trunc(${a} / ${b}) as bigint)`;
  if (type === 'decimal') return `try_cast(${a}::double / nullif(${b}, 0)::double as decimal(38,18))`;
  return left === 'timespan' || left === 'long' ? `${a}::double / ${b}::double` : `${a} / ${b}`;
}

/** The remainder is never negative. */
function modulo({ args }: PrintedCall): string {
  const [a = '', b = ''] = args;
  return `case when ${a} % ${b} < 0 then ${a} % ${b} + abs(${b}) else ${a} % ${b} end`;
}

/** `x - x mod s`, downwards also below nought. */
function bin({ args, exprs, type }: PrintedCall): string {
  const [x = '', size = ''] = args;
  if (type === 'real' || type === 'decimal') {
    const rounded = `case when ${size} > 0 then floor(${x} / ${size}) * ${size} end`;
    return type === 'decimal' ? `cast(${rounded} as decimal(38,18))` : rounded;
  }
  const step = exprs[1];
  const isPositive = step?.kind === 'literal' && typeof step.value === 'bigint' && step.value > 0n;
  if (isPositive && type === 'datetime') return `${x} - ${x} % ${size}`;
  return `${x} - ((${x} % ${size}) + ${size}) % ${size}`;
}

export const ARITHMETIC: Readonly<Record<string, FunctionEntry>> = {
  '+': { takes: ['any', 'any'], sql: arithmetic('+') },
  '-': { takes: ['any', 'any'], sql: arithmetic('-') },
  '*': { takes: ['any', 'any'], sql: arithmetic('*') },
  '/': { takes: ['any', 'any'], sql: divide },
  '%': { takes: ['any', 'any'], sql: modulo },
  negate: {
    takes: ['any'],
    sql: ({ args, type }) => (type === 'long' ? wrapLong(`-(${args[0]}::hugeint)`) : `-(${args[0]})`),
  },
  /** How many whole steps from the base to the value. */
  'series index': {
    takes: ['any', 'any', 'any'],
    sql: ({ args: [x = '', base = '', step = ''], exprs }) =>
      exprs[0]?.type === 'real'
        ? `cast(floor((${x} - ${base}) / ${step}) as bigint)`
        : `((${x} - ${base}) - (((${x} - ${base}) % ${step}) + ${step}) % ${step}) // ${step}`,
  },
  bin: { takes: ['result', 'any'], sql: bin },
};
