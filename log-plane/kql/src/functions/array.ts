import type { FunctionEntry } from './entry.ts';
import { arrayOf, elementsOf, ifArray, isArray, pointer, textsOf } from './json-text.ts';

const shifted = (direction: 1 | -1): FunctionEntry => ({
  takes: ['dynamic', 'long', 'any'],
  usesOften: true,
  sql: ({ args: [array = '', count = '0', filler], exprs }) => {
    const by = direction === 1 ? count : `(-(${count}))`;
    const type = exprs[2]?.type;
    const fill = filler === undefined || type === undefined ? "'null'" : `coalesce(${asJson(filler, type)}, 'null')`;
    const size = `json_array_length(${array})::bigint`;
    const items = `list_transform(${elementsOf(array)}, lambda e: coalesce(e, 'null'))`;
    const filling = `list_transform(range(least(abs(${by}), ${size})), lambda i: ${fill})`;
    const kept = `case when ${by} >= 0 then list_concat(list_slice(${items}, ${by} + 1, ${size}), ${filling}) else list_concat(${filling}, list_slice(${items}, 1, greatest(${size} + ${by}, 0))) end`;
    return ifArray(array, arrayOf(kept));
  },
});

const rotated = (direction: 1 | -1): FunctionEntry => ({
  takes: ['dynamic', 'long'],
  usesOften: true,
  sql: ({ args: [array = '', count = '0'] }) => {
    const size = `json_array_length(${array})::bigint`;
    const by = direction === 1 ? count : `(-(${count}))`;
    const start = `((${by} % greatest(${size}, 1)) + ${size}) % greatest(${size}, 1)`;
    const items = elementsOf(array);
    return ifArray(
      array,
      arrayOf(`list_concat(list_slice(${items}, ${start} + 1, ${size}), list_slice(${items}, 1, ${start}))`),
    );
  },
});

const asJson = (value: string, type: string): string => (type === 'dynamic' ? value : `to_json(${value})::varchar`);

/** Each condition chooses from the element at its place; a single value serves every place. */
const arrayIff: FunctionEntry = {
  takes: ['dynamic', 'any', 'any'],
  usesOften: true,
  sql: ({ args: [conditions = '', whenTrue = '', whenFalse = ''], exprs }) => {
    const count = `json_array_length(${conditions})::bigint`;
    const branch = (value: string, type: string) =>
      type === 'dynamic'
        ? `case when ${isArray(value)} then ${elementsOf(value)} else list_transform(range(${count}), lambda i: ${value}) end`
        : `list_transform(range(${count}), lambda i: ${asJson(value, type)})`;
    const zipped = `list_zip(${textsOf(conditions)}, ${branch(whenTrue, exprs[1]?.type ?? 'string')}, ${branch(whenFalse, exprs[2]?.type ?? 'string')})[1:${count}]`;
    const holds = "coalesce(lower(z[1]) = 'true' or try_cast(z[1] as double) <> 0, false)";
    return ifArray(
      conditions,
      arrayOf(
        `list_transform(${zipped}, lambda z: case when z[1] is null then null when ${holds} then z[2] else z[3] end)`,
      ),
    );
  },
};

