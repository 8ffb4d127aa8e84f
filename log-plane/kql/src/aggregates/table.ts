import type { KqlType } from '@vigia/contract';
import { convertSql } from '../functions/conversion.ts';
import type { ArgumentType, PrintedCall } from '../functions/entry.ts';
import { listLength } from '../functions/list-length.ts';
import { wrapLong } from '../operators/wrap.ts';
import type { Expr } from '../plan/expression.ts';

/** `order`: ` order by …` of the rows where they have an order, for aggregates that keep it. */
export interface PrintedAggregate extends PrintedCall {
  readonly order: string;
}

export interface AggregateEntry {
  readonly takes: readonly ArgumentType[];
  readonly returns?: KqlType;
  /** The last of `takes` may repeat. */
  readonly isVariadic?: true;
  /** Takes several columns where summarize asks for them. */
  readonly isSpread?: true;
  readonly sql: (printed: PrintedAggregate) => string;
}

type Print = AggregateEntry['sql'];

/** The same over the rows for which the last argument is true. */
const filtered =
  (print: (printed: PrintedAggregate, filter: string) => string): Print =>
  (printed) =>
    print(
      { ...printed, args: printed.args.slice(0, -1), exprs: printed.exprs.slice(0, -1) },
      ` filter (where ${printed.args.at(-1)})`,
    );

/** The same where the condition is the second argument and others follow. */
const filteredSecond =
  (print: (printed: PrintedAggregate, filter: string) => string): Print =>
  (printed) => {
    const without = <T>(items: readonly T[]): readonly T[] => items.filter((_, index) => index !== 1);
    return print(
      { ...printed, args: without(printed.args), exprs: without(printed.exprs) },
      ` filter (where ${printed.args[1]})`,
    );
  };

/** One more condition for the rows of an aggregate. */
const narrowed = (filter: string, condition: string): string =>
  filter === '' ? ` filter (where ${condition})` : `${filter.slice(0, -1)} and ${condition})`;

const count = (_: PrintedAggregate, filter = ''): string => `count(*)${filter}`;

function sum({ args: [x], type }: PrintedAggregate, filter = ''): string {
  const total = `coalesce(sum(${x})${filter}, 0)`;
  if (type === 'real') return `coalesce(sum(${x})${filter}, 0::double)`;
  return type === 'decimal' ? `${total}::decimal(38,18)` : wrapLong(total);
}

/** Of nothing: NaN for reals, null for ticks. */
function avg({ args: [x], exprs, type }: PrintedAggregate, filter = ''): string {
  if (type === 'decimal') return `cast(sum(${x})${filter}::double / nullif(count(${x})${filter}, 0) as decimal(38,18))`;
  if (type === 'real')
    return `coalesce(avg(${x}${exprs[0]?.type === 'real' ? '' : '::double'})${filter}, 'nan'::double)`;
  return `cast(avg(${x})${filter} as bigint)`;
}

/** The engine's min skips NaN; Kusto's does not. */
function min({ args: [x], type }: PrintedAggregate, filter = ''): string {
  if (type === 'real') return `case when bool_or(isnan(${x}))${filter} then 'nan'::double else min(${x})${filter} end`;
  return type === 'string' ? `coalesce(min(${x})${filter}, '')` : `min(${x})${filter}`;
}

function max({ args: [x], type }: PrintedAggregate, filter = ''): string {
  return type === 'string' ? `coalesce(max(${x})${filter}, '')` : `max(${x})${filter}`;
}

const dcount = ({ args: [x] }: PrintedAggregate, filter = ''): string => `count(distinct ${x})${filter}`;

/** Of one row 0; any NaN or infinity makes NaN; the engine would raise. */
function deviation(name: string): (printed: PrintedAggregate, filter?: string) => string {
  return ({ args: [x] }, filter = '') => {
    const finite = narrowed(filter, `isfinite(${x})`);
    const of = `case when bool_or(not isfinite(${x}))${filter} then 'nan'::double when count(${x})${filter} = 0 then 'nan'::double else coalesce(${name}(${x})${finite}, 0) end`;
    return of;
  };
}

const json = (x: string, type: KqlType): string => `${convertSql(x, type, 'dynamic')}::json`;

/** An array in a dynamic column gives its elements. */
function list(keepsNulls = false): (printed: PrintedAggregate, filter?: string) => string {
  return ({ args: [x = '', size], exprs, order }, filter = '') => {
    const type = exprs[0]?.type ?? 'string';
    const notNull = narrowed(filter, `${x} is not null`);
    const given = keepsNulls ? filter : notNull;
    const values =
      type === 'dynamic'
        ? `flatten(coalesce(list(case json_type(${x}) when 'ARRAY' then json_extract(${x}, '$[*]') else [${x}::json] end${order})${given}, []))`
        : `coalesce(list(${json(x, type)}${order})${given}, [])`;
    return `to_json(${size === undefined ? values : `(${values})[1:${size}]`})::varchar`;
  };
}

