import type { FunctionEntry } from './entry.ts';

/**
 * Points, lines and polygons on a sphere of the radius that Microsoft's engine takes (the one of its S2 library). Edges
 * are arcs of great circles.
 */
export const RADIUS = '6371010.0';

export const isPlace = (lng: string, lat: string): string =>
  `(${lng} between -180 and 180 and ${lat} between -90 and 90)`;

/** The angle between two places, by the haversine. */
export const angle = (lng1: string, lat1: string, lng2: string, lat2: string): string =>
  `(2 * asin(least(1, sqrt(pow(sin(radians(${lat2} - ${lat1}) / 2), 2) + cos(radians(${lat1})) * cos(radians(${lat2})) * pow(sin(radians(${lng2} - ${lng1}) / 2), 2)))))`;

/** GeoJSON positions as a list of {x, y}; what is no position is null. */
export const positions = (json: string): string =>
  `list_transform(json_extract(${json}, '$[*]')::json[], lambda p: {'x': try_cast(json_extract_string(p, '$[0]') as double), 'y': try_cast(json_extract_string(p, '$[1]') as double)})`;

export const typeOf = (json: string): string => `json_extract_string(${json}, '$.type')`;
export const coordinates = (json: string): string => `json_extract(${json}, '$.coordinates')`;

/** The lines of a LineString or MultiLineString: a list of lists of positions. */
export const linesOf = (json: string): string =>
  `case ${typeOf(json)} when 'LineString' then [${positions(coordinates(json))}] when 'MultiLineString' then list_transform(json_extract(${coordinates(json)}, '$[*]')::json[], lambda l: ${positions('l')}) end`;

/** The rings of a Polygon or MultiPolygon. */
const ringsOf = (json: string): string =>
  `case ${typeOf(json)} when 'Polygon' then list_transform(json_extract(${coordinates(json)}, '$[*]')::json[], lambda l: ${positions('l')}) when 'MultiPolygon' then flatten(list_transform(json_extract(${coordinates(json)}, '$[*]')::json[], lambda g: list_transform(json_extract(g, '$[*]')::json[], lambda l: ${positions('l')}))) end`;

/** Neighbouring positions of a list as {a, b}. */
export const edges = (list: string): string =>
  `list_zip(list_slice(${list}, 1, len(${list}) - 1), list_slice(${list}, 2, len(${list})))`;

export const isGood = (list: string, least: number): string =>
  `(len(${list}) >= ${least} and list_bool_and(list_transform(${list}, lambda p: coalesce(${isPlace('p.x', 'p.y')}, false))))`;

/** A ring closes, has three corners at least, and none twice in turn. */
export const isRing = (ring: string): string =>
  `(${isGood(ring, 4)} and ${ring}[1] = ${ring}[-1] and list_bool_and(list_transform(${edges(ring)}, lambda e: e[1] <> e[2])))`;

const length = (list: string): string =>
  `list_sum(list_transform(${edges(list)}, lambda e: ${angle('e[1].x', 'e[1].y', 'e[2].x', 'e[2].y')}))`;

/** A value bound to a name within an expression. */
export const bound = (name: string, value: string, within: string): string =>
  `(list_transform([${value}], lambda ${name}: ${within}))[1]`;

const wholeLength = (lists: string, isValid: (list: string) => string): string =>
  bound(
    'g',
    lists,
    `case when g is not null and len(g) > 0 and list_bool_and(list_transform(g, lambda l: ${isValid('l')})) then list_sum(list_transform(g, lambda l: ${length('l')})) * ${RADIUS} end`,
  );

/** The direction from a place to a position, in radians from north. */
export const bearing = (lng: string, lat: string, x: string, y: string): string =>
  `atan2(sin(radians(${x} - ${lng})) * cos(radians(${y})), cos(radians(${lat})) * sin(radians(${y})) - sin(radians(${lat})) * cos(radians(${y})) * cos(radians(${x} - ${lng})))`;

const turned = (from: string, to: string): string => {
  const turn = `(${to} - ${from})`;
  return `case when ${turn} > pi() then ${turn} - 2 * pi() when ${turn} < -pi() then ${turn} + 2 * pi() else ${turn} end`;
};

/** How a ring winds round a place: whole turns, nought outside. */
export const winding = (lng: string, lat: string, ring: string): string =>
  `round(abs(list_sum(list_transform(${edges(`list_transform(${ring}, lambda p: ${bearing(lng, lat, 'p.x', 'p.y')})`)}, lambda e: ${turned('e[1]', 'e[2]')}))) / (2 * pi()))`;

export const unit = (lng: string, lat: string): string =>
  `[cos(radians(${lat})) * cos(radians(${lng})), cos(radians(${lat})) * sin(radians(${lng})), sin(radians(${lat}))]`;

