import type { FunctionEntry } from './entry.ts';
import {
  angle,
  bearing,
  bound,
  coordinates,
  edges,
  geo,
  isGood,
  isPlace,
  isRing,
  linesOf,
  numbers,
  point,
  positions,
  RADIUS,
  toArc,
  typeOf,
  unit,
  winding,
} from './geo.ts';

/** Lines and polygons on the sphere: nearest places, centroids, areas, crossings. */

type Vector = (axis: 1 | 2 | 3) => string;
const of =
  (list: string): Vector =>
  (axis) =>
    `${list}[${axis}]`;
const dot = (u: Vector, w: Vector): string => `(${([1, 2, 3] as const).map((i) => `${u(i)} * ${w(i)}`).join(' + ')})`;
const cross = (u: Vector, w: Vector): Vector => {
  const [second, third] = [{ 1: 2, 2: 3, 3: 1 } as const, { 1: 3, 2: 1, 3: 2 } as const];
  return (i) => `(${u(second[i])} * ${w(third[i])} - ${u(third[i])} * ${w(second[i])})`;
};
const minus = (u: Vector, w: Vector): Vector => {
  return (i) => `(${u(i)} - ${w(i)})`;
};
const list = (u: Vector): string => `[${u(1)}, ${u(2)}, ${u(3)}]`;
/** Differences first: neighbours are close together. */
const normal = (a: Vector, b: Vector): Vector => cross(a, minus(b, a));

const placeOf = (v: string): string =>
  `{'x': degrees(atan2(${v}[2], ${v}[1])), 'y': degrees(atan2(${v}[3], sqrt(${v}[1] * ${v}[1] + ${v}[2] * ${v}[2])))}`;
const pointOf = (v: string): string => bound('o', placeOf(v), point('o.x', 'o.y'));
const vectorOf = (place: string): string => unit(`${place}.x`, `${place}.y`);
const between = (u: string, w: string): string =>
  `(2 * asin(least(1, sqrt(${dot(minus(of(u), of(w)), minus(of(u), of(w)))}) / 2)))`;
const positive = (radians: string): string => bound('r', radians, 'case when r < 0 then r + 2 * pi() else r end');

const areGood = (lines: string): string =>
  `(${lines} is not null and len(${lines}) > 0 and list_bool_and(list_transform(${lines}, lambda l: ${isGood('l', 2)})))`;

/** The polygons of a Polygon or MultiPolygon: lists of rings, the first of each the outer one. */
const polygonsOf = (json: string): string => {
  const rings = (at: string) => `list_transform(json_extract(${at}, '$[*]')::json[], lambda l: ${positions('l')})`;
  return `case ${typeOf(json)} when 'Polygon' then [${rings(coordinates(json))}] when 'MultiPolygon' then list_transform(json_extract(${coordinates(json)}, '$[*]')::json[], lambda g: ${rings('g')}) end`;
};
const areRings = (polygons: string): string =>
  `(${polygons} is not null and len(${polygons}) > 0 and list_bool_and(list_transform(${polygons}, lambda g: len(g) > 0)) and list_bool_and(list_transform(flatten(${polygons}), lambda r: ${isRing('r')})))`;
const isInside = (lng: string, lat: string, polygons: string): string =>
  `(list_sum(list_transform(flatten(${polygons}), lambda r: ${winding(lng, lat, 'r')}))::bigint % 2 = 1)`;
const edgesOfAll = (lists: string): string => `flatten(list_transform(${lists}, lambda l: ${edges('l')}))`;

/** The place of an edge that is nearest to a place: {d: angle, v: vector}. */
function nearest(lng: string, lat: string, e: string): string {
  const ends = `{'p': ${unit(lng, lat)}, 'a': ${vectorOf(`${e}[1]`)}, 'b': ${vectorOf(`${e}[2]`)}}`;
  const withNormal = `{'p': u.p, 'a': u.a, 'b': u.b, 'n': ${list(normal(of('u.a'), of('u.b')))}}`;
  const [p, a, b, n] = [of('w.p'), of('w.a'), of('w.b'), of('w.n')];
  const isAcross = `${dot(cross(n, a), p)} > 0 and ${dot(cross(b, n), p)} > 0`;
  const shadow = list((i) => `${p(i)} - ${n(i)} * ${dot(p, n)} / ${dot(n, n)}`);
  const foot = bound(
    'y',
    shadow,
    list((i) => `y[${i}] / sqrt(${dot(of('y'), of('y'))})`),
  );
  const chosen = `case when ${isAcross} then ${foot} when ${between('w.p', 'w.a')} <= ${between('w.p', 'w.b')} then w.a else w.b end`;
  return `{'d': ${toArc(lng, lat, e)}, 'v': ${bound('u', ends, bound('w', withNormal, chosen))}}`;
}