/** Distinct values, in the order in which they first come where that is cheap to keep. */
function set({ args: [x = '', size], exprs }: PrintedAggregate, filter = ''): string {
  const type = exprs[0]?.type ?? 'string';
  const isDynamic = type === 'dynamic';
  const given = narrowed(filter, `${x} is not null`);
  // An array in a dynamic column gives its elements.
  const values = isDynamic
    ? `list_distinct(list_transform(flatten(coalesce(list(case json_type(${x}) when 'ARRAY' then json_extract(${x}, '$[*]') else [${x}::json] end)${given}, [])), lambda v: v::varchar))`
    : `list_distinct(coalesce(list(${json(x, type)}::varchar)${given}, []))`;
  const parsed = `list_transform(${values}, lambda v: v::json)`;
  return `to_json(${size === undefined ? parsed : `${parsed}[1:${size}]`})::varchar`;
}

/** Of a key that several bags have, the first's value. */
function bag({ args: [x = ''], order }: PrintedAggregate, filter = ''): string {
  const pairs = `flatten(coalesce(list(list_transform(json_keys(${x}), lambda k: {'k': k, 'v': json_extract(${x}, '/' || replace(replace(k, '~', '~0'), '/', '~1'))::varchar})${order})${narrowed(filter, `json_type(${x}) = 'OBJECT'`)}, []))`;
  const first = `list_filter(${pairs}, lambda p, i: list_position(list_transform(${pairs}, lambda q: q.k), p.k) = i)`;
  return `'{' || array_to_string(list_transform(${first}, lambda p: to_json(p.k)::varchar || ':' || p.v), ',') || '}'`;
}

function percentile({ args: [x, rank] }: PrintedAggregate): string {
  return `quantile_disc(${x}, (${rank}) / 100.0)`;
}

function percentilesArray({ args: [x, ...ranks], exprs }: PrintedAggregate): string {
  return ranksArray(ranks, exprs.slice(1), (rank) => `quantile_disc(${x}, (${rank}) / 100.0)`);
}

/** Ranks as arguments, or as one constant array. */
function ranksArray(ranks: readonly string[], exprs: readonly Expr[], one: (rank: string) => string): string {
  const [only] = exprs;
  const listed: unknown =
    only?.kind === 'literal' && only.type === 'dynamic' ? JSON.parse(String(only.value ?? '[]')) : undefined;
  const given = Array.isArray(listed) ? listed.map((rank) => String(Number(rank))) : ranks;
  return `to_json([${given.map(one).join(', ')}])::varchar`;
}

/** Nearest rank, each value counted so many times as its weight says. */
function weighted(x: string, w: string, rank: string): string {
  const pairs = `list({'v': ${x}, 'w': ${w}} order by ${x}) filter (where ${x} is not null and ${w} > 0)`;
  const walked = `list_reduce(list_prepend({'v': null, 'w': 0::hugeint, 'd': false}, list_transform(${pairs}, lambda p: {'v': p.v, 'w': p.w::hugeint, 'd': false})), lambda a, b: case when a.d then a else {'v': b.v, 'w': a.w + b.w, 'd': a.w + b.w >= (sum(${w})) * (${rank}) / 100.0} end)`;
  return `(${walked}).v`;
}

/** What stands for a sketch here: the distinct values themselves, so that counts are exact. */
function valuesOf({ args: [x = ''], exprs }: PrintedAggregate, filter = ''): string {
  const values = `list_sort(list_distinct(list(${json(x, exprs[0]?.type ?? 'string')}::varchar)${narrowed(filter, `${x} is not null`)}))`;
  return `to_json(list_transform(${values}, lambda v: v::json))::varchar`;
}

function digest({ args: [x = '', w] }: PrintedAggregate): string {
  const given = ` filter (where ${x} is not null)`;
  const values =
    w === undefined
      ? `list(${x} order by ${x})${given}`
      : `flatten(list(list_transform(range(${listLength(w)}), lambda i: ${x}) order by ${x})${given})`;
  return `to_json(${values})::varchar`;
}

function mergedValues(x: string | undefined, isDistinct: boolean): string {
  const all = `flatten(list(json_extract(${x}, '$[*]')) filter (where ${x} is not null))`;
  return `to_json(${isDistinct ? `list_transform(list_sort(list_distinct(list_transform(${all}, lambda v: v::varchar))), lambda v: v::json)` : all})::varchar`;
}

function covariance(name: string): (printed: PrintedAggregate, filter?: string) => string {
  return ({ args: [x, y] }, filter = '') => `coalesce(${name}(${x}, ${y})${filter}, 0)`;
}

const takeAny = ({ args: [x], type }: PrintedAggregate, filter = ''): string =>
  type === 'string' ? `coalesce(first(${x})${filter}, '')` : `first(${x})${filter}`;

const struct = (values: readonly string[]): string =>
  `{${values.map((value, index) => `'f${index}': ${value}`).join(', ')}}`;

/** args: what decides, then the row. Where it is null in all rows, any row. */
const argRow = (name: 'arg_max' | 'arg_min'): Print => {
  return ({ args: [by, ...row] }) =>
    `coalesce(${name}(${struct(row)}, ${by}) filter (where ${by} is not null), first(${struct(row)}))`;
};

