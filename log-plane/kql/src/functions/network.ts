import type { FunctionEntry, PrintedCall } from './entry.ts';
import { isArray, textsOf } from './json-text.ts';

const SHAPE = '^\\s*(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})(?:/(\\d{1,2}))?\\s*$';
const octet = (text: string, index: number): string =>
  `try_cast(regexp_extract(${text}, '${SHAPE}', ${index}) as bigint)`;
const isValid = (text: string): string =>
  `regexp_matches(${text}, '${SHAPE}') and ${[1, 2, 3, 4].map((index) => `${octet(text, index)} <= 255`).join(' and ')} and coalesce(${octet(text, 5)}, 0) <= 32`;
const number = (text: string): string =>
  `(${octet(text, 1)} * 16777216 + ${octet(text, 2)} * 65536 + ${octet(text, 3)} * 256 + ${octet(text, 4)})`;
const prefix = (text: string): string => `coalesce(${octet(text, 5)}, 32)`;
const network = (text: string, bits: string): string => `(${number(text)} >> (32 - ${bits}))`;
const dotted = (n: string): string =>
  `((${n}) >> 24)::varchar || '.' || (((${n}) >> 16) & 255)::varchar || '.' || (((${n}) >> 8) & 255)::varchar || '.' || ((${n}) & 255)::varchar`;
const masked = (n: string, bits: string): string => `(((${n}) >> (32 - ${bits})) << (32 - ${bits}))`;

const PRIVATE: readonly (readonly [bigint, bigint])[] = [
  [167772160n, 184549375n],
  [2886729728n, 2887778303n],
  [3232235520n, 3232301055n],
];

const inRange = (ip: string, range: string): string =>
  `case when ${isValid(ip)} and ${isValid(range)} then ${network(ip, prefix(range))} = ${network(range, prefix(range))} end`;

/** The ranges of a call: arrays and single texts; true where any holds. */
function anyRange({ args, exprs }: PrintedCall, holds: (range: string) => string): string {
  const ranges = args
    .slice(1)
    .map((arg, index) =>
      exprs[index + 1]?.type === 'dynamic'
        ? `case when ${isArray(arg)} then ${textsOf(arg)} else [json_extract_string(${arg}, '$')] end`
        : `[${arg}]`,
    )
    .reduce((a, b) => `list_concat(${a}, ${b})`);
  return `list_bool_or(list_transform(${ranges}, lambda r: ${holds('r')}))`;
}

/** An address in a text, with no digit or dot of a longer one beside it. */
const ADDRESSES = (text: string): string =>
  `regexp_extract_all(${text}, '(?:^|[^0-9A-Za-z.])(\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3})(?:$|[^0-9A-Za-z])', 1)`;
const isAddress = (text: string): string => `(${isValid(text)} and not contains(${text}, '/'))`;

const hasIp = (text: string, ip: string): string => `(${isAddress(ip)} and list_contains(${ADDRESSES(text)}, ${ip}))`;
/** A prefix ends with a dot or is a whole address. */
const hasPrefix = (text: string, start: string): string =>
  `((regexp_full_match(${start}, '(?:\\d{1,3}\\.){1,3}') or ${isAddress(start)}) and coalesce(list_bool_or(list_transform(${ADDRESSES(text)}, lambda a: ${isValid('a')} and case when ends_with(${start}, '.') then starts_with(a, ${start}) else a = ${start} end)), false))`;

function anyText({ args, exprs }: PrintedCall, holds: (sought: string) => string): string {
  return `coalesce(${anyRange({ args, exprs, type: 'bool' }, holds)}, false)`;
}

