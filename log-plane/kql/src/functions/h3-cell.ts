import type { FunctionEntry } from './entry.ts';

/**
 * What the bits of an H3 cell alone tell: four bits of mode (1), three reserved, four of the level, seven of the base
 * cell, then three a level; those below the cell's own are all set.
 */

const PENTAGONS = [4, 14, 24, 38, 49, 58, 63, 72, 83, 97, 107, 117];

const bound = (name: string, value: string, within: string): string =>
  `(list_transform([${value}], lambda ${name}: ${within}))[1]`;

const part = (cell: string, shift: string, mask: number): string => `((${cell} >> (${shift})) & ${mask})`;
const level = (cell: string): string => part(cell, '52', 15);
const digit = (cell: string, at: string): string => part(cell, `3 * (15 - (${at}))`, 7);
const text = (cell: string): string => `lower(to_hex(${cell}))`;

/** `within` sees the cell as the bigint `h.c`; null or `missing` where the text is none. */
function ofCell(token: string, within: string, missing = 'null'): string {
  const own = `list_transform(range(1, ${level('h.c')} + 1), lambda k: ${digit('h.c', 'k')})`;
  const below = `list_transform(range(${level('h.c')} + 1, 16), lambda k: ${digit('h.c', 'k')})`;
  const first = `coalesce(list_filter(${own}, lambda d: d <> 0)[1], 0)`;
  const isValid = [
    `h.c > 0 and ${part('h.c', '56', 127)} = 8`,
    `${part('h.c', '45', 127)} < 122`,
    `not list_contains(${own}, 7)`,
    `coalesce(list_min(${below}), 7) = 7`,
    // Five cells lie round a pentagon: the sixth is missing.
    `not (list_contains([${PENTAGONS.join(', ')}], ${part('h.c', '45', 127)}) and ${first} = 1)`,
  ].join(' and ');
  const parsed = bound(
    'h',
    `{'c': ('0x' || ${token})::ubigint::hugeint::bigint}`,
    `case when ${isValid} then ${within} else ${missing} end`,
  );
  return `case when regexp_full_match(${token}, '8[0-9A-Fa-f]{14}') then ${parsed} else ${missing} end`;
}

/** The cell at a coarser level that it lies in. */
const parent = (cell: string, at: string): string =>
  `((${cell} & ~(15::bigint << 52)) | ((${at})::bigint << 52) | ((1::bigint << (3 * (15 - (${at})))) - 1))`;

/** The cells that lie in a cell at the level `r`, in the order of their bits; five levels further at most. */
function children(): string {
  const [from, to] = [level('h.c'), 'r.to'];
  const start = `((h.c & ~(15::bigint << 52) & ~(((1::bigint << (3 * (15 - ${from}))) - 1) - ((1::bigint << (3 * (15 - ${to}))) - 1))) | (${to} << 52))`;
  const place = (m: string, q: string) => `((${m} // pow(7, r.n - 1 - ${q})::bigint) % 7)`;
  const bits = `list_sum(list_transform(range(r.n), lambda q: ${place('m', 'q')} << (3 * (14 - ${from} - q))))::bigint`;
  const own = `list_transform(range(1, ${from} + 1), lambda k: ${digit('h.c', 'k')})`;
  const isPentagon = `list_contains([${PENTAGONS.join(', ')}], ${part('h.c', '45', 127)}) and coalesce(list_max(${own}), 0) = 0`;
  const leads = `list_filter(list_transform(range(r.n), lambda q: ${place('m', 'q')}), lambda d: d <> 0)[1]`;
  const numbers = `list_filter(range(pow(7, r.n)::bigint), lambda m: not (${isPentagon} and coalesce(${leads}, 0) = 1))`;
  return `to_json(list_transform(${numbers}, lambda m: ${text(`(${start} + ${bits})`)}))::varchar`;
}

export const H3_CELL: Readonly<Record<string, FunctionEntry>> = {
  geo_h3cell_level: {
    takes: ['string'],
    usesOften: true,
    sql: ({ args: [token = ''] }) => ofCell(token, `${level('h.c')}::integer`),
  },
  geo_h3cell_children: {
    takes: ['string', 'long'],
    usesOften: true,
    sql: ({ args: [token = '', wanted] }) => {
      const to = wanted === undefined ? `${level('h.c')} + 1` : `(${wanted})::bigint`;
      const isNear = `r.n between 1 and 5 and r.to <= 15`;
      return ofCell(
        token,
        bound('r', `{'to': ${to}, 'n': ${to} - ${level('h.c')}}`, `case when ${isNear} then ${children()} end`),
      );
    },
  },
  geo_h3cell_parent: {
    takes: ['string', 'long'],
    usesOften: true,
    sql: ({ args: [token = '', wanted] }) =>
      ofCell(
        token,
        bound(
          'r',
          wanted === undefined ? `${level('h.c')} - 1` : `(${wanted})::bigint`,
          `case when r >= 0 and r <= ${level('h.c')} then ${text(parent('h.c', 'r'))} else '' end`,
        ),
        "''",
      ),
  },
};
