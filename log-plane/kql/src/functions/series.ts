import type { FunctionEntry, PrintedCall } from './entry.ts';
import { arrayOf, elementsOf, ifArray, isArray, realJson, textsOf } from './json-text.ts';

/** Elements as reals. */
const reals = (json: string): string => `list_transform(${textsOf(json)}, lambda t: try_cast(t as double))`;

/** A series, or one number in every place of the other series. */
const alongside = (value: string, type: string, other: string): string =>
  type === 'dynamic'
    ? `case when ${isArray(value)} then ${textsOf(value)} else list_transform(${textsOf(other)}, lambda t: json_extract_string(${value}, '$')) end`
    : `list_transform(${textsOf(other)}, lambda t: (${value})::varchar)`;

const realsOf = (texts: string): string => `list_transform(${texts}, lambda t: try_cast(t as double))`;

/** A function of each element; whole numbers stay whole where the function keeps them so. */
function each(sql: (x: string) => string, whole?: (x: string) => string): FunctionEntry {
  return {
    takes: ['dynamic'],
    sql: ({ args: [series = ''] }) => {
      const real = realJson(`(${sql('try_cast(t as double)')})`);
      const number =
        whole === undefined
          ? real
          : `case when try_cast(t as bigint) is not null and not contains(t, '.') and not contains(lower(t), 'e') then (${whole('t::bigint')})::varchar else ${real} end`;
      return ifArray(series, arrayOf(`list_transform(${textsOf(series)}, lambda t: ${number})`));
    },
  };
}

/** Element by element; what is missing on one side is null. */
function both(print: (a: string, b: string) => string): FunctionEntry {
  return {
    takes: ['any', 'any'],
    usesOften: true,
    sql: ({ args: [a = '', b = ''], exprs }) => {
      const [left, right] = [exprs[0]?.type ?? 'dynamic', exprs[1]?.type ?? 'dynamic'];
      const x = left === 'dynamic' ? alongside(a, left, b) : alongside(a, left, b);
      const y = alongside(b, right, a);
      return arrayOf(`list_transform(list_zip(${x}, ${y}), lambda z: ${print('z[1]', 'z[2]')})`);
    },
  };
}

const isWhole = (t: string): string => `regexp_full_match(${t}, '-?\\d{1,15}')`;

/** In whole numbers where both are, else in reals. */
const arithmetic = (operator: string): FunctionEntry =>
  both(
    (a, b) =>
      `case when ${isWhole(a)} and ${isWhole(b)} then (${a}::bigint::hugeint ${operator} ${b}::bigint)::varchar else ${realJson(`(try_cast(${a} as double) ${operator} try_cast(${b} as double))`)} end`,
  );

const real2 = (print: (a: string, b: string) => string): FunctionEntry =>
  both((a, b) => realJson(`(${print(`try_cast(${a} as double)`, `try_cast(${b} as double)`)})`));

const compared = (operator: string): FunctionEntry =>
  both((a, b) => `(try_cast(${a} as double) ${operator} try_cast(${b} as double))::varchar`);

/** A number from one series. */
const total = (print: (list: string) => string): FunctionEntry => ({
  takes: ['dynamic'],
  sql: ({ args: [series = ''] }) => ifArray(series, print(reals(series))),
});

/** A number from two series of one length. */
const paired = (print: (pairs: string) => string): FunctionEntry => ({
  takes: ['any', 'any'],
  usesOften: true,
  sql: ({ args: [a = '', b = ''], exprs }) => {
    const x = realsOf(alongside(a, exprs[0]?.type ?? 'dynamic', b));
    const y = realsOf(alongside(b, exprs[1]?.type ?? 'dynamic', a));
    return print(`list_zip(${x}, ${y})`);
  },
});

const sum = (list: string, of: string): string => `list_sum(list_transform(${list}, lambda z: ${of}))`;

/** Carries the last value over nulls; backward: the next. */
function filled(direction: 'forward' | 'backward'): FunctionEntry {
  return {
    takes: ['dynamic', 'any'],
    sql: ({ args: [series = '', placeholder], exprs }) => {
      const hole = placeholder === undefined ? undefined : holeText(placeholder, exprs[1]?.type);
      const values =
        hole === undefined ? elementsOf(series) : `list_transform(${elementsOf(series)}, lambda t: nullif(t, ${hole}))`;
      const turned = direction === 'forward' ? values : `list_reverse(${values})`;
      const step = `lambda a, b: list_append(a, coalesce(b[1], a[-1]))`;
      const carried = `list_reduce(list_prepend([]::varchar[], list_transform(${turned}, lambda t: [t])), ${step})`;
      const kept = hole === undefined ? carried : `list_transform(${carried}, lambda t: coalesce(t, ${hole}))`;
      return ifArray(series, arrayOf(direction === 'forward' ? kept : `list_reverse(${kept})`));
    },
  };
}

