import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRows } from '../../conformance/rows.ts';

let opened: Awaited<ReturnType<typeof openRows>>;
beforeAll(async () => {
  opened = await openRows();
});
afterAll(() => opened.close());

/** KQL of one value → the value. */
const VALUES: Readonly<Record<string, unknown>> = {
  'array_rotate_left(dynamic([1,2,3]), 1)': [2, 3, 1],
  'array_rotate_right(dynamic([1,2,3]), 1)': [3, 1, 2],
  'array_shift_left(dynamic([1,2,3]), 1)': [2, 3, null],
  'array_shift_right(dynamic([1,2,3]), 2, 0)': [0, 0, 1],
  'array_split(dynamic([1,2,3,4]), dynamic([1,-1]))': [[1], [2, 3], [4]],
  'array_iff(dynamic([true,false,true]), dynamic([1,2,3]), 9)': [1, 9, 3],
  'array_sort_desc(dynamic([2,null,3]))': [3, 2, null],
  'array_sort_asc(dynamic(["b",null,"a"]), false)': [null, 'a', 'b'],
  'array_sort_asc(dynamic([2,1]), dynamic(["b","a"]))[1]': ['a', 'b'],
  'zip(dynamic([1,2]), dynamic(["a"]))': [
    [1, 'a'],
    [2, null],
  ],
  'bag_zip(dynamic(["a","b"]), dynamic([1]))': { a: 1, b: null },
  'bag_remove_keys(dynamic({"a":1,"b":2}), dynamic(["a"]))': { b: 2 },
  'bag_set_key(dynamic({"a":1}), "b", 2)': { a: 1, b: 2 },
  'jaccard_index(dynamic([1,2,3]), dynamic([2,3,4]))': 0.5,
  'series_add(dynamic([1,2]), dynamic([10,20]))': [11, 22],
  'series_divide(dynamic([1,4]), dynamic([2,8]))': [0.5, 0.5],
  'series_multiply(dynamic([1,2,3]), 2)': [2, 4, 6],
  'series_greater(dynamic([1,5]), dynamic([2,2]))': [false, true],
  'series_fill_forward(dynamic([null,1,null,2]))': [null, 1, 1, 2],
  'series_fill_backward(dynamic([null,1,null,2,null]))': [1, 1, 2, 2, null],
  'series_fill_const(dynamic([null,1]), 0)': [0, 1],
  'series_fill_linear(dynamic([1,null,3,null]))': [1, 2, 3, 3],
  'series_fir(dynamic([1,1,1]), dynamic([1,1]), false)': [1, 2, 2],
  'series_iir(dynamic([1,2,3]), dynamic([1]), dynamic([1,-1]))': [1, 3, 6],
  'series_dot_product(dynamic([1,2]), dynamic([3,4]))': 11,
  'series_stats_dynamic(dynamic([1,3])).avg': 2,
  'series_fit_line_dynamic(dynamic([1,2,3])).slope': 1,
  'hash_md5("a")': '0cc175b9c0f1b6a831c399e269772661',
  'base64_decode_tostring("S3VzdG8=")': 'Kusto',
  'base64_decode_toarray("S3VzdG8=")': [75, 117, 115, 116, 111],
  'base64_encode_fromguid(guid(ae3133f2-6e22-49ae-b06a-16e6a9b212eb))': '8jMxriJurkmwahbmqbIS6w==',
  'unicode_codepoints_to_string(75, dynamic([117]))': 'Ku',
  'replace_strings("a b", dynamic(["a","b"]), dynamic(["b","c"]))': 'b c',
  'translate("abc", "xy", "aabbcc")': 'xxyyyy',
  'repeat(1, 3)': [1, 1, 1],
  'indexof_regex("a1b22", @"\\d+", 0, -1, 2)': 3,
  'parse_csv("a,\\"b,c\\",\\"d\\"\\"e\\"")': ['a', 'b,c', 'd"e'],
  'extract_json("$.a[1]", "{\\"a\\":[1,2]}", typeof(long))': 2,
  'extract(@"(\\d+)", 1, "x42", typeof(long))': 42,
  'format_bytes(2048)': '2 KB',
  'url_encode("a b")': 'a+b',
  'binary_shift_left(1, 4)': 16,
  'binary_shift_left(1, 63) < 0': true,
  'range(1h, 3h, 1h)': ['01:00:00', '02:00:00', '03:00:00'],
  'datetime_utc_to_local(datetime(2024-07-01 12:00), "Europe/Paris")': '2024-07-01T14:00:00.0000000Z',
  'datetime(2025, 6, 14)': '2025-06-14T00:00:00.0000000Z',
  'around(100, 99, 1)': true,
  'iscolumnexists("none")': false,
  'ipv4_is_in_any_range("10.1.2.3", "192.168.0.0/16", "10.0.0.0/8")': true,
  'ipv4_is_in_range("10.1.2.3", "10.1.2.0/33")': null,
  'has_ipv4("from 10.0.0.1:80", "10.0.0.1")': true,
  'has_ipv4("from 10.0.0.11", "10.0.0.1")': false,
  'has_ipv4_prefix("from 10.0.0.1", "10.0.")': true,
  'format_ipv4("10.1.2.3", 16)': '10.1.0.0',
  'parse_ipv6("fe80::1")': 'fe80:0000:0000:0000:0000:0000:0000:0001',
  'ipv6_compare("::ffff:10.0.0.1", "10.0.0.1")': 0,
  'ipv6_is_in_range("2001:db8::1", "2001:db8::/32")': true,
  'parse_path("/a/b.txt").Filename': 'b.txt',
  'geo_point_to_geohash(-80.195829, 25.802215, 8)': 'dhwfz15h',
  'geo_point_to_s2cell(-80.195829, 25.802215, 8)': '88d9b',
  'round(geo_distance_2points(-122.407628, 47.578557, -118.275287, 34.019056))': 1546754,
  'geo_point_in_polygon(1, 1, dynamic({"type":"Polygon","coordinates":[[[0,0],[3,0],[3,3],[0,3],[0,0]]]}))': true,
  'geo_point_in_polygon(4, 1, dynamic({"type":"Polygon","coordinates":[[[0,0],[3,0],[3,3],[0,3],[0,0]]]}))': false,
  'geo_point_in_circle(0, 0, 0, 1, 111000)': false,
  'geo_from_wkt("LINESTRING (1 2, 3 4)")': {
    type: 'LineString',
    coordinates: [
      [1, 2],
      [3, 4],
    ],
  },
  'pack_array(real(null), dynamic(null))': [null, null],
  'parse_xml("<e/>")': { e: null },
  'parse_xml("<e name=\'value\'>text</e>")': { e: { '@name': 'value', '#text': 'text' } },
  'parse_xml("<e> <a>1.5</a> <a>&lt;&#65;</a> </e>")': { e: { a: [1.5, '<A'] } },
  "parse_xml(\"<?xml version='1.0'?><e> text <!-- <x> --><a b='1'/></e>\")": {
    e: { '#text': 'text', a: { '@b': '1' } },
  },
  'parse_xml("<a><b></a></b>")': null,
  'parse_xml("<a/><b/>")': null,
  'parse_command_line("echo \\"hello world!\\"", "windows")': ['echo', 'hello world!'],
  'parse_command_line(@"a.exe ""x\\""y z"" """"""w""", "windows")': ['a.exe', 'x"y z', '"w'],
  'extract_all(@"(?P<a>\\w)(?P<b>\\d)", dynamic(["b", 1]), "x1 y2")': [
    ['1', 'x'],
    ['2', 'y'],
  ],
  'make_timespan(1, 12, 30, 55.123)': '1.12:30:55.1230000',
  'series_outliers(dynamic([1,2,3,4,5,6,7,8,9,10,null]))[1]': 0,
  'geo_s2cell_to_central_point("1234567").coordinates[1]': 27.468392925827605,
  'geo_s2cell_to_polygon("89c259").coordinates[0][1][1]': 40.7222262918358,
  'geo_s2cell_to_polygon("a")': null,
  'geo_h3cell_level("862a1072fffffff")': 6,
  'geo_h3cell_level("862a1072ffffff0")': null,
  'geo_h3cell_parent("862a1072fffffff", 1)': '812a3ffffffffff',
  'geo_h3cell_parent("862a1072fffffff", 7)': '',
  'array_length(geo_h3cell_children("862a1072fffffff", 8))': 49,
  'array_length(geo_h3cell_children("8009fffffffffff"))': 6,
  'convert_speed(1.2, "MeterPerSecond", "CentimeterPerHour")': 432000,
  'convert_temperature(1.2, "Kelvin", "DegreeCelsius")': -271.95,
  'round(convert_mass(1.2, "Kilogram", "Pound"), 9)': 2.645547146,
  'round(convert_length(1.2, "Meter", "Foot"), 9)': 3.937007874,
  'round(erf(1), 12)': 0.84270079295,
  'round(erfc(2) * 1e12)': 4677734981,
  'round(erfc(-3), 12)': 1.999977909503,
  'round(geo_azimuth(5, 10, 10, -40), 9)': 3.054599398,
  'round(geo_angle(0, 10, 0, 5, 3, -10), 9)': 2.944938434,
  'round(geo_line_locate_point(dynamic({"type":"LineString","coordinates":[[-73.95796,40.80042],[-73.97317,40.764486]]}), -73.965, 40.792), 9)': 0.255601351,
  'geo_line_interpolate_point(dynamic({"type":"LineString","coordinates":[[0,0],[0,10],[0,40]]}), 1)': {
    type: 'Point',
    coordinates: [0, 40],
  },
  'round(geo_polygon_area(dynamic({"type":"Polygon","coordinates":[[[0,0],[90,0],[0,90],[0,0]]]})) / 6371010.0 / 6371010.0 / pi(), 9)': 0.5,
  'geo_distance_point_to_polygon(1, 1, dynamic({"type":"Polygon","coordinates":[[[0,0],[3,0],[3,3],[0,3],[0,0]]]}))': 0,
  'geo_intersects_2lines(dynamic({"type":"LineString","coordinates":[[0,0],[10,10]]}), dynamic({"type":"LineString","coordinates":[[0,10],[10,0]]}))': true,
  'geo_intersects_2lines(dynamic({"type":"LineString","coordinates":[[0,0],[10,10]]}), dynamic({"type":"LineString","coordinates":[[180,-10],[-170,0]]}))': false,
  'geo_intersects_2polygons(dynamic({"type":"Polygon","coordinates":[[[0,0],[10,0],[10,10],[0,0]]]}), dynamic({"type":"Polygon","coordinates":[[[5,1],[6,1],[6,2],[5,1]]]}))': true,
  'array_length(dynamic(null))': null,
};