/** The 32 hex digits of an address of either kind (IPv4 as ::ffff:a.b.c.d); null for no address. */
function hex(text: string): string {
  const address = `split_part(trim(${text}), '/', 1)`;
  const mapped = `'00000000000000000000ffff' || lpad(lower(to_hex(${number(text)})), 8, '0')`;
  const tail = `regexp_extract(${address}, ':(\\d+\\.\\d+\\.\\d+\\.\\d+)$', 1)`;
  const tailHex = `lpad(lower(to_hex(${number(tail)})), 8, '0')`;
  const plain = `case when ${tail} <> '' then left(${address}, length(${address}) - length(${tail})) || left(${tailHex}, 4) || ':' || right(${tailHex}, 4) else ${address} end`;
  const side = (of: string) => `case when ${of} = '' then []::varchar[] else string_split(${of}, ':') end`;
  const groups = `case when contains(p, '::') then list_concat(list_concat(${side("split_part(p, '::', 1)")}, list_transform(range(greatest(8 - len(${side("split_part(p, '::', 1)")}) - len(${side("split_part(p, '::', 2)")}), 0)), lambda i: '0')), ${side("split_part(p, '::', 2)")}) else string_split(p, ':') end`;
  const digits = `list_transform(list_transform([${plain}], lambda p: ${groups}), lambda g: case when len(g) = 8 and list_bool_and(list_transform(g, lambda x: regexp_full_match(x, '[0-9a-fA-F]{1,4}'))) then array_to_string(list_transform(g, lambda x: lpad(lower(x), 4, '0')), '') end)[1]`;
  return `case when ${isValid(text)} then ${mapped} when contains(${text}, ':') then ${digits} end`;
}

/** Bits of the mask, counted over 128. */
const bits = (text: string): string =>
  `case when ${isValid(text)} then 96 + ${prefix(text)} else coalesce(try_cast(nullif(split_part(trim(${text}), '/', 2), '') as bigint), 128) end`;

const wide = (digits: string): string =>
  `((('0x' || left(${digits}, 16))::ubigint::uhugeint << 64) + ('0x' || right(${digits}, 16))::ubigint::uhugeint)`;
const top = (digits: string, size: string): string =>
  `(case when ${size} <= 0 then 0::uhugeint else ${wide(digits)} >> (128 - ${size})::uhugeint end)`;

const colons = (digits: string): string =>
  `array_to_string(list_transform(range(8), lambda i: substr(${digits}, i * 4 + 1, 4)), ':')`;

/** The digits with what is beyond the mask cleared. */
function maskedHex(text: string, size: string): string {
  const whole = `(${top(hex(text), size)} << (128 - ${size})::uhugeint)`;
  const half = (of: string) => `lpad(lower(to_hex((${of})::ubigint)), 16, '0')`;
  const low = '18446744073709551615::uhugeint';
  return `list_transform([${whole}], lambda w: ${half('(w >> 64::uhugeint)')} || ${half(`(w & ${low})`)})[1]`;
}

const ipv6 = (sql: (printed: PrintedCall) => string, takes: FunctionEntry['takes']): FunctionEntry => ({
  takes,
  usesOften: true,
  sql,
});

const shared6 = (a: string, b: string, given = '128'): string => `least(${bits(a)}, ${bits(b)}, ${given})`;