function holeText(value: string, type: string | undefined): string {
  return type === 'dynamic' ? value : `to_json(${value})::varchar`;
}

/** The index of the first null (or placeholder) is filled on the line between its neighbours. */
function fillLinear({ args: [series = '', placeholder, edges, constant], exprs }: PrintedCall): string {
  const hole = placeholder === undefined ? undefined : `${holeText(placeholder, exprs[1]?.type)}`;
  const texts =
    hole === undefined ? textsOf(series) : `list_transform(${elementsOf(series)}, lambda t: nullif(t, ${hole}))`;
  const numbered = `list_transform(${realsOf(texts)}, lambda v, i: {'i': i, 'v': v})`;
  const known = `list_filter(${numbered}, lambda p: p.v is not null)`;
  const before = `list_filter(${known}, lambda k: k.i <= p.i)[-1]`;
  const after = `list_filter(${known}, lambda k: k.i >= p.i)[1]`;
  const between = `${before}.v + (${after}.v - ${before}.v) * (p.i - ${before}.i) / greatest(${after}.i - ${before}.i, 1)`;
  const fillsEdges = edges === undefined ? 'true' : edges;
  const outside = `case when ${fillsEdges} then coalesce(${before}.v, ${after}.v${constant === undefined ? '' : `, (${constant})::double`}) end`;
  const value = `coalesce(p.v, ${between}, ${outside})`;
  return ifArray(series, arrayOf(`list_transform(${numbered}, lambda p: ${realJson(`(${value})`)})`));
}

const STATS = ['min', 'min_idx', 'max', 'max_idx', 'avg', 'stdev', 'variance'] as const;

/** SQL of each statistic over a list of reals. */
function statistics(list: string): Readonly<Record<(typeof STATS)[number] | 'sum' | 'len', string>> {
  return {
    min: `list_min(${list})`,
    min_idx: `(list_position(${list}, list_min(${list})) - 1)::bigint`,
    max: `list_max(${list})`,
    max_idx: `(list_position(${list}, list_max(${list})) - 1)::bigint`,
    avg: `list_avg(${list})`,
    stdev: `coalesce(list_aggregate(${list}, 'stddev_samp'), 0)`,
    variance: `coalesce(list_aggregate(${list}, 'var_samp'), 0)`,
    sum: `list_sum(${list})`,
    len: `len(${list})`,
  };
}

/** Least squares over the positions 0, 1, 2 …: slope, intercept, r², variance, rvariance, the line. */
function line(
  series: string,
): Readonly<Record<'rsquare' | 'slope' | 'variance' | 'rvariance' | 'interception' | 'line_fit', string>> {
  const y = reals(series);
  const n = `len(${y})`;
  const points = `list_transform(${y}, lambda v, i: {'x': i - 1.0, 'v': v})`;
  const mx = `((${n} - 1) / 2.0)`;
  const my = `list_avg(${y})`;
  const sxy = `list_sum(list_transform(${points}, lambda p: (p.x - ${mx}) * p.v))`;
  const sxx = `(${n}::double * (${n}::double * ${n} - 1) / 12.0)`;
  const slope = `(case when ${n} > 1 then ${sxy} / ${sxx} else 0 end)`;
  const interception = `(${my} - ${slope} * ${mx})`;
  const variance = `coalesce(list_aggregate(${y}, 'var_samp'), 0)`;
  const residual = `(case when ${n} > 1 then greatest(${variance} - ${slope} * ${slope} * ${sxx} / (${n} - 1), 0) else 0 end)`;
  return {
    rsquare: `(case when ${variance} = 0 then 0 else ${slope} * ${slope} * ${sxx} / (${n} - 1) / ${variance} end)`,
    slope,
    variance,
    rvariance: residual,
    interception,
    line_fit: arrayOf(`list_transform(${points}, lambda p: ${realJson(`(${interception} + ${slope} * p.x)`)})`),
  };
}

