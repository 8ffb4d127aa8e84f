import { printText } from '../sql/print-literal.ts';
import { convertSql } from './conversion.ts';
import { constantOf, type FunctionEntry, type PrintedCall } from './entry.ts';
import { listLength } from './list-length.ts';

/** Positions at which the text occurs, from 0. */
const positions = (text: string, sought: string): string =>
  `list_filter(range(greatest(length(${text}) - length(${sought}) + 1, 0)), lambda i: substr(${text}, i + 1, length(${sought})) = ${sought})`;

function indexof({ args, exprs }: PrintedCall): string {
  const [text = '', sought = '', start = '0', length = '-1', occurrence = '1'] = args;
  if (args.length === 2) return `instr(${text}, ${sought}) - 1`;
  const from = `case when ${start} < 0 then length(${text}) + ${start} else ${start} end`;
  const isOpen = args.length < 4 || (exprs[3]?.kind === 'literal' && exprs[3].value === -1n);
  const end = isOpen
    ? `length(${text})`
    : `case when ${length} < 0 then length(${text}) else (${from}) + ${length} end`;
  const within = `list_filter(${positions(text, sought)}, lambda p: p >= (${from}) and p < (${end}))`;
  return `coalesce(${within}[${occurrence}], -1)`;
}

function substring({ args }: PrintedCall): string {
  const [text = '', start = '0', length] = args;
  const from = `case when ${start} >= 0 then ${start} + 1 else ${start} end`;
  return length === undefined ? `substr(${text}, ${from})` : `substr(${text}, ${from}, greatest(${length}, 0))`;
}

/** Kusto writes groups of a replacement as $1 and \1; RE2 knows \1 only. */
function replaceRegex({ args }: PrintedCall): string {
  const [text, pattern, rewrite = ''] = args;
  return `regexp_replace(${text}, ${pattern}, regexp_replace(${rewrite}, '\\$(\\d)', '\\\\\\1', 'g'), 'g')`;
}

function trim(printed: PrintedCall, sides: 'start' | 'end' | 'both'): string {
  const [pattern = '', text = ''] = printed.args;
  const begin = (of: string) => `regexp_replace(${of}, '^(?:' || ${pattern} || ')', '')`;
  const end = (of: string) => `regexp_replace(${of}, '(?:' || ${pattern} || ')$', '')`;
  if (sides === 'start') return begin(text);
  return sides === 'end' ? end(text) : begin(end(text));
}

function extract({ args, exprs, type }: PrintedCall): string {
  const [pattern = '', group = '1', text = ''] = args;
  const found = `regexp_extract(${text}, ${pattern}, ${group.replace('::bigint', '')}::integer)`;
  const target = exprs[3];
  return target === undefined || type === 'string' ? found : convertSql(found, 'string', type);
}

function split(printed: PrintedCall): string {
  const [text = '', delimiter = '', index] = printed.args;
  const parts = `string_split(${text}, ${delimiter})`;
  if (index === undefined) return `to_json(${parts})::varchar`;
  return `to_json(case when ${index} >= 0 and ${index} < len(${parts}) then [${parts}[${index} + 1]] else [] end)::varchar`;
}

/** How often the text (overlaps counted) or, with 'regex', the pattern occurs. */
function countof(printed: PrintedCall): string {
  const [text = '', sought = ''] = printed.args;
  if (constantOf(printed, 2) === 'regex') return `len(regexp_extract_all(${text}, ${sought}))`;
  return `case when ${sought} = '' then 0 else len(${positions(text, sought)}) end`;
}