/** The angle from a place to an arc: across it where its foot is on the arc, else to the nearer end. */
export function toArc(lng: string, lat: string, e: string): string {
  const [p, a, b] = [unit(lng, lat), unit(`${e}[1].x`, `${e}[1].y`), unit(`${e}[2].x`, `${e}[2].y`)];
  const ends = `least(${angle(lng, lat, `${e}[1].x`, `${e}[1].y`)}, ${angle(lng, lat, `${e}[2].x`, `${e}[2].y`)})`;
  const across = `asin(least(1, abs(list_dot_product(v.p, v.n)) / sqrt(list_dot_product(v.n, v.n))))`;
  // The foot lies between the ends where both ends are on their own sides of the plane through the place and the pole.
  const cross = (u: string, w: string) =>
    `[${u}[2] * ${w}[3] - ${u}[3] * ${w}[2], ${u}[3] * ${w}[1] - ${u}[1] * ${w}[3], ${u}[1] * ${w}[2] - ${u}[2] * ${w}[1]]`;
  const within = `list_dot_product(${cross('v.n', 'v.a')}, v.p) > 0 and list_dot_product(${cross('v.b', 'v.n')}, v.p) > 0`;
  return bound(
    'v',
    bound('u', `{'p': ${p}, 'a': ${a}, 'b': ${b}}`, `{'p': u.p, 'a': u.a, 'b': u.b, 'n': ${cross('u.a', 'u.b')}}`),
    `case when ${within} then ${across} else ${ends} end`,
  );
}

const BASE32 = '0123456789bcdefghjkmnpqrstuvwxyz';

/** One letter is five bits, in turn of longitude and latitude, the halving of their ranges. */
function geohash(lng: string, lat: string, size: string): string {
  const bits = `greatest(${size} * 5, 0)`;
  const cell = (value: string, from: number, span: number, count: string) =>
    `least(floor((${value} - (${from})) / ${span} * pow(2, ${count}))::bigint, pow(2, ${count})::bigint - 1)`;
  const x = cell(lng, -180, 360, `((${bits} + 1) // 2)`);
  const y = cell(lat, -90, 180, `(${bits} // 2)`);
  const bit = `case when (k % 2) = 0 then (h.x >> ((h.n + 1) // 2 - 1 - k // 2)) & 1 else (h.y >> (h.n // 2 - 1 - k // 2)) & 1 end`;
  const letter = `'${BASE32}'[(list_sum(list_transform(range(5), lambda j: (${bit.replace(/\bk\b/g, '(l * 5 + j)')}) << (4 - j))) + 1)::integer]`;
  return bound(
    'h',
    `{'x': ${x}, 'y': ${y}, 'n': ${bits}}`,
    `array_to_string(list_transform(range(h.n // 5), lambda l: ${letter}), '')`,
  );
}

/** The box of a geohash: {x, y, w, h} of its west, south and its sizes. */
function geohashBox(text: string): string {
  const value = `(instr('${BASE32}', ${text}[(k // 5 + 1)::integer]) - 1)`;
  const bit = `((${value} >> (4 - k % 5)) & 1)`;
  const n = `length(${text}) * 5`;
  const x = `list_sum(list_transform(list_filter(range(${n}), lambda k: k % 2 = 0), lambda k: ${bit}::double * pow(2, ((${n}) + 1) // 2 - 1 - k // 2)))`;
  const y = `coalesce(list_sum(list_transform(list_filter(range(${n}), lambda k: k % 2 = 1), lambda k: ${bit}::double * pow(2, (${n}) // 2 - 1 - k // 2))), 0)`;
  const [w, h] = [`360.0 / pow(2, ((${n}) + 1) // 2)`, `180.0 / pow(2, (${n}) // 2)`];
  return `{'x': -180 + ${x} * ${w}, 'y': -90 + ${y} * ${h}, 'w': ${w}, 'h': ${h}}`;
}

const isGeohash = (text: string): string => `regexp_full_match(${text}, '[${BASE32}]{1,18}')`;

export const point = (x: string, y: string): string =>
  `'{"type":"Point","coordinates":[' || to_json((${x})::double)::varchar || ',' || to_json((${y})::double)::varchar || ']}'`;

export const numbers = (count: number): FunctionEntry['takes'] => Array.from({ length: count }, () => 'real' as const);

export const geo = (takes: FunctionEntry['takes'], sql: (args: readonly string[]) => string): FunctionEntry => ({
  takes,
  usesOften: true,
  sql: ({ args }) => sql(args),
});

/** Tables of S2's curve: position of a cell in its parent by orientation and ij, and the orientation of its children. */
export const IJ_TO_POSITION = '[0, 1, 3, 2, 0, 3, 1, 2, 2, 3, 1, 0, 2, 1, 3, 0]';
export const POSITION_TO_TURN = '[1, 0, 0, 3]';

