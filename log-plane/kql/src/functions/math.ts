import { wrapLong } from '../operators/wrap.ts';
import type { FunctionEntry } from './entry.ts';

const real = (sql: string): FunctionEntry => ({ takes: ['real'], sql });
/** The engine fails on infinities; as in IEEE 754 they have no sine. */
const ofFinite = (sql: string): FunctionEntry =>
  real(`case when isfinite({0}) then ${sql} when {0} is not null then 'nan'::double end`);
const real2 = (sql: string): FunctionEntry => ({ takes: ['real', 'real'], sql });
const long2 = (sql: string): FunctionEntry => ({ takes: ['long', 'long'], sql });

export const MATH: Readonly<Record<string, FunctionEntry>> = {
  abs: {
    takes: ['result'],
    sql: ({ args, type }) => (type === 'long' ? wrapLong(`abs(${args[0]}::hugeint)`) : `abs(${args[0]})`),
  },
  round: {
    takes: ['result', 'long'],
    sql: ({ args: [x, digits], type }) => {
      if (type === 'long' || type === 'int') return `${x}`;
      const rounded = digits === undefined ? `round(${x})` : `round(${x}, ${digits}::integer)`;
      return type === 'decimal' ? `cast(${rounded} as decimal(38,18))` : rounded;
    },
  },
  floor: {
    takes: ['result', 'any'],
    sql: ({ args: [x, size], type }) => {
      if (size === undefined)
        return type === 'real' ? `floor(${x})` : type === 'decimal' ? `cast(floor(${x}) as decimal(38,18))` : `${x}`;
      return type === 'real' ? `floor(${x} / ${size}) * ${size}` : `${x} - ((${x} % ${size}) + ${size}) % ${size}`;
    },
  },
  ceiling: {
    takes: ['result'],
    sql: ({ args: [x], type }) =>
      type === 'decimal' ? `cast(ceil(${x}) as decimal(38,18))` : type === 'real' ? `ceil(${x})` : `${x}`,
  },
  sqrt: real("case when {0} < 0 then 'nan'::double else sqrt({0}) end"),
  exp: real('exp({0})'),
  exp2: real('pow(2, {0})'),
  exp10: real('pow(10, {0})'),
  log: real("case when {0} > 0 then ln({0}) when {0} = 0 then '-inf'::double end"),
  log2: real("case when {0} > 0 then log2({0}) when {0} = 0 then '-inf'::double end"),
  log10: real("case when {0} > 0 then log10({0}) when {0} = 0 then '-inf'::double end"),
  pow: real2('pow({0}, {1})'),
  sign: { takes: ['any'], sql: 'sign({0})' },
  sin: ofFinite('sin({0})'),
  cos: ofFinite('cos({0})'),
  tan: ofFinite('tan({0})'),
  cot: ofFinite('1 / tan({0})'),
  asin: real("case when abs({0}) <= 1 then asin({0}) when {0} is not null then 'nan'::double end"),
  acos: real("case when abs({0}) <= 1 then acos({0}) when {0} is not null then 'nan'::double end"),
  atan: real('atan({0})'),
  atan2: real2('atan2({0}, {1})'),
  rand: { takes: [], sql: 'random()' },
  'rand below': { takes: ['long'], sql: 'floor(random() * {0})' },
  new_guid: { takes: [], sql: 'uuid()::varchar' },
  pi: { takes: [], sql: 'pi()' },
  degrees: real('degrees({0})'),
  radians: real('radians({0})'),
  isnan: real('coalesce(isnan({0}), false)'),
  isinf: real('coalesce(isinf({0}), false)'),
  isfinite: real('coalesce(isfinite({0}), false)'),
  gamma: real('gamma({0})'),
  loggamma: real('lgamma({0})'),
  binary_and: long2('{0} & {1}'),
  binary_or: long2('{0} | {1}'),
  binary_xor: long2('xor({0}, {1})'),
  binary_not: { takes: ['long'], sql: '~({0})' },
  bitset_count_ones: { takes: ['long'], sql: 'bit_count({0})' },
  tohex: {
    takes: ['any', 'long'],
    sql: ({ args: [x, width], exprs }) => {
      const isInt = exprs[0]?.type === 'int';
      const hex = isInt ? `lower(to_hex(${x}::bigint & 4294967295))` : `lower(to_hex(${x}::bigint))`;
      return width === undefined
        ? `coalesce(${hex}, '')`
        : `coalesce(lpad(${hex}, greatest(${width}, length(${hex}))::integer, '0'), '')`;
    },
  },
  gcd: long2('gcd({0}, {1})'),
};
