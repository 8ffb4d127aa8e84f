import type { FunctionEntry } from './entry.ts';

const SHAPE = '^\\s*(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})(?:/(\\d{1,2}))?\\s*$';
const octet = (text: string, index: number): string =>
  `try_cast(regexp_extract(${text}, '${SHAPE}', ${index}) as bigint)`;
const isValid = (text: string): string =>
  `regexp_matches(${text}, '${SHAPE}') and ${[1, 2, 3, 4].map((index) => `${octet(text, index)} <= 255`).join(' and ')}`;
const number = (text: string): string =>
  `(${octet(text, 1)} * 16777216 + ${octet(text, 2)} * 65536 + ${octet(text, 3)} * 256 + ${octet(text, 4)})`;
const prefix = (text: string): string => `coalesce(${octet(text, 5)}, 32)`;
const network = (text: string, bits: string): string => `(${number(text)} >> (32 - ${bits}))`;

const PRIVATE: readonly (readonly [bigint, bigint])[] = [
  [167772160n, 184549375n],
  [2886729728n, 2887778303n],
  [3232235520n, 3232301055n],
];

export const NETWORK: Readonly<Record<string, FunctionEntry>> = {
  parse_ipv4: {
    takes: ['string'],
    sql: ({ args: [ip = ''] }) =>
      `case when ${isValid(ip)} then (${number(ip)} >> (32 - ${prefix(ip)})) << (32 - ${prefix(ip)}) end`,
  },
  ipv4_is_private: {
    takes: ['string'],
    sql: ({ args: [ip = ''] }) =>
      `case when ${isValid(ip)} then ${PRIVATE.map(([from, to]) => `${number(ip)} between ${from} and ${to}`).join(' or ')} end`,
  },
  ipv4_is_in_range: {
    takes: ['string', 'string'],
    sql: ({ args: [ip = '', range = ''] }) =>
      `case when ${isValid(ip)} and ${isValid(range)} then ${network(ip, prefix(range))} = ${network(range, prefix(range))} end`,
  },
  ipv4_is_match: {
    takes: ['string', 'string', 'long'],
    sql: ({ args: [a = '', b = '', bits = '32'] }) => {
      const shared = `least(${prefix(a)}, ${prefix(b)}, ${bits})`;
      return `case when ${isValid(a)} and ${isValid(b)} then ${network(a, shared)} = ${network(b, shared)} end`;
    },
  },
  ipv4_compare: {
    takes: ['string', 'string', 'long'],
    sql: ({ args: [a = '', b = '', bits = '32'] }) => {
      const shared = `least(${prefix(a)}, ${prefix(b)}, ${bits})`;
      return `case when ${isValid(a)} and ${isValid(b)} then sign(${network(a, shared)} - ${network(b, shared)})::bigint end`;
    },
  },
  ipv4_netmask_suffix: {
    takes: ['string'],
    sql: ({ args: [ip = ''] }) => `case when ${isValid(ip)} then ${prefix(ip)} end`,
  },
};