function s2Token(lng: string, lat: string, level: string): string {
  const p = unit(lng, lat);
  const axis = `case when abs(u.p[1]) > abs(u.p[2]) then case when abs(u.p[1]) > abs(u.p[3]) then 1 else 3 end else case when abs(u.p[2]) > abs(u.p[3]) then 2 else 3 end end`;
  const face = `(u.a - 1 + case when u.p[u.a] < 0 then 3 else 0 end)`;
  const uv = `case u.f when 0 then [u.p[2] / u.p[1], u.p[3] / u.p[1]] when 1 then [-u.p[1] / u.p[2], u.p[3] / u.p[2]] when 2 then [-u.p[1] / u.p[3], -u.p[2] / u.p[3]] when 3 then [u.p[3] / u.p[1], u.p[2] / u.p[1]] when 4 then [u.p[3] / u.p[2], -u.p[1] / u.p[2]] else [-u.p[2] / u.p[3], -u.p[1] / u.p[3]] end`;
  const st = (u: string) => `case when ${u} >= 0 then 0.5 * sqrt(1 + 3 * ${u}) else 1 - 0.5 * sqrt(1 - 3 * ${u}) end`;
  const cell = (s: string) => `greatest(0, least(1073741823, floor(1073741824.0 * (${s}))::bigint))`;
  const ij = `((((c.i >> (29 - k)) & 1) << 1) + ((c.j >> (29 - k)) & 1))`;
  const walked = `list_reduce(list_prepend({'o': (c.f & 1)::bigint, 'd': c.f::uhugeint, 'ij': 0::bigint}, list_transform(range(c.l), lambda k: {'o': 0::bigint, 'd': 0::uhugeint, 'ij': ${ij}::bigint})), lambda a, b: (list_transform([${IJ_TO_POSITION}[a.o * 4 + b.ij + 1]], lambda q: {'o': xor(a.o, ${POSITION_TO_TURN}[q + 1])::bigint, 'd': a.d * 4::uhugeint + q::uhugeint, 'ij': 0::bigint}))[1])`;
  // Three bits of the face, two a level, then a one; the text is the 64 bits without the noughts at their end.
  const id = `((${walked}).d * 2::uhugeint + 1::uhugeint) << (60 - 2 * c.l)::uhugeint`;
  const hex = `rtrim(lpad(lower(to_hex((${id})::ubigint)), 16, '0'), '0')`;
  const made = bound(
    'u',
    bound('u', bound('u', `{'p': ${p}}`, `{'p': u.p, 'a': ${axis}}`), `{'p': u.p, 'a': u.a, 'f': ${face}}`),
    bound('w', uv, `{'f': u.f, 'i': ${cell(st('w[1]'))}, 'j': ${cell(st('w[2]'))}, 'l': ${level}}`),
  );
  return bound('c', made, hex);
}

/** WKT as GeoJSON: brackets for parentheses, pairs for positions. */
function fromWkt(text: string): string {
  const names: Readonly<Record<string, string>> = {
    POINT: 'Point',
    LINESTRING: 'LineString',
    POLYGON: 'Polygon',
    MULTIPOINT: 'MultiPoint',
    MULTILINESTRING: 'MultiLineString',
    MULTIPOLYGON: 'MultiPolygon',
  };
  const kinds = Object.entries(names).map(([wkt, json]) => `when '${wkt}' then '${json}'`);
  const number = '[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?';
  const one = (of: string) => {
    const kind = `upper(regexp_extract(${of}, '^\\s*([A-Za-z]+)', 1))`;
    const body = `regexp_extract(${of}, '^\\s*[A-Za-z]+\\s*(\\(.*\\))', 1)`;
    const bracketed = `replace(replace(regexp_replace(${body}, '(${number})\\s+(${number})', '[\\1,\\2]', 'g'), '(', '['), ')', ']')`;
    const shaped = `case when ${kind} = 'POINT' then regexp_replace(${bracketed}, '^\\[(.*)\\]$', '\\1') else ${bracketed} end`;
    const json = `'{"type":"' || case ${kind} ${kinds.join(' ')} end || '","coordinates":' || ${shaped} || '}'`;
    return bound('j', json, 'case when json_valid(j) then j::json::varchar end');
  };
  const parts = `regexp_extract_all(regexp_extract(${text}, '^\\s*[A-Za-z]+\\s*\\((.*)\\)\\s*$', 1), '[A-Za-z]+\\s*\\([^A-Za-z]*\\)')`;
  const many = bound(
    'l',
    `list_transform(${parts}, lambda t: ${one('t')})`,
    `case when len(l) > 0 and list_bool_and(list_transform(l, lambda x: x is not null)) then '{"type":"GeometryCollection","geometries":[' || array_to_string(l, ',') || ']}' end`,
  );
  return `case when regexp_matches(${text}, '(?i)^\\s*GEOMETRYCOLLECTION') then ${many} else ${one(text)} end`;
}

