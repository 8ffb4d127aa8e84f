import { convertSql } from './conversion.ts';
import type { FunctionEntry, PrintedCall } from './entry.ts';

/** A value as JSON, for json_object and json_array. */
function asJson({ args, exprs }: PrintedCall, index: number): string {
  const type = exprs[index]?.type ?? 'string';
  return `${convertSql(args[index] ?? 'null', type, 'dynamic')}::json`;
}

/** The first value of a key wins. */
function bagPack(printed: PrintedCall): string {
  const pairs: string[] = [];
  for (let at = 0; at + 1 < printed.args.length; at += 2) pairs.push(`${printed.args[at]}, ${asJson(printed, at + 1)}`);
  return `json_object(${pairs.join(', ')})::varchar`;
}

function bagPackNotEmpty(printed: PrintedCall): string {
  const pairs: string[] = [];
  for (let at = 0; at + 1 < printed.args.length; at += 2) {
    const type = printed.exprs[at + 1]?.type;
    const value = printed.args[at + 1];
    const isGiven = type === 'string' ? `${value} <> ''` : `${value} is not null`;
    pairs.push(`case when ${isGiven} then json_object(${printed.args[at]}, ${asJson(printed, at + 1)})::varchar end`);
  }
  const inner = pairs.map((pair) => `substr(${pair}, 2, length(${pair}) - 2)`);
  return `'{' || array_to_string(list_filter([${inner.join(', ')}], lambda p: p is not null), ',') || '}'`;
}

const isArray = (json: string): string => `json_type(${json}) = 'ARRAY'`;
const items = (json: string): string => `(json_extract(${json}, '$[*]')::json[])`;
const dynamic = (sql: string, count = 1): FunctionEntry => ({
  takes: Array.from({ length: count }, () => 'dynamic' as const),
  sql,
});

const sorted = (direction: 'asc' | 'desc'): FunctionEntry => ({
  takes: ['dynamic', 'bool'],
  usesOften: true,
  sql: ({ args: [json = '', nullsLast = 'true'] }) => {
    const isText = `coalesce(list_bool_or(list_transform(${items(json)}, lambda x: json_type(x) = 'VARCHAR')), false)`;
    const values = `list_filter(${items(json)}, lambda x: x::varchar <> 'null')`;
    const nulls = `list_filter(${items(json)}, lambda x: x::varchar = 'null')`;
    // Numbers before texts.
    const texts = `list_sort(list_transform(list_filter(${values}, lambda x: json_type(x) = 'VARCHAR'), lambda x: {'t': json_extract_string(x, '$'), 'j': x::varchar}), '${direction}')`;
    const others = `list_sort(list_transform(list_filter(${values}, lambda x: json_type(x) <> 'VARCHAR'), lambda x: {'n': try_cast(x::varchar as double), 'j': x::varchar}), '${direction}')`;
    const byText = `list_concat(list_transform(${others}, lambda x: x.j::json), list_transform(${texts}, lambda x: x.j::json))`;
    const byNumber = `list_transform(list_sort(list_transform(${values}, lambda x: {'n': try_cast(x::varchar as double), 'j': x::varchar}), '${direction}'), lambda x: x.j::json)`;
    return `case when ${isArray(json)} then to_json(list_transform([case when ${isText} then ${byText} else ${byNumber} end], lambda v: case when ${nullsLast} then list_concat(v, ${nulls}) else list_concat(${nulls}, v) end)[1])::varchar end`;
  },
});

/** Several arrays in the order of the first. */
const sortedTogether = (direction: 'asc' | 'desc'): FunctionEntry => ({
  takes: ['dynamic'],
  isVariadic: true,
  usesOften: true,
  isTuple: true,
  sql: ({ args }) => {
    const [first = ''] = args;
    const texts = `json_extract_string(${first}, '$[*]')`;
    const isText = `coalesce(list_bool_or(list_transform(${items(first)}, lambda x: json_type(x) = 'VARCHAR')), false)`;
    const keyed = `list_transform(${texts}, lambda t, i: {'n': case when ${isText} then null else try_cast(t as double) end, 't': t, 'i': i})`;
    const order = `list_transform(list_sort(${keyed}, '${direction}', 'nulls last'), lambda k: k.i)`;
    const fields = args.map(
      (array, index) => `'f${index}': to_json(list_transform(${order}, lambda i: ${items(array)}[i]))::varchar`,
    );
    return `{${fields.join(', ')}}`;
  },
});