const nearestOf = (lng: string, lat: string, all: string): string =>
  `list_sort(list_transform(${all}, lambda e: ${nearest(lng, lat, 'e')}))[1]`;

/** A place at a part of the way along a line. */
function along(line: string, fraction: string): string {
  const measured = `{'e': ${edges(line)}, 'l': list_transform(${edges(line)}, lambda e: ${angle('e[1].x', 'e[1].y', 'e[2].x', 'e[2].y')})}`;
  const way = `{'e': m.e, 'l': m.l, 't': ${fraction} * list_sum(m.l)}`;
  // The rounding of sums may leave the end beyond the last edge.
  const place = `coalesce(list_filter(range(1, len(h.e) + 1), lambda k: list_sum(h.l[1:k]) >= h.t)[1], len(h.e))`;
  const found = `{'a': ${vectorOf('h.e[k][1]')}, 'b': ${vectorOf('h.e[k][2]')}, 'w': h.l[k], 's': h.t - coalesce(list_sum(h.l[1:k - 1]), 0)}`;
  const turned = list((i) => `(q.a[${i}] * sin(q.w - q.s) + q.b[${i}] * sin(q.s)) / sin(q.w)`);
  return bound(
    'm',
    measured,
    bound('h', way, bound('k', place, bound('q', found, pointOf(`(case when q.w = 0 then q.a else ${turned} end)`)))),
  );
}

/** How far along a line its place nearest to a place is. */
function partOf(line: string, lng: string, lat: string): string {
  const lengths = `list_transform(m.e, lambda e: ${angle('e[1].x', 'e[1].y', 'e[2].x', 'e[2].y')})`;
  const candidate = `list_transform([${nearest(lng, lat, 'e')}], lambda c: {'d': c.d, 'at': coalesce(list_sum(h.l[1:i - 1]), 0) + list_transform([{'v': c.v, 'a': ${vectorOf('e[1]')}}], lambda f: ${between('f.v', 'f.a')})[1]})[1]`;
  return bound(
    'm',
    `{'e': ${edges(line)}}`,
    bound(
      'h',
      `{'e': m.e, 'l': ${lengths}}`,
      `list_sort(list_transform(h.e, lambda e, i: ${candidate}))[1].at / list_sum(h.l)`,
    ),
  );
}

const total = (vectors: string): string =>
  `[${[1, 2, 3].map((i) => `list_sum(list_transform(${vectors}, lambda v: v[${i}]))`).join(', ')}]`;

/** The middles of edges, each as long as its edge. */
function middle(lines: string): string {
  const ends = `{'a': ${vectorOf('e[1]')}, 'b': ${vectorOf('e[2]')}}`;
  const difference = minus(of('u.a'), of('u.b'));
  const sum: Vector = (i) => `(u.a[${i}] + u.b[${i}])`;
  const weighed = bound(
    'u',
    ends,
    list((i) => `sqrt(${dot(difference, difference)} / ${dot(sum, sum)}) * ${sum(i)}`),
  );
  return bound('y', `list_transform(${edgesOfAll(lines)}, lambda e: ${weighed})`, total('y'));
}