describe('functions give these values', () => {
  it.each(Object.entries(VALUES))('%s', async (kql, value) => {
    expect(await opened.rowsOf(`print x = ${kql}`)).toEqual([[value]]);
  });
});

/** Aggregates over n = 1 … 4 (g = n % 2). */
const AGGREGATES: Readonly<Record<string, unknown>> = {
  'count(n)': 4,
  'dcount_hll(hll(n))': 4,
  'percentile_tdigest(tdigest(n), 50)': 2,
  'percentilew(n, n, 50)': 3,
  'percentiles_array(n, dynamic([25, 100]))': [1, 4],
  'make_list_if(n, n > 1, 2)': [2, 3],
  'dcountif(n, n > 2)': 2,
  'covariancep(n, n)': 1.25,
};

describe('aggregates give these values', () => {
  it.each(Object.entries(AGGREGATES))('%s', async (kql, value) => {
    const query = `range n from 1 to 4 step 1 | summarize x = ${kql}`;
    const [row] = await opened.rowsOf(kql.includes('(hll') || kql.includes('(tdigest') ? twoSteps(kql) : query);
    expect(row).toEqual([value]);
  });
});

/** A sketch is made in one step and read in the next. */
function twoSteps(kql: string): string {
  const [, outer, inner, rest] = /^(\w+)\((\w+\(n\))(.*)\)$/.exec(kql) ?? [];
  return `range n from 1 to 4 step 1 | summarize s = ${inner} | project x = ${outer}(s${rest})`;
}