export const GEO: Readonly<Record<string, FunctionEntry>> = {
  geo_distance_2points: geo(
    numbers(4),
    ([a = '', b = '', c = '', d = '']) =>
      `case when ${isPlace(a, b)} and ${isPlace(c, d)} then ${angle(a, b, c, d)} * ${RADIUS} end`,
  ),
  geo_point_in_circle: geo(
    numbers(5),
    ([a = '', b = '', c = '', d = '', radius = '']) =>
      `case when ${isPlace(a, b)} and ${isPlace(c, d)} and ${radius} >= 0 then ${angle(a, b, c, d)} * ${RADIUS} <= ${radius} end`,
  ),
  geo_line_length: geo(['dynamic'], ([line = '']) => wholeLength(linesOf(line), (list) => isGood(list, 2))),
  geo_polygon_perimeter: geo(['dynamic'], ([polygon = '']) => wholeLength(ringsOf(polygon), isRing)),
  geo_distance_point_to_line: geo(['real', 'real', 'dynamic'], ([lng = '', lat = '', line = '']) =>
    bound(
      'g',
      linesOf(line),
      `case when ${isPlace(lng, lat)} and g is not null and len(g) > 0 and list_bool_and(list_transform(g, lambda l: ${isGood('l', 2)})) then list_min(list_transform(flatten(list_transform(g, lambda l: ${edges('l')})), lambda e: ${toArc(lng, lat, 'e')})) * ${RADIUS} end`,
    ),
  ),
  geo_point_in_polygon: geo(['real', 'real', 'dynamic'], ([lng = '', lat = '', polygon = '']) =>
    bound(
      'g',
      ringsOf(polygon),
      `case when ${isPlace(lng, lat)} and g is not null and len(g) > 0 and list_bool_and(list_transform(g, lambda r: ${isRing('r')})) then list_sum(list_transform(g, lambda r: ${winding(lng, lat, 'r')}))::bigint % 2 = 1 end`,
    ),
  ),
  geo_point_to_geohash: geo(
    ['real', 'real', 'long'],
    ([lng = '', lat = '', size = '5']) =>
      `coalesce(case when ${isPlace(lng, lat)} and ${size} between 1 and 18 then ${geohash(lng, lat, size)} end, '')`,
  ),
  geo_geohash_to_central_point: geo(
    ['string'],
    ([text = '']) =>
      `case when ${isGeohash(text)} then ${bound('b', geohashBox(text), point('b.x + b.w / 2', 'b.y + b.h / 2'))} end`,
  ),
  geo_geohash_to_polygon: geo(['string'], ([text = '']) => {
    const corners = [
      ['b.x', 'b.y'],
      ['b.x + b.w', 'b.y'],
      ['b.x + b.w', 'b.y + b.h'],
      ['b.x', 'b.y + b.h'],
      ['b.x', 'b.y'],
    ].map(([x, y]) => `[${x}, ${y}]`);
    const json = `'{"type":"Polygon","coordinates":' || to_json([[${corners.join(', ')}]])::varchar || '}'`;
    return `case when ${isGeohash(text)} then ${bound('b', geohashBox(text), json)} end`;
  }),
  geo_geohash_neighbors: geo(['string'], ([text = '']) => {
    // In the engine's order.
    const steps = [
      [-1, 0],
      [-1, -1],
      [0, -1],
      [1, -1],
      [1, 1],
      [1, 0],
      [0, 1],
      [-1, 1],
    ];
    const cells = steps.map(([x, y]) => `{'x': b.x + b.w / 2 + (${x}) * b.w, 'y': b.y + b.h / 2 + (${y}) * b.h}`);
    const wrapped = `(((n.x + 180) % 360) + 360) % 360 - 180`;
    const found = `list_transform(list_filter([${cells.join(', ')}], lambda n: n.y between -90 and 90), lambda n: ${geohash(wrapped, 'n.y', `length(${text})`)})`;
    return `case when ${isGeohash(text)} then ${bound('b', geohashBox(text), `to_json(${found})::varchar`)} end`;
  }),
  geo_point_to_s2cell: geo(
    ['real', 'real', 'long'],
    ([lng = '', lat = '', level = '11']) =>
      `coalesce(case when ${isPlace(lng, lat)} and ${level} between 0 and 30 then ${s2Token(lng, lat, level)} end, '')`,
  ),
  geo_from_wkt: geo(['string'], ([text = '']) => fromWkt(text)),
};