/** A ring's integral of the place: half the sum of its edges' normals, each as long as its edge; outwards. */
function ringMoment(ring: string): string {
  const ends = `{'a': ${vectorOf('e[1]')}, 'b': ${vectorOf('e[2]')}}`;
  const crossed = `{'n': ${list(normal(of('u.a'), of('u.b')))}}`;
  const length = `sqrt(${dot(of('x.n'), of('x.n'))})`;
  const half = bound(
    'u',
    ends,
    bound(
      'x',
      crossed,
      list((i) => `x.n[${i}] * asin(least(1, ${length})) / ${length} / 2`),
    ),
  );
  const summed = bound('y', `list_transform(${edges(ring)}, lambda e: ${half})`, total('y'));
  const outward = bound('c', vectorOf(`${ring}[1]`), `case when ${dot(of('t'), of('c'))} < 0 then -1 else 1 end`);
  return bound('t', summed, `list_transform([${outward}], lambda s: [t[1] * s, t[2] * s, t[3] * s])[1]`);
}

/** The outer ring's, less those of the holes. */
const polygonMoment = (polygons: string): string =>
  bound(
    'y',
    `flatten(list_transform(${polygons}, lambda g: list_transform(g, lambda r, i: list_transform(${ringMoment('r')}, lambda v: case when i = 1 then v else -v end))))`,
    total('y'),
  );

/** The signed excesses of the triangles from a ring's first corner; never more than half of the sphere. */
function ringArea(ring: string): string {
  const corners = `{'a': ${vectorOf(`${ring}[1]`)}, 'b': ${vectorOf('e[1]')}, 'c': ${vectorOf('e[2]')}}`;
  const [a, b, c] = [of('u.a'), of('u.b'), of('u.c')];
  const volume = dot(a, cross(minus(b, a), minus(c, a)));
  const excess = bound('u', corners, `2 * atan2(${volume}, 1 + ${dot(a, b)} + ${dot(b, c)} + ${dot(c, a)})`);
  return bound('s', `abs(list_sum(list_transform(${edges(ring)}, lambda e: ${excess})))`, 'least(s, 4 * pi() - s)');
}

/** Edges cross, or two corners are the same. */
function touches(left: string, right: string): string {
  const ends = `{'a': ${vectorOf('e[1]')}, 'b': ${vectorOf('e[2]')}, 'c': ${vectorOf('f[1]')}, 'd': ${vectorOf('f[2]')}}`;
  const [a, b, c, d] = [of('u.a'), of('u.b'), of('u.c'), of('u.d')];
  const sides = {
    abc: dot(normal(a, b), minus(c, a)),
    abd: dot(normal(a, b), minus(d, a)),
    cda: dot(normal(c, d), minus(a, c)),
    cdb: dot(normal(c, d), minus(b, c)),
  };
  // Arcs on opposite sides of the sphere have their ends on both sides too.
  const isNear = `${dot(
    (i) => `(u.a[${i}] + u.b[${i}])`,
    (i) => `(u.c[${i}] + u.d[${i}])`,
  )} > 0`;
  const isCrossing = `(${sides.abc}) * (${sides.abd}) < 0 and (${sides.cda}) * (${sides.cdb}) < 0 and ${isNear}`;
  const isSame = 'e[1] = f[1] or e[1] = f[2] or e[2] = f[1] or e[2] = f[2]';
  return `list_bool_or(flatten(list_transform(${edgesOfAll(left)}, lambda e: list_transform(${edgesOfAll(right)}, lambda f: ${isSame} or ${bound('u', ends, isCrossing)}))))`;
}

const onePair = (a: string, b: string, within: string): string => bound('g', `{'a': ${a}, 'b': ${b}}`, within);

/** A line's or polygons' value where it is one. */
const ofLines = (json: string, sql: string): string =>
  bound('g', linesOf(json), `case when ${areGood('g')} then ${sql} end`);
const ofPolygons = (json: string, sql: string): string =>
  bound('g', polygonsOf(json), `case when ${areRings('g')} then ${sql} end`);

/** Not for a pair of the same or of opposite places. */
const isDirected = (x1: string, y1: string, x2: string, y2: string): string =>
  `${isPlace(x1, y1)} and ${isPlace(x2, y2)} and ${angle(x1, y1, x2, y2)} > 0 and ${angle(x1, y1, x2, y2)} < pi()`;