function struct(values: readonly string[]): string {
  return `{${values.map((value, index) => `'f${index}': ${value}`).join(', ')}}`;
}

const bag = (values: Readonly<Record<string, string>>): string =>
  `json_object(${Object.entries(values)
    .map(([key, sql]) => `'${key}', ${sql}`)
    .join(', ')})::varchar`;

/** Weighted sums of a window of elements; what is outside the series counts as nought. */
function fir({ args: [series = '', filter = '', normalize, center] }: PrintedCall): string {
  const x = reals(series);
  const f = reals(filter);
  const scale = `(case when ${normalize ?? 'true'} and coalesce(list_sum(${f}), 0) <> 0 then list_sum(${f}) else 1 end)`;
  const offset = `(case when ${center ?? 'false'} then len(${f}) // 2 else 0 end)`;
  const products = `list_sum(list_transform(ff.f, lambda w, k: w * coalesce(case when i - k + 1 + ff.o >= 1 then ff.x[i - k + 1 + ff.o] end, 0)))`;
  const whole = `list_transform([{'x': ${x}, 'f': ${f}, 'o': ${offset}, 's': ${scale}}], lambda ff: list_transform(range(1, len(ff.x) + 1), lambda i: ${products} / ff.s))[1]`;
  return `case when ${isArray(series)} and ${isArray(filter)} then ${arrayOf(`list_transform(${whole}, lambda v: ${realJson('v')})`)} end`;
}

/** y[i] = (Σ b[j]·x[i−j] − Σ a[k]·y[i−k]) / a[0] */
function iir({ args: [series = '', numerators = '', denominators = ''] }: PrintedCall): string {
  const base = `[{'x': ${reals(series)}, 'b': ${reals(numerators)}, 'a': ${reals(denominators)}}]`;
  const fed = `list_sum(list_transform(c.b, lambda w, j: w * coalesce(case when len(y) + 2 - j >= 1 then c.x[len(y) + 2 - j] end, 0)))`;
  const back = `coalesce(list_sum(list_transform(c.a[2:], lambda w, k: w * coalesce(case when len(y) + 1 - k >= 1 then y[len(y) + 1 - k] end, 0))), 0)`;
  const walked = `list_reduce(list_prepend([]::double[], list_transform(c.x, lambda v: [v])), lambda y, v: list_append(y, (${fed} - ${back}) / c.a[1]))`;
  const whole = `list_transform(${base}, lambda c: ${walked})[1]`;
  return `case when ${isArray(series)} and ${isArray(numerators)} and ${isArray(denominators)} then ${arrayOf(`list_transform(${whole}, lambda v: ${realJson('v')})`)} end`;
}

/** What the engine's scores of custom Tukey are to the distance from the range of 10 to 90 percent, by its results. */
const TUKEY_SCALE = '2.772605605507916';

/** How far each element is beyond the range between two quantiles, in such ranges; nought inside. */
function outliers({ args: [series = ''] }: PrintedCall): string {
  const known = `list_filter(${reals(series)}, lambda t: t is not null)`;
  const quantile = (q: number) => `list_aggregate(o.k, 'quantile_cont', ${q})`;
  const score = 'case when t > o.h then (t - o.h) / (o.h - o.l) when t < o.l then (t - o.l) / (o.h - o.l) else 0 end';
  const scores = `list_transform([{'x': ${reals(series)}, 'k': ${known}}], lambda o: list_transform([{'x': o.x, 'h': ${quantile(0.9)}, 'l': ${quantile(0.1)}}], lambda o: list_transform(o.x, lambda t: ${realJson(`((${score}) * ${TUKEY_SCALE})`)}))[1])[1]`;
  return ifArray(series, arrayOf(scores));
}

