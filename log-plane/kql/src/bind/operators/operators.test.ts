import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRows } from '../../../conformance/rows.ts';

let opened: Awaited<ReturnType<typeof openRows>>;
beforeAll(async () => {
  opened = await openRows();
});
afterAll(() => opened.close());

const SALES = 'datatable(shop:string, item:string, n:long)["a","x",3, "a","y",1, "b","x",2, "b","z",5]';

const CASES: Readonly<Record<string, { kql: string; rows: readonly (readonly unknown[])[] }>> = {
  'make-series fills steps without rows with the default': {
    kql: 'datatable(t:long, v:long)[1,10, 3,30] | make-series s = sum(v) default = -1 on t from 1 to 5 step 1',
    rows: [
      [
        [10, -1, 30, -1],
        [1, 2, 3, 4],
      ],
    ],
  },
  'make-series leaves out what is before from, at to or beyond': {
    kql: 'range t from 0 to 9 step 1 | make-series n = count() on t from 2 to 6 step 2',
    rows: [
      [
        [2, 2],
        [2, 4],
      ],
    ],
  },
  'make-series in range includes its end': {
    kql: 'range t from 0 to 9 step 1 | make-series n = count() on t in range(2, 6, 2)',
    rows: [
      [
        [2, 2, 1],
        [2, 4, 6],
      ],
    ],
  },
  'make-series without bounds spans each series alone': {
    kql: 'datatable(g:string, t:long)["a",1, "a",3, "b",7] | make-series n = count() on t step 1 by g | sort by g asc',
    rows: [
      ['a', [1, 0, 1], [1, 2, 3]],
      ['b', [1], [7]],
    ],
  },
  'mv-apply works on the elements of each row alone': {
    kql: 'datatable(id:long, d:dynamic)[1, dynamic([3,1,2]), 2, dynamic([9,8])] | mv-apply e = d to typeof(long) on (top 1 by e asc)',
    rows: [
      [1, [3, 1, 2], 1],
      [2, [9, 8], 8],
    ],
  },
  'row_window_session begins again after a gap and after its longest time': {
    kql: 'range n from 0 to 7 step 1 | serialize | extend t = datetime(2024-01-01) + case(n < 6, n * 10m, n * 1h) | extend s = row_window_session(t, 25m, 15m) | project format_datetime(s, "HH:mm")',
    rows: [['00:00'], ['00:00'], ['00:00'], ['00:30'], ['00:30'], ['00:30'], ['06:00'], ['07:00']],
  },
  'row_window_session begins again where it is told to, at exactly the gap too': {
    kql: 'datatable(g:string, t:datetime)["a", datetime(2024-01-01), "a", datetime(2024-01-01 00:05), "b", datetime(2024-01-01 00:06)] | serialize | extend s = row_window_session(t, 1h, 5m, g != prev(g)) | project s == t',
    rows: [[true], [true], [true]],
  },
  'dcount_intersect counts what the sketches have in common, one after the other': {
    kql: 'range x from 1 to 12 step 1 | summarize a = hll(x), b = hll(iff(x % 2 == 0, x, 2)), c = hll(iff(x % 3 == 0, x, 3)) | evaluate dcount_intersect(a, b, c) | project s0, s1, s2',
    rows: [[12, 6, 2]],
  },
  'geo_line_lookup finds the lines near a place': {
    kql: 'let L = datatable(n:string, l:dynamic)["e", dynamic({"type":"LineString","coordinates":[[0,0],[10,0]]})]; datatable(x:real, y:real)[5.0, 0.001, 5.0, 1.0] | evaluate geo_line_lookup(L, l, x, y, 200, return_unmatched = true)',
    rows: [
      [5, 0.001, 'e'],
      [5, 1, ''],
    ],
  },
  'geo_polygon_lookup finds the polygons round a place': {
    kql: 'let P = datatable(n:string, p:dynamic)["t", dynamic({"type":"Polygon","coordinates":[[[0,0],[10,0],[10,10],[0,0]]]})]; datatable(x:real, y:real)[5.0, 1.0, 1.0, 5.0] | evaluate geo_polygon_lookup(P, p, x, y)',
    rows: [[5, 1, 't']],
  },
  'union keeps a column apart from one that another gets its name from': {
    kql: 'union (print v_real = 1.0), (print v = 2.0), (print v = 3)',
    rows: [
      [1, null, null],
      [null, 2, null],
      [null, null, 3],
    ],
  },
  'declare pattern chooses the query of the call’s values and path': {
    kql: 'declare pattern f = (a:string)[b:string] { ("x").["p q"] = { print v = 1 }; ("y").["r"] = { let k = 2; print v = strcat(a, b, k) }; }; union (f("x").["p q"]), (f("y").r)',
    rows: [
      [1, ''],
      [null, 'yr2'],
    ],
  },
  'mv-apply keeps columns over a summarize': {
    kql: 'datatable(id:long, d:dynamic)[1, dynamic([3,1]), 2, dynamic([9])] | mv-apply d to typeof(long) on (summarize s = sum(d))',
    rows: [
      [1, 4],
      [2, 9],
    ],
  },
  'windows in mv-apply begin again in each row': {
    kql: 'datatable(id:long, d:dynamic)[1, dynamic([5,6]), 2, dynamic([7,8])] | mv-apply d to typeof(long) on (extend n = row_number(), c = row_cumsum(d)) | project id, n, c',
    rows: [
      [1, 1, 5],
      [1, 2, 11],
      [2, 1, 7],
      [2, 2, 15],
    ],
  },
  'partition works on each value alone': {
    kql: `${SALES} | partition by shop (top 1 by n desc) | sort by shop asc`,
    rows: [
      ['a', 'x', 3],
      ['b', 'z', 5],
    ],
  },
  'top-nested chooses within each parent; others sum up the rest': {
    kql: `${SALES} | top-nested 1 of shop with others = "rest" by sum(n), top-nested 1 of item by sum(n)`,
    rows: [
      ['b', 7, 'z', 5],
      ['rest', 4, '', null],
    ],
  },
  'top-hitters by a sum': {
    kql: `${SALES} | top-hitters 1 of item by n | project item = item, approximate_sum_n`,
    rows: [['x', 5]],
  },
  'parse-kv takes the first of a key, with quotes and blanks': {
    kql: 'print s = "a=1; b = \\"x; y\\" ;a=2" | parse-kv s as (a:long, b:string, c:string) with (pair_delimiter=";", kv_delimiter="=", quote="\\"") | project a, b, c',
    rows: [[1, 'x; y', '']],
  },
  'parse with a group of its own in a pattern': {
    kql: 'print s = "id 17 of (x)" | parse kind=regex s with "id (a|b)?" n:long " of " rest | project n, rest',
    rows: [[17, '(x)']],
  },
  'search finds a word in any column, also in a number': {
    kql: 'datatable(s:string, n:long)["one two", 7, "three", 12] | search "12" or "two" | project s',
    rows: [['one two'], ['three']],
  },
  'search with a star at the end finds beginnings of words': {
    kql: 'datatable(s:string)["alpha", "an alp", "shalp"] | search "alp*" | project s',
    rows: [['alpha'], ['an alp']],
  },
  'find gives the columns asked for': {
    kql: 'let T = datatable(a:long)[1, 2]; find in (T) where a > 1 project a | project a',
    rows: [[2]],
  },
  'evaluate bag_unpack: columns by name, values of two kinds stay dynamic': {
    kql: 'datatable(i:long, d:dynamic)[1, dynamic({"b":1,"a":"x"}), 2, dynamic({"b":"y"})] | evaluate bag_unpack(d) | project i, a, b',
    rows: [
      [1, 'x', 1],
      [2, '', 'y'],
    ],
  },
  'evaluate pivot: a column a value, nought where nothing is summed': {
    kql: `${SALES} | evaluate pivot(item, sum(n), shop) | project shop, x, y, z | sort by shop asc`,
    rows: [
      ['a', 3, 1, 0],
      ['b', 2, 0, 5],
    ],
  },
  'evaluate pivot with columns written out': {
    kql: `${SALES} | evaluate pivot(item, sum(n), shop) : (shop:string, z:long) | sort by shop asc`,
    rows: [
      ['a', 0],
      ['b', 5],
    ],
  },
  'evaluate narrow: a row a cell': {
    kql: 'print a = 1, b = "x" | evaluate narrow()',
    rows: [
      [0, 'a', '1'],
      [0, 'b', 'x'],
    ],
  },
  'row functions begin again where told': {
    kql: `${SALES} | sort by shop asc, n asc | extend i = row_number(1, shop != prev(shop)), c = row_cumsum(n, shop != prev(shop)) | project shop, n, i, c`,
    rows: [
      ['a', 1, 1, 1],
      ['a', 3, 2, 4],
      ['b', 2, 1, 2],
      ['b', 5, 2, 7],
    ],
  },
  'row_rank_dense and row_rank_min count changes and rows': {
    kql: 'datatable(v:long)[10, 10, 20, 30, 30] | sort by v asc | extend d = row_rank_dense(v), m = row_rank_min(v) | project v, d, m',
    rows: [
      [10, 1, 1],
      [10, 1, 1],
      [20, 2, 3],
      [30, 3, 4],
      [30, 3, 4],
    ],
  },
  'scan: a running sum': {
    kql: 'range x from 1 to 4 step 1 | serialize | scan declare (c:long = 0) with (step s: true => c = x + s.c;)',
    rows: [
      [1, 1],
      [2, 3],
      [3, 6],
      [4, 10],
    ],
  },
  'scan: a step follows another, rows between are left out': {
    kql: 'datatable(t:long, e:string)[1,"noise", 2,"start", 3,"noise", 4,"stop", 5,"stop"] | serialize | scan with_match_id = m with (step a: e == "start"; step b: e == "stop" and t - a.t < 3;) | project t, e, m',
    rows: [
      [2, 'start', 0],
      [4, 'stop', 0],
    ],
  },
  'invoke gives the rows to the first parameter': {
    kql: 'let f = (T:(n:long), least:long) { T | where n >= least }; range n from 1 to 3 step 1 | invoke f(2)',
    rows: [[2], [3]],
  },
  'a tuple of names takes the parts of a tuple': {
    kql: 'print d = dynamic([4, 8]) | extend (low, at, high) = series_stats(d) | project low, at, high',
    rows: [[4, 0, 8]],
  },
  '* !has is true where no column has it': {
    kql: 'datatable(a:string, b:string)["x", "y", "z", "z"] | where * !has "x" | project a',
    rows: [['z']],
  },
};

describe('operators give these rows', () => {
  it.each(Object.entries(CASES))('%s', async (_, { kql, rows }) => {
    expect(await opened.rowsOf(kql)).toEqual(rows);
  });
});