export const NETWORK: Readonly<Record<string, FunctionEntry>> = {
  parse_ipv4: {
    takes: ['string'],
    usesOften: true,
    sql: ({ args: [ip = ''] }) => `case when ${isValid(ip)} then ${masked(number(ip), prefix(ip))} end`,
  },
  parse_ipv4_mask: {
    takes: ['string', 'long'],
    usesOften: true,
    sql: ({ args: [ip = '', size = '32'] }) =>
      `case when ${isValid(ip)} then ${masked(number(ip), `least(${prefix(ip)}, ${size})`)} end`,
  },
  format_ipv4: {
    takes: ['any', 'long'],
    usesOften: true,
    sql: ({ args: [ip = '', size = '32'], exprs }) => {
      const isText = exprs[0]?.type === 'string';
      const n = isText ? number(ip) : `${ip}::bigint`;
      const mask = isText ? `least(${prefix(ip)}, ${size})` : size;
      const valid = isText ? isValid(ip) : `${ip} between 0 and 4294967295`;
      return `coalesce(case when ${valid} and ${size} between 0 and 32 then ${dotted(masked(n, mask))} end, '')`;
    },
  },
  format_ipv4_mask: {
    takes: ['any', 'long'],
    usesOften: true,
    sql: ({ args: [ip = '', size = '32'], exprs }) => {
      const isText = exprs[0]?.type === 'string';
      const n = isText ? number(ip) : `${ip}::bigint`;
      const mask = isText ? `least(${prefix(ip)}, ${size})` : size;
      const valid = isText ? isValid(ip) : `${ip} between 0 and 4294967295`;
      return `coalesce(case when ${valid} and ${size} between 0 and 32 then ${dotted(masked(n, mask))} || '/' || (${mask})::varchar end, '')`;
    },
  },
  ipv4_is_private: {
    takes: ['string'],
    usesOften: true,
    sql: ({ args: [ip = ''] }) =>
      `case when ${isValid(ip)} then ${PRIVATE.map(([from, to]) => `${number(ip)} between ${from} and ${to}`).join(' or ')} end`,
  },
  ipv4_is_in_range: {
    takes: ['string', 'string'],
    usesOften: true,
    sql: ({ args: [ip = '', range = ''] }) => inRange(ip, range),
  },
  ipv4_is_in_any_range: {
    takes: ['string', 'any'],
    isVariadic: true,
    usesOften: true,
    sql: (printed) => anyRange(printed, (range) => inRange(printed.args[0] ?? '', range)),
  },
  ipv4_is_match: {
    takes: ['string', 'string', 'long'],
    usesOften: true,
    sql: ({ args: [a = '', b = '', size = '32'] }) => {
      const shared = `least(${prefix(a)}, ${prefix(b)}, ${size})`;
      return `case when ${isValid(a)} and ${isValid(b)} then ${network(a, shared)} = ${network(b, shared)} end`;
    },
  },
  ipv4_compare: {
    takes: ['string', 'string', 'long'],
    usesOften: true,
    sql: ({ args: [a = '', b = '', size = '32'] }) => {
      const shared = `least(${prefix(a)}, ${prefix(b)}, ${size})`;
      return `case when ${isValid(a)} and ${isValid(b)} then sign(${network(a, shared)} - ${network(b, shared)})::bigint end`;
    },
  },
  ipv4_netmask_suffix: {
    takes: ['string'],
    usesOften: true,
    sql: ({ args: [ip = ''] }) => `case when ${isValid(ip)} then ${prefix(ip)} end`,
  },
  has_ipv4: {
    takes: ['string', 'string'],
    usesOften: true,
    sql: ({ args: [text = '', ip = ''] }) => hasIp(text, ip),
  },
  has_ipv4_prefix: {
    takes: ['string', 'string'],
    usesOften: true,
    sql: ({ args: [text = '', start = ''] }) => hasPrefix(text, start),
  },
  has_any_ipv4: {
    takes: ['string', 'any'],
    isVariadic: true,
    usesOften: true,
    sql: (printed) => anyText(printed, (ip) => hasIp(printed.args[0] ?? '', ip)),
  },
  has_any_ipv4_prefix: {
    takes: ['string', 'any'],
    isVariadic: true,
    usesOften: true,
    sql: (printed) => anyText(printed, (start) => hasPrefix(printed.args[0] ?? '', start)),
  },
  parse_ipv6: ipv6(
    ({ args: [ip = ''] }) => `coalesce(list_transform([${maskedHex(ip, bits(ip))}], lambda d: ${colons('d')})[1], '')`,
    ['string'],
  ),
  parse_ipv6_mask: ipv6(
    ({ args: [ip = '', size = '128'] }) =>
      `coalesce(list_transform([${maskedHex(ip, `least(${bits(ip)}, ${size})`)}], lambda d: ${colons('d')})[1], '')`,
    ['string', 'long'],
  ),
  ipv6_compare: ipv6(
    ({ args: [a = '', b = '', size] }) => {
      const shared = shared6(a, b, size);
      const [x, y] = [top(hex(a), shared), top(hex(b), shared)];
      return `case when ${x} = ${y} then 0 when ${x} < ${y} then -1 when ${x} > ${y} then 1 end`;
    },
    ['string', 'string', 'long'],
  ),
  ipv6_is_match: ipv6(
    ({ args: [a = '', b = '', size] }) => {
      const shared = shared6(a, b, size);
      return `${top(hex(a), shared)} = ${top(hex(b), shared)}`;
    },
    ['string', 'string', 'long'],
  ),
  ipv6_is_in_range: ipv6(
    ({ args: [ip = '', range = ''] }) => `${top(hex(ip), bits(range))} = ${top(hex(range), bits(range))}`,
    ['string', 'string'],
  ),
  ipv6_is_in_any_range: {
    takes: ['string', 'any'],
    isVariadic: true,
    usesOften: true,
    sql: (printed) =>
      anyRange(printed, (range) => `${top(hex(printed.args[0] ?? ''), bits(range))} = ${top(hex(range), bits(range))}`),
  },
};