const bits = (name: string): AggregateEntry => ({ takes: ['long'], sql: ({ args: [x] }) => `${name}(${x})` });

export const AGGREGATES: Readonly<Record<string, AggregateEntry>> = {
  count: { takes: [], sql: (printed) => count(printed) },
  countif: { takes: ['bool'], sql: filtered(count) },
  sum: { takes: ['result'], sql: (printed) => sum(printed) },
  sumif: { takes: ['result', 'bool'], sql: filtered(sum) },
  avg: { takes: ['any'], sql: (printed) => avg(printed) },
  avgif: { takes: ['any', 'bool'], sql: filtered(avg) },
  min: { takes: ['result'], sql: (printed) => min(printed) },
  minif: { takes: ['result', 'bool'], sql: filtered(min) },
  max: { takes: ['result'], sql: (printed) => max(printed) },
  maxif: { takes: ['result', 'bool'], sql: filtered(max) },
  dcount: { takes: ['any', 'any'], sql: (printed) => dcount(printed) },
  dcountif: { takes: ['any', 'bool', 'any'], sql: filteredSecond(dcount) },
  stdevpif: { takes: ['real', 'bool'], sql: filtered(deviation('stddev_pop')) },
  covariance: { takes: ['real', 'real'], sql: (printed) => covariance('covar_samp')(printed) },
  covarianceif: { takes: ['real', 'real', 'bool'], sql: filtered(covariance('covar_samp')) },
  covariancep: { takes: ['real', 'real'], sql: (printed) => covariance('covar_pop')(printed) },
  covariancepif: { takes: ['real', 'real', 'bool'], sql: filtered(covariance('covar_pop')) },
  percentilew: { takes: ['any', 'long', 'real'], sql: ({ args: [x = '', w = '', rank = ''] }) => weighted(x, w, rank) },
  percentilesw_array: {
    takes: ['any', 'long', 'any'],
    isVariadic: true,
    sql: ({ args: [x = '', w = '', ...ranks], exprs }) =>
      ranksArray(ranks, exprs.slice(2), (rank) => weighted(x, w, rank)),
  },
  hll: { takes: ['any', 'long'], sql: (printed) => valuesOf(printed) },
  hll_if: { takes: ['any', 'bool', 'long'], sql: filteredSecond(valuesOf) },
  hll_merge: { takes: ['dynamic'], sql: ({ args: [x] }) => mergedValues(x, true) },
  tdigest: { takes: ['any', 'long'], sql: (printed) => digest(printed) },
  merge_tdigest: { takes: ['dynamic'], sql: ({ args: [x] }) => mergedValues(x, false) },
  stdev: { takes: ['real'], sql: (printed) => deviation('stddev_samp')(printed) },
  stdevif: { takes: ['real', 'bool'], sql: filtered(deviation('stddev_samp')) },
  stdevp: { takes: ['real'], sql: (printed) => deviation('stddev_pop')(printed) },
  variance: { takes: ['real'], sql: (printed) => deviation('var_samp')(printed) },
  varianceif: { takes: ['real', 'bool'], sql: filtered(deviation('var_samp')) },
  variancep: { takes: ['real'], sql: (printed) => deviation('var_pop')(printed) },
  variancepif: { takes: ['real', 'bool'], sql: filtered(deviation('var_pop')) },
  make_list: { takes: ['any', 'long'], sql: (printed) => list()(printed) },
  make_list_if: { takes: ['any', 'bool', 'long'], sql: filteredSecond(list()) },
  make_list_with_nulls: { takes: ['any', 'long'], sql: (printed) => list(true)(printed) },
  make_set: { takes: ['any', 'long'], sql: (printed) => set(printed) },
  make_set_if: { takes: ['any', 'bool', 'long'], sql: filteredSecond(set) },
  make_bag: { takes: ['dynamic', 'long'], sql: (printed) => bag(printed) },
  make_bag_if: { takes: ['dynamic', 'bool', 'long'], sql: filteredSecond(bag) },
  percentile: { takes: ['any', 'real'], sql: percentile },
  percentiles_array: { takes: ['any', 'any'], isVariadic: true, sql: percentilesArray },
  take_any: { takes: ['any'], isSpread: true, sql: (printed) => takeAny(printed) },
  'value where': { takes: ['any', 'bool'], sql: filtered(({ args: [x] }, filter) => `first(${x})${filter}`) },
  'first value': { takes: ['any'], sql: ({ args: [x] }) => `first(${x})` },
  take_anyif: { takes: ['any', 'bool'], sql: filtered(takeAny) },
  arg_max: { takes: ['result'], isSpread: true, sql: (printed) => max(printed) },
  arg_min: { takes: ['result'], isSpread: true, sql: (printed) => min(printed) },
  'arg_max row': { takes: ['any'], sql: argRow('arg_max') },
  'arg_min row': { takes: ['any'], sql: argRow('arg_min') },
  'take_any row': { takes: ['any'], sql: ({ args }) => `first(${struct(args)})` },
  binary_all_and: bits('bit_and'),
  binary_all_or: bits('bit_or'),
  binary_all_xor: bits('bit_xor'),
};