export const GEO_SHAPES: Readonly<Record<string, FunctionEntry>> = {
  geo_azimuth: geo(
    numbers(4),
    ([a = '', b = '', c = '', d = '']) =>
      `case when ${isDirected(a, b, c, d)} then ${positive(bearing(a, b, c, d))} end`,
  ),
  geo_angle: geo(
    numbers(6),
    ([a = '', b = '', c = '', d = '', e = '', f = '']) =>
      `case when ${isDirected(c, d, a, b)} and ${isDirected(c, d, e, f)} then ${positive(`(${bearing(c, d, e, f)} - ${bearing(c, d, a, b)})`)} end`,
  ),
  geo_closest_point_on_line: geo(['real', 'real', 'dynamic'], ([lng = '', lat = '', line = '']) =>
    ofLines(
      line,
      `case when ${isPlace(lng, lat)} then ${bound('c', nearestOf(lng, lat, edgesOfAll('g')), pointOf('c.v'))} end`,
    ),
  ),
  geo_closest_point_on_polygon: geo(['real', 'real', 'dynamic'], ([lng = '', lat = '', polygon = '']) =>
    ofPolygons(
      polygon,
      `case when ${isPlace(lng, lat)} then case when ${isInside(lng, lat, 'g')} then ${point(lng, lat)} else ${bound('c', nearestOf(lng, lat, edgesOfAll('flatten(g)')), pointOf('c.v'))} end end`,
    ),
  ),
  geo_distance_point_to_polygon: geo(['real', 'real', 'dynamic'], ([lng = '', lat = '', polygon = '']) =>
    ofPolygons(
      polygon,
      `case when ${isPlace(lng, lat)} then case when ${isInside(lng, lat, 'g')} then 0::double else list_min(list_transform(${edgesOfAll('flatten(g)')}, lambda e: ${toArc(lng, lat, 'e')})) * ${RADIUS} end end`,
    ),
  ),
  geo_line_interpolate_point: geo(['dynamic', 'real'], ([line = '', fraction = '']) =>
    ofLines(line, `case when len(g) = 1 and ${fraction} between 0 and 1 then ${along('g[1]', fraction)} end`),
  ),
  geo_line_locate_point: geo(['dynamic', 'real', 'real'], ([line = '', lng = '', lat = '']) =>
    ofLines(line, `case when len(g) = 1 and ${isPlace(lng, lat)} then ${partOf('g[1]', lng, lat)} end`),
  ),
  geo_line_centroid: geo(['dynamic'], ([line = '']) => ofLines(line, bound('c', middle('g'), pointOf('c')))),
  geo_polygon_centroid: geo(['dynamic'], ([polygon = '']) =>
    ofPolygons(polygon, bound('c', polygonMoment('g'), pointOf('c'))),
  ),
  geo_polygon_area: geo(['dynamic'], ([polygon = '']) =>
    ofPolygons(
      polygon,
      `list_sum(flatten(list_transform(g, lambda p: list_transform(p, lambda r, i: case when i = 1 then 1 else -1 end * ${ringArea('r')})))) * ${RADIUS} * ${RADIUS}`,
    ),
  ),
  geo_intersects_2lines: geo(['dynamic', 'dynamic'], ([a = '', b = '']) =>
    onePair(
      linesOf(a),
      linesOf(b),
      `case when ${areGood('g.a')} and ${areGood('g.b')} then ${touches('g.a', 'g.b')} end`,
    ),
  ),
  geo_intersects_line_with_polygon: geo(['dynamic', 'dynamic'], ([line = '', polygon = '']) =>
    onePair(
      linesOf(line),
      polygonsOf(polygon),
      `case when ${areGood('g.a')} and ${areRings('g.b')} then ${touches('g.a', 'flatten(g.b)')} or list_bool_or(list_transform(g.a, lambda j: ${isInside('j[1].x', 'j[1].y', 'g.b')})) end`,
    ),
  ),
  geo_intersects_2polygons: geo(['dynamic', 'dynamic'], ([a = '', b = '']) =>
    onePair(
      polygonsOf(a),
      polygonsOf(b),
      `case when ${areRings('g.a')} and ${areRings('g.b')} then ${touches('flatten(g.a)', 'flatten(g.b)')} or list_bool_or(list_transform(g.a, lambda j: ${isInside('j[1][1].x', 'j[1][1].y', 'g.b')})) or list_bool_or(list_transform(g.b, lambda j: ${isInside('j[1][1].x', 'j[1][1].y', 'g.a')})) end`,
    ),
  ),
};
