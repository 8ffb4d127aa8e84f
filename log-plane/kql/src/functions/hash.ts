import type { FunctionEntry } from './entry.ts';

/** XXH64 with the seed nought, which Kusto's `hash` is: over a text's UTF-8, or the eight bytes of a 64-bit value. */

const u = (value: string): string => `${value}::uhugeint`;
const MASK = u('18446744073709551615');
const P1 = u('11400714785074694791');
const P2 = u('14029467366897019727');
const P3 = u('1609587929392839161');
const P4 = u('9650029242287828579');
const P5 = u('2870177450012600261');

const times = (a: string, b: string): string => `((${a} * ${b}) & ${MASK})`;
const plus = (a: string, b: string): string => `((${a} + ${b}) & ${MASK})`;
const rotated = (x: string, by: number): string =>
  `(((${x} << ${u(String(by))}) | (${x} >> ${u(String(64 - by))})) & ${MASK})`;
/** A value bound to a name: it is used several times. */
const bound = (name: string, value: string, within: string): string =>
  `(list_transform([${value}], lambda ${name}: ${within}))[1]`;

const mixed = (lane: string): string => times(bound('q', lane, rotated('q', 31)), P1);
const round = (acc: string, lane: string): string => mixed(plus(acc, times(lane, P2)));

/** Bytes as a number, the last first; `at` counts bytes. */
const little = (at: string, count: number): string =>
  `('0x' || ${Array.from({ length: count }, (_, index) => `substr(w.h, 2 * (${at} + ${count - 1 - index}) + 1, 2)`).join(' || ')})::ubigint::uhugeint`;

/** The state after each of the chunks that begin at `from`, `size` bytes each. */
const folded = (
  start: string,
  from: string,
  count: string,
  size: number,
  step: (a: string, b: string) => string,
): string =>
  `list_reduce(list_prepend(${start}, list_transform(range(${count}), lambda i: ${little(`(${from} + ${size} * i)`, size)})), lambda a, b: ${step('a', 'b')})`;

function xxh64(hexBytes: string): string {
  const lane = (initial: string, index: number) =>
    `list_reduce(list_prepend(${initial}, list_transform(range(w.n // 32), lambda i: ${little(`(32 * i + ${8 * index})`, 8)})), lambda a, b: ${round('a', 'b')})`;
  const lanes = [plus(P1, P2), P2, u('0'), u(String((1n << 64n) - 11400714785074694791n))].map(lane);
  const merged = bound(
    'v',
    `[${lanes.join(', ')}]`,
    [1, 2, 3, 4].reduce(
      (sum, index) => plus(times(`xor(${sum}, ${round(u('0'), `v[${index}]`)})`, P1), P4),
      `((${[1, 7, 12, 18].map((by, index) => rotated(`v[${index + 1}]`, by)).join(' + ')}) & ${MASK})`,
    ),
  );
  const begun = plus(`(case when w.n >= 32 then ${merged} else ${P5} end)`, 'w.n::uhugeint');
  const eights = folded(begun, '(w.n // 32 * 32)', '(w.n % 32 // 8)', 8, (a, b) =>
    plus(times(bound('q', `xor(${a}, ${round(u('0'), b)})`, rotated('q', 27)), P1), P4),
  );
  const fours = folded(eights, '(w.n // 8 * 8)', '(w.n % 8 // 4)', 4, (a, b) =>
    plus(times(bound('q', `xor(${a}, ${times(b, P1)})`, rotated('q', 23)), P2), P3),
  );
  const ones = folded(fours, '(w.n // 4 * 4)', '(w.n % 4)', 1, (a, b) =>
    times(bound('q', `xor(${a}, ${times(b, P5)})`, rotated('q', 11)), P1),
  );
  const shaken = (value: string, by: number) => bound('q', value, `xor(q, q >> ${u(String(by))})`);
  const last = shaken(times(shaken(times(shaken(ones, 33), P2), 29), P3), 32);
  const signed = `case when z > ${u('9223372036854775807')} then (z::hugeint - 18446744073709551616::hugeint)::bigint else z::bigint end`;
  return bound('w', `{'h': ${hexBytes}, 'n': length(${hexBytes}) // 2}`, bound('z', last, signed));
}

/** Eight bytes of a whole number, the last first. */
const bytesOfLong = (x: string): string => {
  const digits = `lpad(to_hex(${x}), 16, '0')`;
  return Array.from({ length: 8 }, (_, index) => `substr(${digits}, ${15 - 2 * index}, 2)`).join(' || ');
};

export const HASH: Readonly<Record<string, FunctionEntry>> = {
  hash: {
    takes: ['any'],
    usesOften: true,
    sql: ({ args: [x = ''], exprs }) =>
      exprs[0]?.type === 'string' ? xxh64(`hex(encode(${x}))`) : xxh64(`(${bytesOfLong(x)})`),
  },
};
