import type { FunctionEntry } from './entry.ts';

/** Missing: SQL null, or the empty text. */
const isMissing = ({ exprs, args }: { exprs: readonly { type: string }[]; args: readonly string[] }): string =>
  exprs[0]?.type === 'string' ? 'false' : `${args[0]} is null`;

export const CONDITIONAL: Readonly<Record<string, FunctionEntry>> = {
  iff: { takes: ['bool', 'result', 'result'], sql: 'case when {0} then {1} else {2} end' },
  case: {
    takes: ['any'],
    isVariadic: true,
    sql: ({ args }) => {
      const whens = Array.from(
        { length: Math.floor(args.length / 2) },
        (_, index) => `when ${args[2 * index]} then ${args[2 * index + 1]}`,
      );
      return `case ${whens.join(' ')} else ${args.at(-1)} end`;
    },
  },
  coalesce: {
    takes: ['result'],
    isVariadic: true,
    sql: ({ args, type }) =>
      type === 'string'
        ? `coalesce(${args.map((arg) => `nullif(${arg}, '')`).join(', ')}, '')`
        : `coalesce(${args.join(', ')})`,
  },
  isnull: { takes: ['any'], sql: isMissing },
  isnotnull: { takes: ['any'], sql: (printed) => `not (${isMissing(printed)})` },
  isempty: { takes: ['any'], sql: ({ args, exprs }) => emptiness(args[0] ?? '', exprs[0]?.type ?? 'string') },
  isnotempty: {
    takes: ['any'],
    sql: ({ args, exprs }) => `not (${emptiness(args[0] ?? '', exprs[0]?.type ?? 'string')})`,
  },
  'no place': { takes: ['string'], sql: "case when {0} is null then '' end" },
  max_of: { takes: ['result'], isVariadic: true, sql: 'greatest({*})' },
  min_of: {
    takes: ['result'],
    isVariadic: true,
    sql: ({ args, type }) => {
      const least = `least(${args.join(', ')})`;
      return type === 'real'
        ? `case when ${args.map((arg) => `isnan(${arg})`).join(' or ')} then 'nan'::double else ${least} end`
        : least;
    },
  },
};

function emptiness(value: string, type: string): string {
  if (type === 'string') return `${value} = ''`;
  if (type === 'dynamic') return `coalesce(json_extract_string(${value}, '$'), '') = ''`;
  return `${value} is null`;
}
