import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, openEngine } from '../conformance/engine.ts';
import { fuzzDatabase } from '../fuzz/schema.ts';
import { createKqlCompiler } from './index.ts';

/** What fuzzing found, once mended: the engine runs these, or they are refused by name. Rows are no matter here. */
const FOUND: Readonly<Record<string, string>> = {
  'the engine has no sine of infinity':
    'T | extend x = cos(r / iff(b, -2.25, r)), y = sin(real(-inf)), z = tan(r), c = cot(real(nan))',
  'weeks beyond all years': 'T | extend x = startofweek(ago(1h), l)',
  'days beyond all years':
    'T | extend x = bin(endofday(TimeGenerated - 7d, l), 1h), y = endofday(datetime(0001-01-01), l)',
  'months beyond all years': 'T | where not(now() between (TimeGenerated - 1d .. startofmonth(TimeGenerated, l)))',
  'years beyond all years': 'T | extend x = endofyear(TimeGenerated, l)',
  'a datetime of a year alone': 'print x = bin(make_datetime(2024), 1d)',
  'a timespan of one part': 'T | summarize x = take_any(make_timespan(r)) by l',
  'a zone of time that is none':
    'T | extend x = datetime_utc_to_local(TimeGenerated, s), y = datetime_local_to_utc(now(), "(a)(b)")',
  'bins of no size, and from far away':
    'T | extend x = bin_at(TimeGenerated - TimeGenerated, ts, 7d), y = bin_at(l, 3, l), z = bin_at(ts, 0s, ts), w = bin_at(r, 0.5, 0.0), v = bin_at(ts, decimal(0), 1h)',
  "Microsoft's analyser fails on a graph without a graph":
    'print x = 1 | graph-match (a)-->(b) where a.id != b.id project n = a.name',
  'strrep with a separator of each row': 'T | extend x = strrep(s, 2, s)',
  'a management command of many lines': '.create-or-alter function with (folder = "x")\nf(a: dynamic)\n{\n  print a\n}',
};

const compiler = createKqlCompiler(fuzzDatabase());
let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

describe('found by fuzzing', () => {
  it.each(Object.entries(FOUND))('%s', async (_, query) => {
    const compiled = compiler.compile(query, { now: 638_000_000_000_000_000n });
    if (compiled.ok) await engine.run(compiled.sql);
    else expect(compiled.diagnostics[0]?.message).toBeTruthy();
  });

  it.each([
    ['repeat', 'print x = repeat(1, 9223372036854775807)'],
    ['strrep', 'print x = strrep("a", 2000000)'],
    ['tdigest', 'range i from 1 to 2 step 1 | summarize x = tdigest(i, 2000000000)'],
  ])('%s of more elements than a value may have fails at once', async (_, query) => {
    const compiled = compiler.compile(query, { now: 638_000_000_000_000_000n });
    if (!compiled.ok) throw new Error(compiled.diagnostics[0]?.message);
    await expect(engine.run(compiled.sql)).rejects.toThrow('A list of more than 1048576 elements.');
  });

  it('strrep repeats with the separator between, a null or negative number is no text', async () => {
    const compiled = compiler.compile(
      'print a = strrep("ab", 3, "-"), b = strrep("x", 1, ","), c = strrep("x", -1), d = strrep("x", long(null)), e = strrep("", 3, ".")',
      { now: 638_000_000_000_000_000n },
    );
    if (!compiled.ok) throw new Error(compiled.diagnostics[0]?.message);
    expect(await engine.run(compiled.sql)).toEqual([['ab-ab-ab', 'x', '', '', '..']]);
  });

  it('beyond all years is null', async () => {
    const compiled = compiler.compile(
      'print a = isnull(startofday(now(), 9223372036854775807)), b = isnull(endofmonth(now(), 9223372036854775807)), c = endofmonth(datetime(2024-01-15), 1), d = startofweek(datetime(2024-01-17), -1)',
      { now: 638_000_000_000_000_000n },
    );
    if (!compiled.ok) throw new Error(compiled.diagnostics[0]?.message);
    const february = 621_355_968_000_000_000n + 10_000n * BigInt(Date.UTC(2024, 2, 1)) - 1n;
    const sunday = 621_355_968_000_000_000n + 10_000n * BigInt(Date.UTC(2024, 0, 7));
    expect(await engine.run(compiled.sql)).toEqual([[true, true, february, sunday]]);
  });
});