/** Capturing groups of a pattern. */
export function groupCount(pattern: string): number {
  return (pattern.replace(/\\./g, '').match(/\((?!\?(?!P?<))/g) ?? []).length;
}

function chosenGroups(expr: PrintedCall['exprs'][number] | undefined): readonly number[] | undefined {
  const parsed: unknown =
    expr?.kind === 'literal' && typeof expr.value === 'string' ? JSON.parse(expr.value) : undefined;
  return Array.isArray(parsed) && parsed.every((item) => typeof item === 'number') ? parsed : undefined;
}

const one = (sql: string, takes: FunctionEntry['takes'] = ['string']): FunctionEntry => ({ takes, sql });

export const STRING: Readonly<Record<string, FunctionEntry>> = {
  strlen: one('length({0})'),
  string_size: one('strlen({0})'),
  tolower: one('lower({0})'),
  toupper: one('upper({0})'),
  strcat: {
    takes: ['string'],
    isVariadic: true,
    sql: ({ args }) => args.join(' || '),
  },
  strcat_delim: { takes: ['string'], isVariadic: true, sql: 'concat_ws({*})' },
  strcat_array: one(
    "coalesce(array_to_string(list_transform(json_extract_string({0}, '$[*]'), lambda x: coalesce(x, '')), {1}), '')",
    ['dynamic', 'string'],
  ),
  substring: { takes: ['string', 'long', 'long'], sql: substring },
  indexof: { takes: ['string', 'string', 'long', 'long', 'long'], usesOften: true, sql: indexof },
  replace_string: one('replace({0}, {1}, {2})', ['string', 'string', 'string']),
  replace_regex: { takes: ['string', 'string', 'string'], sql: replaceRegex },
  reverse: one('reverse({0})'),
  repeat: {
    takes: ['any', 'long'],
    returns: 'dynamic',
    usesOften: true,
    sql: ({ args: [value = '', times = ''], exprs }) => {
      const json = `coalesce(${convertSql(value, exprs[0]?.type ?? 'string', 'dynamic')}, 'null')`;
      return `'[' || array_to_string(list_transform(range(${listLength(times)}), lambda i: ${json}), ',') || ']'`;
    },
  },
  strrep: {
    takes: ['string', 'long', 'string'],
    usesOften: true,
    sql: ({ args: [text = '', times = '', delimiter = "''"] }) =>
      `case when ${times} > 0 then repeat(${text} || ${delimiter}, (${listLength(times)}) - 1) || ${text} else '' end`,
  },
  strcmp: one('case when {0} < {1} then -1 when {0} > {1} then 1 else 0 end', ['string', 'string']),
  trim: { takes: ['string', 'string'], sql: (printed) => trim(printed, 'both') },
  trim_start: { takes: ['string', 'string'], sql: (printed) => trim(printed, 'start') },
  trim_end: { takes: ['string', 'string'], sql: (printed) => trim(printed, 'end') },
  split: { takes: ['string', 'string', 'long'], returns: 'dynamic', sql: split },
  extract: { takes: ['string', 'long', 'string', 'any'], sql: extract },
  'regex group': one('regexp_extract({0}, {1}, {2}::integer)', ['string', 'string', 'long']),
  'pair value': one(
    "coalesce(regexp_extract_all({0}, {1}, 2)[list_position(list_transform(regexp_extract_all({0}, {1}, 1), lambda k: trim(k)), {2})], '')",
    ['string', 'string', 'string'],
  ),
  extract_all: {
    takes: ['string', 'any', 'string'],
    usesOften: true,
    sql: ({ args, exprs }) => {
      const [pattern = '', groups, text = groups ?? ''] = args;
      const own = exprs[0]?.kind === 'literal' ? groupCount(String(exprs[0].value)) : 0;
      const all = (group: bigint | number) => `regexp_extract_all(${text}, ${pattern}, ${group})`;
      const wanted = args.length === 2 ? undefined : chosenGroups(exprs[1]);
      const numbers = wanted ?? Array.from({ length: own }, (_, index) => index + 1);
      if (numbers.length === 1)
        return `case when len(${all(0)}) > 0 then to_json(${all(numbers[0] ?? 1)})::varchar end`;
      const rows = `list_transform(range(len(${all(0)})), lambda i: [${numbers.map((group) => `coalesce(${all(group)}[i + 1], '')`).join(', ')}])`;
      return `case when len(${all(0)}) > 0 then to_json(${rows})::varchar end`;
    },
  },
  countof: { takes: ['string', 'string', 'string'], usesOften: true, sql: countof },
  url_encode: one("replace(url_encode({0}), '%20', '+')"),
  url_encode_component: one('url_encode({0})'),
  url_decode: one('url_decode({0})'),
  base64_encode_tostring: one('base64(encode({0}))'),
  hash_md5: one('md5({0})', ['string']),
  hash_sha1: one('sha1({0})', ['string']),
  hash_sha256: one('sha256({0})', ['string']),
  has_any_index: one(
    "coalesce(list_position(list_transform(json_extract_string({1}, '$[*]'), lambda t: regexp_matches({0}, '(?is)(?:^|[^\\p{L}\\p{N}])' || regexp_escape(t) || '(?:$|[^\\p{L}\\p{N}])')), true) - 1, -1)",
    ['string', 'dynamic'],
  ),
  isascii: one("regexp_full_match({0}, '[\\x00-\\x7f]*')"),
  isutf8: one('true'),
  parse_url: {
    takes: ['string'],
    sql: ({ args: [url] }) => {
      const part = (pattern: string, group: number) => `regexp_extract(${url}, ${printText(pattern)}, ${group})`;
      const shape =
        '^(?:([A-Za-z][A-Za-z0-9+.-]*)://)?(?:([^:@/?#]*)(?::([^@/?#]*))?@)?([^:/?#]*)(?::(\\d+))?([^?#]*)(?:\\?([^#]*))?(?:#(.*))?$';
      const pairs = `list_filter(string_split(${part(shape, 7)}, '&'), lambda p: p <> '')`;
      const query = `json(coalesce('{' || nullif(array_to_string(list_transform(${pairs}, lambda p: to_json(split_part(p, '=', 1))::varchar || ':' || to_json(substr(p, length(split_part(p, '=', 1)) + 2))::varchar), ','), '') || '}', '{}'))`;
      return `json_object('Scheme', ${part(shape, 1)}, 'Host', ${part(shape, 4)}, 'Port', ${part(shape, 5)}, 'Path', ${part(shape, 6)}, 'Username', ${part(shape, 2)}, 'Password', ${part(shape, 3)}, 'Query Parameters', ${query}, 'Fragment', ${part(shape, 8)})::varchar`;
    },
  },
};