const elementTexts = (json: string): string => `list_transform(coalesce(${items(json)}, []), lambda e: e::varchar)`;
/** Distinct, in the order in which they first come. */
const setOf = (texts: string): string =>
  `to_json(list_transform(list_reduce(list_prepend([]::varchar[], list_transform(${texts}, lambda t: [t])), lambda a, b: case when list_contains(a, b[1]) then a else list_concat(a, b) end), lambda t: t::json))::varchar`;

/** Of a key that several bags have, the first's value; what is no bag is left out. */
function bagMerge({ args }: PrintedCall): string {
  const pairs = args
    .map(
      (bag) =>
        `case when json_type(${bag}) = 'OBJECT' then list_transform(json_keys(${bag}), lambda k: {'k': k, 'v': json_extract(${bag}, '/' || replace(replace(k, '~', '~0'), '/', '~1'))::varchar}) else [] end`,
    )
    .reduce((a, b) => `list_concat(${a}, ${b})`);
  const first = `list_filter(${pairs}, lambda p, i: list_position(list_transform(${pairs}, lambda q: q.k), p.k) = i)`;
  return `'{' || array_to_string(list_transform(${first}, lambda p: to_json(p.k)::varchar || ':' || p.v), ',') || '}'`;
}

export const DYNAMIC: Readonly<Record<string, FunctionEntry>> = {
  'dynamic key': {
    takes: ['dynamic', 'string'],
    sql: "nullif(json_extract({0}, '/' || replace(replace({1}, '~', '~0'), '/', '~1'))::varchar, 'null')",
  },
  'dynamic index': {
    takes: ['dynamic', 'long'],
    sql: "nullif(json_extract({0}, case when {1} < 0 then '$[#' || {1} || ']' else '$[' || {1} || ']' end)::varchar, 'null')",
  },
  array_length: dynamic(`case when json_type({0}) = 'ARRAY' then json_array_length({0})::bigint end`),
  array_concat: {
    takes: ['dynamic'],
    isVariadic: true,
    sql: ({ args }) =>
      `to_json(${args.map((arg) => `case when ${isArray(arg)} then ${items(arg)} else [] end`).reduce((a, b) => `list_concat(${a}, ${b})`)})::varchar`,
  },
  array_slice: {
    takes: ['dynamic', 'long', 'long'],
    sql: "case when json_type({0}) = 'ARRAY' then to_json(list_slice(json_extract({0}, '$[*]'), case when {1} < 0 then greatest(json_array_length({0})::bigint + {1}, 0) + 1 else {1} + 1 end, case when {2} < 0 then json_array_length({0})::bigint + {2} + 1 else {2} + 1 end))::varchar end",
  },
  array_reverse: dynamic(
    "case when json_type({0}) = 'ARRAY' then to_json(list_reverse(json_extract({0}, '$[*]')))::varchar end",
  ),
  array_sum: dynamic(
    "case when json_type({0}) = 'ARRAY' then coalesce(list_sum(list_transform(json_extract({0}, '$[*]'), lambda x: try_cast(x::varchar as double))), 0) end",
  ),
  array_index_of: {
    takes: ['dynamic', 'string'],
    sql: "coalesce(list_position(json_extract_string({0}, '$[*]'), {1}) - 1, -1)",
  },
  array_sort_asc: sorted('asc'),
  array_sort_desc: sorted('desc'),
  'array_sort_asc together': sortedTogether('asc'),
  'array_sort_desc together': sortedTogether('desc'),
  set_has_element: {
    takes: ['dynamic', 'string'],
    sql: "coalesce(list_contains(json_extract_string({0}, '$[*]'), {1}), false)",
  },
  pack_array: {
    takes: ['any'],
    isVariadic: true,
    sql: (printed) => `json_array(${printed.args.map((_, index) => asJson(printed, index)).join(', ')})::varchar`,
  },
  bag_pack: { takes: ['any'], isVariadic: true, sql: bagPack },
  bag_pack_not_empty: { takes: ['any'], isVariadic: true, sql: bagPackNotEmpty },
  bag_keys: dynamic("case when json_type({0}) = 'OBJECT' then to_json(json_keys({0}))::varchar end"),
  'is bag': dynamic("coalesce(json_type({0}) = 'OBJECT', false)"),
  bag_has_key: {
    takes: ['dynamic', 'string'],
    sql: "case when json_type({0}) = 'OBJECT' then list_contains(json_keys({0}), {1}) end",
  },
  range: {
    takes: ['long', 'long', 'long'],
    sql: ({ args: [from, to, step = '1'] }) => {
      // Kusto gives at most this many values.
      const last = `${from}::hugeint + 1048575 * ${step}::hugeint`;
      const end = `case when ${step} > 0 then least(${to}, ${last}) else greatest(${to}, ${last}) end`;
      return `to_json(generate_series(${from}, (${end})::bigint, ${step}))::varchar`;
    },
  },
  'range of ticks': {
    takes: ['any', 'any', 'any'],
    usesOften: true,
    sql: ({ args: [from = '', to = '', step = ''], exprs }) => {
      const type = exprs[0]?.type ?? 'datetime';
      const last =
        type === 'real'
          ? `cast(floor((${to} - ${from}) / ${step} + 1e-9) as bigint)`
          : `((${to} - ${from}) // ${step})`;
      const item = convertSql(`(${from} + i * ${step})`, type, 'dynamic');
      return `case when (${to} - ${from}) * sign(${step}) >= 0 then '[' || array_to_string(list_transform(range(least(${last}, 1048575) + 1), lambda i: ${item}), ',') || ']' when ${from} is not null and ${to} is not null then '[]' end`;
    },
  },
  bag_merge: { takes: ['dynamic'], isVariadic: true, usesOften: true, sql: bagMerge },
  set_union: {
    takes: ['dynamic'],
    isVariadic: true,
    usesOften: true,
    sql: ({ args }) => setOf(args.map(elementTexts).reduce((a, b) => `list_concat(${a}, ${b})`)),
  },
  set_intersect: {
    takes: ['dynamic'],
    isVariadic: true,
    usesOften: true,
    sql: ({ args }) =>
      setOf(args.map(elementTexts).reduce((a, b) => `list_filter(${a}, lambda v: list_contains(${b}, v))`)),
  },
  set_difference: {
    takes: ['dynamic'],
    isVariadic: true,
    usesOften: true,
    sql: ({ args }) =>
      setOf(args.map(elementTexts).reduce((a, b) => `list_filter(${a}, lambda v: not list_contains(${b}, v))`)),
  },
  dcount_hll: dynamic('coalesce(json_array_length({0})::bigint, 0)'),
  hll_merge: {
    takes: ['dynamic'],
    isVariadic: true,
    usesOften: true,
    sql: ({ args }) => setOf(args.map(elementTexts).reduce((a, b) => `list_concat(${a}, ${b})`)),
  },
  merge_tdigest: {
    takes: ['dynamic'],
    isVariadic: true,
    usesOften: true,
    sql: ({ args }) =>
      `to_json(${args.map((arg) => `coalesce(${items(arg)}, [])`).reduce((a, b) => `list_concat(${a}, ${b})`)})::varchar`,
  },
  'percentile of digest': {
    takes: ['dynamic', 'real'],
    usesOften: true,
    sql: "list_aggregate(list_transform(json_extract_string({0}, '$[*]'), lambda t: try_cast(t as double)), 'quantile_disc', {1} / 100.0)",
  },
  rank_tdigest: {
    takes: ['dynamic', 'real'],
    usesOften: true,
    sql: "len(list_filter(json_extract_string({0}, '$[*]'), lambda t: try_cast(t as double) <= {1}))",
  },
  percentrank_tdigest: {
    takes: ['dynamic', 'real'],
    usesOften: true,
    sql: "100.0 * len(list_filter(json_extract_string({0}, '$[*]'), lambda t: try_cast(t as double) <= {1})) / json_array_length({0})",
  },
  gettype: {
    takes: ['any'],
    sql: ({ args, exprs }) => {
      const type = exprs[0]?.type ?? 'string';
      if (type !== 'dynamic') return `'${type}'`;
      return `case json_type(${args[0]}) when 'ARRAY' then 'array' when 'OBJECT' then 'dictionary' when 'VARCHAR' then 'string' when 'BOOLEAN' then 'bool' when 'DOUBLE' then 'double' when 'BIGINT' then 'long' when 'UBIGINT' then 'long' else 'null' end`;
    },
  },
};
