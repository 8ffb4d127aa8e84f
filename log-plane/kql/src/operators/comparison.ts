import type { FunctionEntry, PrintedCall } from '../functions/entry.ts';
import type { Expr } from '../plan/expression.ts';

/** Text and constants are never null. */
const isNeverNull = (expr: Expr | undefined): boolean =>
  expr === undefined ||
  expr.type === 'string' ||
  expr.kind === 'moment' ||
  (expr.kind === 'literal' && expr.value !== null);

const isNumber = (expr: Expr | undefined): boolean =>
  expr?.type !== 'real' || (expr.kind === 'literal' && !Number.isNaN(expr.value));

/** Null against a value is false, null against null is null; NaN equals nothing. */
function equal({ args, exprs }: PrintedCall): string {
  const [a = '', b = ''] = args;
  const [left, right] = exprs;
  const same = isNumber(left) || isNumber(right) ? `${a} = ${b}` : `(${a} = ${b} and not isnan(${a}))`;
  if (isNeverNull(left) && isNeverNull(right)) return same;
  if (isNeverNull(left) || isNeverNull(right)) return `coalesce(${same}, false)`;
  return `case when ${a} is null and ${b} is null then null else coalesce(${same}, false) end`;
}

function ordered(operator: string): FunctionEntry['sql'] {
  return ({ args, exprs }) => {
    const [a = '', b = ''] = args;
    const guards = exprs.flatMap((expr, index) => (isNumber(expr) ? [] : [`not isnan(${args[index]})`]));
    return [`${a} ${operator} ${b}`, ...guards].join(' and ');
  };
}

export const COMPARISON: Readonly<Record<string, FunctionEntry>> = {
  '==': { takes: ['any', 'any'], sql: equal },
  '!=': { takes: ['any', 'any'], sql: (printed) => `not (${equal(printed)})` },
  'is distinct': { takes: ['any', 'any'], sql: '{0} is distinct from {1}' },
  '<': { takes: ['any', 'any'], sql: ordered('<') },
  '<=': { takes: ['any', 'any'], sql: ordered('<=') },
  '>': { takes: ['any', 'any'], sql: ordered('>') },
  '>=': { takes: ['any', 'any'], sql: ordered('>=') },
  and: { takes: ['bool'], isVariadic: true, sql: ({ args }) => args.join(' and ') },
  or: { takes: ['bool'], isVariadic: true, sql: ({ args }) => args.join(' or ') },
  not: { takes: ['bool'], sql: 'not ({0})' },
  in: {
    takes: ['any'],
    isVariadic: true,
    sql: ({ args, exprs }) => {
      const found = `${args[0]} in (${args.slice(1).join(', ')})`;
      return isNeverNull(exprs[0]) ? found : `coalesce(${found}, false)`;
    },
  },
  'in list': {
    takes: ['string', 'dynamic'],
    sql: "coalesce(list_contains(json_extract_string({1}, '$[*]'), {0}), false)",
  },
  'lower json': { takes: ['dynamic'], sql: 'lower({0})' },
};