export const SERIES: Readonly<Record<string, FunctionEntry>> = {
  series_abs: each(
    (x) => `abs(${x})`,
    (x) => `abs(${x})`,
  ),
  series_acos: each((x) => `case when abs(${x}) <= 1 then acos(${x}) when ${x} is not null then 'nan'::double end`),
  series_asin: each((x) => `case when abs(${x}) <= 1 then asin(${x}) when ${x} is not null then 'nan'::double end`),
  series_atan: each((x) => `atan(${x})`),
  series_ceiling: each(
    (x) => `ceil(${x})`,
    (x) => x,
  ),
  series_cos: each((x) => `cos(${x})`),
  series_exp: each((x) => `exp(${x})`),
  series_floor: each(
    (x) => `floor(${x})`,
    (x) => x,
  ),
  series_log: each(
    (x) => `case when ${x} > 0 then ln(${x}) when ${x} = 0 then '-inf'::double when ${x} < 0 then 'nan'::double end`,
  ),
  series_sign: each(
    (x) => `sign(${x})::double`,
    (x) => `sign(${x})`,
  ),
  series_sin: each((x) => `sin(${x})`),
  series_tan: each((x) => `tan(${x})`),
  series_add: arithmetic('+'),
  series_subtract: arithmetic('-'),
  series_multiply: arithmetic('*'),
  series_divide: real2((a, b) => `${a} / ${b}`),
  series_pow: real2((a, b) => `pow(${a}, ${b})`),
  series_equals: compared('='),
  series_not_equals: compared('<>'),
  series_greater: compared('>'),
  series_greater_equals: compared('>='),
  series_less: compared('<'),
  series_less_equals: compared('<='),
  series_sum: total((list) => `list_sum(${list})`),
  series_product: total((list) => `list_product(${list})`),
  series_magnitude: total((list) => `sqrt(${sum(list, 'z * z')})`),
  series_dot_product: paired((pairs) => sum(pairs, 'z[1] * z[2]')),
  series_cosine_similarity: paired(
    (pairs) =>
      `${sum(pairs, 'z[1] * z[2]')} / (sqrt(${sum(pairs, 'z[1] * z[1]')}) * sqrt(${sum(pairs, 'z[2] * z[2]')}))`,
  ),
  series_pearson_correlation: paired((pairs) => {
    const n = `len(${pairs})`;
    const [x, y] = [sum(pairs, 'z[1]'), sum(pairs, 'z[2]')];
    const top = `(${sum(pairs, 'z[1] * z[2]')} - ${x} * ${y} / ${n})`;
    const spread = (of: string, total_: string) => `(${sum(pairs, `${of} * ${of}`)} - ${total_} * ${total_} / ${n})`;
    return `${top} / sqrt(nullif(${spread('z[1]', x)} * ${spread('z[2]', y)}, 0))`;
  }),
  series_fill_forward: filled('forward'),
  series_fill_backward: filled('backward'),
  series_fill_const: {
    takes: ['dynamic', 'any', 'any'],
    sql: ({ args: [series = '', value = '', hole], exprs }) => {
      const fill = holeText(value, exprs[1]?.type);
      const missing = hole === undefined ? undefined : holeText(hole, exprs[2]?.type);
      const of =
        missing === undefined
          ? `coalesce(t, ${fill})`
          : `case when t is null or t = ${missing} then ${fill} else t end`;
      return ifArray(series, arrayOf(`list_transform(${elementsOf(series)}, lambda t: ${of})`));
    },
  },
  series_fill_linear: { takes: ['dynamic', 'any', 'bool', 'any'], usesOften: true, sql: fillLinear },
  series_fir: { takes: ['dynamic', 'dynamic', 'bool', 'bool'], usesOften: true, sql: fir },
  series_outliers: { takes: ['dynamic'], usesOften: true, sql: outliers },
  series_iir: { takes: ['dynamic', 'dynamic', 'dynamic'], usesOften: true, sql: iir },
  series_stats: {
    takes: ['dynamic', 'bool'],
    usesOften: true,
    isTuple: true,
    sql: ({ args: [series = ''] }) => {
      const found = statistics(reals(series));
      return struct(STATS.map((name) => found[name]));
    },
  },
  series_stats_dynamic: {
    takes: ['dynamic', 'bool'],
    usesOften: true,
    sql: ({ args: [series = ''] }) => ifArray(series, bag(statistics(reals(series)))),
  },
  series_fit_line: {
    takes: ['dynamic'],
    usesOften: true,
    isTuple: true,
    sql: ({ args: [series = ''] }) => {
      const { rsquare, slope, variance, rvariance, interception, line_fit } = line(series);
      return struct([rsquare, slope, variance, rvariance, interception, line_fit]);
    },
  },
  series_fit_line_dynamic: {
    takes: ['dynamic'],
    usesOften: true,
    sql: ({ args: [series = ''] }) => {
      const found = line(series);
      return ifArray(series, bag({ ...found, line_fit: `(${found.line_fit})::json` }));
    },
  },
};
