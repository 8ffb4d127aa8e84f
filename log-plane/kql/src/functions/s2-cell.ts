import type { FunctionEntry } from './entry.ts';
import { bound, geo, point } from './geo.ts';

/** Cells of the S2 grid by their tokens: the hexadecimal of 64 bits without the noughts at its end. */

/** The position of a child in its parent → its i and j, by orientation; and how the orientation turns. */
const POSITION_TO_IJ = '[0, 1, 3, 2, 0, 2, 3, 1, 3, 2, 0, 1, 3, 1, 0, 2]';
const POSITION_TO_TURN = '[1, 0, 0, 3]';

/** {f: face, l: level, i, j: the cell's place on its face in cells of its level}; null where the token is none. */
function cell(token: string): string {
  const bits = `('0x' || rpad(lower(${token}), 16, '0'))::ubigint`;
  // The last one that is set tells the level: it stands at an even place.
  const trailing = `list_filter(range(0, 61), lambda k: (b.v >> k::ubigint) & 1::ubigint = 1::ubigint)[1]`;
  const digits = `list_transform(range(c.l), lambda k: ((c.v >> (59 - 2 * k)::ubigint) & 3::ubigint)::bigint)`;
  const step = `lambda a, d: list_transform([${POSITION_TO_IJ}[a.o * 4 + d.d + 1]], lambda x: {'o': xor(a.o, ${POSITION_TO_TURN}[d.d + 1])::bigint, 'i': a.i * 2 + (x >> 1), 'j': a.j * 2 + (x & 1), 'd': 0::bigint})[1]`;
  const start = `{'o': c.f & 1, 'i': 0::bigint, 'j': 0::bigint, 'd': 0::bigint}`;
  const states = `list_prepend(${start}, list_transform(${digits}, lambda d: {'o': 0::bigint, 'i': 0::bigint, 'j': 0::bigint, 'd': d}))`;
  const walked = bound('w', `list_reduce(${states}, ${step})`, `{'f': c.f, 'l': c.l, 'i': w.i, 'j': w.j}`);
  const parts = `{'v': b.v, 'f': (b.v >> 61::ubigint)::bigint, 'l': 30 - z // 2}`;
  return `case when regexp_full_match(${token}, '[0-9A-Fa-f]{1,16}') then ${bound(
    'b',
    `{'v': ${bits}}`,
    bound(
      'z',
      trailing,
      `case when z % 2 = 0 and b.v >> 61::ubigint < 6::ubigint then ${bound('c', parts, walked)} end`,
    ),
  )} end`;
}

/** A place on the face of a cell, in cells of its level, as longitude and latitude. */
function placeOn(face: string, level: string, i: string, j: string): string {
  const uv = (at: string) =>
    bound(
      's',
      `${at} / pow(2, ${level})`,
      'case when s >= 0.5 then (4 * s * s - 1) / 3 else (1 - 4 * (1 - s) * (1 - s)) / 3 end',
    );
  const xyz = `case ${face} when 0 then [1, p.u, p.v] when 1 then [-p.u, 1, p.v] when 2 then [-p.u, -p.v, 1] when 3 then [-1, -p.v, -p.u] when 4 then [p.v, -1, -p.u] else [p.v, p.u, -1] end`;
  return bound(
    'p',
    `{'u': ${uv(i)}::double, 'v': ${uv(j)}::double}`,
    bound('x', xyz, `{'x': degrees(atan2(x[2], x[1])), 'y': degrees(atan2(x[3], sqrt(x[1] * x[1] + x[2] * x[2])))}`),
  );
}

const CORNERS = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
  [0, 0],
] as const;

export const S2_CELL: Readonly<Record<string, FunctionEntry>> = {
  geo_s2cell_to_central_point: geo(['string'], ([token = '']) =>
    bound(
      'g',
      cell(token),
      `case when g is not null then ${bound('o', placeOn('g.f', 'g.l', '(g.i + 0.5)', '(g.j + 0.5)'), point('o.x', 'o.y'))} end`,
    ),
  ),
  geo_s2cell_to_polygon: geo(['string'], ([token = '']) => {
    const corners = CORNERS.map(([i, j]) =>
      bound('o', placeOn('g.f', 'g.l', `(g.i + ${i})`, `(g.j + ${j})`), '[o.x, o.y]'),
    );
    const json = `'{"type":"Polygon","coordinates":' || to_json([[${corners.join(', ')}]])::varchar || '}'`;
    return bound('g', cell(token), `case when g is not null then ${json} end`);
  }),
};