export const ARRAY: Readonly<Record<string, FunctionEntry>> = {
  array_rotate_left: rotated(1),
  array_rotate_right: rotated(-1),
  array_shift_left: shifted(1),
  array_shift_right: shifted(-1),
  array_iff: arrayIff,
  array_split: {
    takes: ['dynamic', 'dynamic'],
    usesOften: true,
    sql: ({ args: [array = '', at = ''] }) => {
      const size = `json_array_length(${array})::bigint`;
      const given = `case when ${isArray(at)} then list_transform(${textsOf(at)}, lambda t: try_cast(t as bigint)) else [try_cast(${at} as bigint)] end`;
      const places = `list_transform(${given}, lambda p: case when p < 0 then greatest(${size} + p, 0) else least(p, ${size}) end)`;
      const pairs = `list_zip(list_concat([0::bigint], ${places}), list_concat(${places}, [${size}]))`;
      const items = elementsOf(array);
      const piece = `'[' || array_to_string(list_transform(list_slice(${items}, z[1] + 1, z[2]), lambda t: coalesce(t, 'null')), ',') || ']'`;
      return ifArray(array, arrayOf(`list_transform(${pairs}, lambda z: ${piece})`));
    },
  },
  zip: {
    takes: ['dynamic'],
    isVariadic: true,
    usesOften: true,
    sql: ({ args }) => {
      const lists = args.map((arg) => `case when ${isArray(arg)} then ${elementsOf(arg)} else [${arg}] end`);
      const row = args.map((_, index) => `coalesce(z[${index + 1}], 'null')`).join(` || ',' || `);
      return arrayOf(`list_transform(list_zip(${lists.join(', ')}), lambda z: '[' || ${row} || ']')`);
    },
  },
  bag_zip: {
    takes: ['dynamic', 'dynamic'],
    usesOften: true,
    sql: ({ args: [keys = '', values = ''] }) => {
      const zipped = `list_zip(${elementsOf(keys)}, ${elementsOf(values)})[1:json_array_length(${keys})::bigint]`;
      const pairs = `list_filter(${zipped}, lambda z: z[1] is not null and starts_with(z[1], '"'))`;
      const bag = `('{' || array_to_string(list_transform(${pairs}, lambda z: z[1] || ':' || coalesce(z[2], 'null')), ',') || '}')`;
      return `case when ${isArray(keys)} and ${isArray(values)} then ${bag} end`;
    },
  },
  bag_remove_keys: {
    takes: ['dynamic', 'dynamic'],
    usesOften: true,
    sql: ({ args: [bag = '', keys = ''] }) => {
      const left = `list_filter(json_keys(${bag}), lambda k: not coalesce(list_contains(${textsOf(keys)}, k), false))`;
      const pairs = `list_transform(${left}, lambda k: to_json(k)::varchar || ':' || json_extract(${bag}, ${pointer('k')})::varchar)`;
      return `case when json_type(${bag}) = 'OBJECT' then '{' || array_to_string(${pairs}, ',') || '}' end`;
    },
  },
  bag_set_key: {
    takes: ['dynamic', 'string', 'any'],
    usesOften: true,
    sql: ({ args: [bag = '', key = '', value = ''], exprs }) => {
      const others = `list_filter(json_keys(${bag}), lambda k: k <> ${key})`;
      const pairs = `list_transform(${others}, lambda k: to_json(k)::varchar || ':' || json_extract(${bag}, ${pointer('k')})::varchar)`;
      const json = `coalesce(${asJson(value, exprs[2]?.type ?? 'string')}, 'null')`;
      return `case when json_type(${bag}) = 'OBJECT' then '{' || array_to_string(list_append(${pairs}, to_json(${key})::varchar || ':' || ${json}), ',') || '}' end`;
    },
  },
  set_equals: {
    takes: ['dynamic', 'dynamic'],
    usesOften: true,
    sql: ({ args: [a = '', b = ''] }) =>
      `case when ${isArray(a)} and ${isArray(b)} then list_sort(list_distinct(${elementsOf(a)})) = list_sort(list_distinct(${elementsOf(b)})) end`,
  },
  jaccard_index: {
    takes: ['dynamic', 'dynamic'],
    returns: 'real',
    usesOften: true,
    sql: ({ args: [a = '', b = ''] }) => {
      const [left, right] = [`list_distinct(${elementsOf(a)})`, `list_distinct(${elementsOf(b)})`];
      return `len(list_intersect(${left}, ${right}))::double / len(list_distinct(list_concat(${left}, ${right})))`;
    },
  },
  dynamic_to_json: { takes: ['dynamic'], sql: "coalesce({0}, '')" },
};
