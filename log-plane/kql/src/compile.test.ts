import { existsSync, readFileSync } from 'node:fs';
import { TICKS_AT_UNIX_EPOCH } from '@vigia/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedPath } from '../conformance/corpus.ts';
import { openEngine } from '../conformance/engine.ts';
import { type CompileOptions, createKqlCompiler } from './index.ts';
import { printText } from './sql/print-literal.ts';

const HOUR = 36_000_000_000n;
const NOON = TICKS_AT_UNIX_EPOCH + 12n * HOUR;

const compiler = createKqlCompiler({
  name: 'Workspace',
  tables: [
    {
      name: 'ApiManagementGatewayLogs',
      relation: 'logs',
      columns: [
        { name: 'TimeGenerated', type: 'datetime' },
        { name: 'OperationId', type: 'string' },
        { name: 'ResponseCode', type: 'int' },
        { name: 'CallerIpAddress', type: 'string' },
        { name: 'BackendResponseBody', type: 'string' },
        { name: 'TotalTime', type: 'long' },
      ],
    },
    {
      name: 'AzureDiagnostics',
      relation: 'diagnostics',
      columns: [
        { name: 'TimeGenerated', type: 'datetime' },
        { name: '_ResourceId', type: 'string' },
        { name: 'Category', type: 'string' },
        { name: 'OperationName', type: 'string' },
      ],
    },
  ],
});

const answer = (model: string, prompt: number, completion: number) =>
  JSON.stringify({
    model,
    usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
  });

const LOGS: readonly (readonly [string, number, string, string, number | null])[] = [
  ['ChatCompletions_Create', 200, '127.0.0.1', answer('gpt-4o-mini', 10, 5), 120],
  ['ChatCompletions_Create', 200, '127.0.0.1', answer('gpt-4o-mini', 20, 7), 80],
  ['Completions_Create', 200, '127.0.0.2', answer('gpt-35-turbo', 3, 4), null],
  ['ChatCompletions_Create', 401, '127.0.0.1', '{"statusCode":401}', 2],
  ['ChatCompletions_Create', 200, '127.0.0.3', 'data: {"cut', 9],
  ['embeddings_create', 200, '127.0.0.1', answer('ada', 100, 0), 30],
];

let engine: Awaited<ReturnType<typeof openEngine>>;
beforeAll(async () => {
  engine = await openEngine();
  await engine.run(
    'create table logs ("TimeGenerated" bigint, "OperationId" varchar, "ResponseCode" integer, "CallerIpAddress" varchar, "BackendResponseBody" varchar, "TotalTime" bigint)',
  );
  for (const [hour, [operation, status, ip, body, time]] of LOGS.entries())
    await engine.run(
      `insert into logs values (${NOON + BigInt(hour) * HOUR}, ${printText(operation)}, ${status}, ${printText(ip)}, ${printText(body)}, ${time ?? 'null'})`,
    );
  await engine.run(
    'create table diagnostics ("TimeGenerated" bigint, "_ResourceId" varchar, "Category" varchar, "OperationName" varchar)',
  );
  await engine.run(
    `insert into diagnostics values (${NOON}, '/subscriptions/1', 'RequestResponse', 'ChatCompletions_Create')`,
  );
});
afterAll(() => engine.close());

async function rowsOf(kql: string, options: Partial<CompileOptions> = {}): Promise<unknown> {
  const compiled = compiler.compile(kql, { now: NOON + 5n * HOUR, ...options });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics));
  const rows = await engine.run(compiled.sql);
  return rows.map((row) => row.map((cell) => (typeof cell === 'bigint' ? Number(cell) : cell)));
}

const labFile = (name: string) => sharedPath(`corpora/lab/${name}.kql`);

describe('the queries of the lab', () => {
  const isMissing = !existsSync(labFile('recent-diagnostics'));

  it.skipIf(isMissing)('tokens by address and model, byte for byte', async () => {
    const text = readFileSync(labFile('tokens-by-ip-and-model'), 'utf8');
    const compiled = compiler.compile(text, { now: 0n });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics));
    expect(compiled.columns).toEqual([
      { name: 'ip', type: 'string' },
      { name: 'model', type: 'string' },
      { name: 'sum_prompttokens', type: 'decimal' },
      { name: 'sum_completiontokens', type: 'decimal' },
      { name: 'sum_totaltokens', type: 'decimal' },
      { name: 'avg_totaltokens', type: 'decimal' },
    ]);
    expect(compiled.tables).toEqual(['ApiManagementGatewayLogs']);
    const rows = (await engine.run(compiled.sql)).map(([ip, model, ...sums]) => [
      ip,
      model,
      ...sums.map((sum) => Number(String(sum))),
    ]);
    expect(rows.sort()).toEqual([
      ['127.0.0.1', 'gpt-4o-mini', 30, 12, 42, 21],
      ['127.0.0.2', 'gpt-35-turbo', 3, 4, 7, 7],
    ]);
  });

  it.skipIf(isMissing)('recent diagnostics', async () => {
    expect(await rowsOf(readFileSync(labFile('recent-diagnostics'), 'utf8'))).toEqual([
      [Number(NOON), '/subscriptions/1', 'RequestResponse', 'ChatCompletions_Create'],
    ]);
  });

  it.skipIf(isMissing)('as printed in the lab: says that the | is missing, and where', () => {
    const refused = compiler.compile(readFileSync(labFile('recent-diagnostics-as-printed'), 'utf8'), { now: 0n });
    if (refused.ok) throw new Error('It was accepted.');
    expect(refused.diagnostics[0]).toMatchObject({
      code: 'kql.missingPipe',
      message: "The | before the operator 'take' is missing.",
      line: 2,
      column: 1,
    });
    expect(refused.fix?.text.trim()).toBe(readFileSync(labFile('recent-diagnostics'), 'utf8').trim());
    expect(refused.diagnostics.map(({ code, line }) => [code, line])).toEqual([
      ['kql.missingPipe', 2],
      ['kql.missingPipe', 3],
    ]);
  });
});

describe('rows', () => {
  const logs = 'ApiManagementGatewayLogs';
  const cases: Readonly<Record<string, { kql: string; rows: unknown }>> = {
    'an int compared with text that is a number': { kql: `${logs} | where ResponseCode == '401' | count`, rows: [[1]] },
    '!= keeps rows whose value is null': { kql: `${logs} | where TotalTime != 120 | count`, rows: [[5]] },
    'ago is counted from the one now of the query': {
      kql: `${logs} | where TimeGenerated > ago(150m) | count`,
      rows: [[3]],
    },
    'a let with a parameter': {
      kql: `let slow = (limit: long) { ${logs} | where TotalTime > limit }; slow(50) | summarize n = count(), top = max(TotalTime)`,
      rows: [[2, 120]],
    },
    'a named table read twice': {
      kql: `let ok = ${logs} | where ResponseCode == 200; ok | join kind=inner (ok | summarize n = count() by CallerIpAddress) on CallerIpAddress | summarize sum(n)`,
      rows: [[11]],
    },
    'has wants whole terms': {
      kql: "print a = 'gpt-4o-mini' has 'mini', b = 'gemini' has 'mini', c = 'KELVIN scale' has 'kelvin'",
      rows: [[true, false, true]],
    },
    'a long wraps': { kql: 'print x = 9223372036854775807 + 1', rows: [[Number(-9223372036854775808n)]] },
    'names that differ in case only': { kql: 'print a = 1, A = 2 | extend s = a - A | project A, s', rows: [[2, -1]] },
    'text of a user is text': {
      kql: `print s = "'; drop table logs; --" | where s has "drop"`,
      rows: [["'; drop table logs; --"]],
    },
    'a key that looks like a path': {
      kql: `print d = dynamic({"a.b": 1, "*": 2, "x\\"y": 3}) | project toint(d["a.b"]), toint(d["*"]), toint(d["x\\"y"])`,
      rows: [[1, 2, 3]],
    },
    'a union of clashing types': {
      kql: 'union (print x = 1), (print x = "a") | project x_long, x_string',
      rows: [
        [1, ''],
        [null, 'a'],
      ],
    },
    'a union of all tables whose names fit': {
      kql: 'union withsource = T Azure*, *GatewayLogs | summarize count() by T | sort by T asc',
      rows: [
        ['ApiManagementGatewayLogs', 6],
        ['AzureDiagnostics', 1],
      ],
    },
    'parse takes values out of text': {
      kql: "print s = 'took 12 ms in west' | parse s with 'took ' ms: long ' ms in ' place | project ms, place",
      rows: [[12, 'west']],
    },
    'prev and row_number after a sort': {
      kql: 'range x from 1 to 3 step 1 | sort by x desc | extend n = row_number(), before = prev(x)',
      rows: [
        [3, 1, null],
        [2, 2, 3],
        [1, 3, 2],
      ],
    },
    'mv-expand of an array with its index': {
      kql: 'print d = dynamic(["a", "b"]) | mv-expand with_itemindex = i d to typeof(string)',
      rows: [
        ['a', 0],
        ['b', 1],
      ],
    },
  };

  it.each(Object.entries(cases))('%s', async (_, { kql, rows }) => {
    expect(await rowsOf(kql)).toEqual(rows);
  });

  it('timespan restricts every table, its end excluded', async () => {
    const timespan = { start: NOON, end: NOON + 2n * HOUR };
    expect(await rowsOf('ApiManagementGatewayLogs | count', { timespan })).toEqual([[2]]);
  });
});

describe('refusals', () => {
  const cases: Readonly<Record<string, { kql: string; expected: Record<string, unknown> }>> = {
    'an operator that Vigia does not run': {
      kql: 'AzureDiagnostics\n| take 1\n| evaluate autocluster()',
      expected: { code: 'kql.unsupported', subject: 'evaluate autocluster', line: 3, column: 12 },
    },
    'a function that Vigia does not run': {
      kql: 'print series_decompose(dynamic([1, 2]))',
      expected: { code: 'kql.unsupported', subject: 'series_decompose', line: 1, column: 7 },
    },
    'a name that Kusto does not know': {
      kql: 'AzureDiagnostics | where Nothing > 1',
      expected: { code: 'KS142', line: 1, column: 26 },
    },
    'an assignment for a comparison': {
      kql: 'AzureDiagnostics | where Category = "a"',
      expected: { code: 'KS141', hint: 'To compare, use ==: Category == …' },
    },
    SQL: { kql: 'SELECT * FROM AzureDiagnostics', expected: { code: 'kql.looksLikeSql', line: 1, column: 1 } },
    'a literal that is no date': { kql: 'print datetime(2024-02-30)', expected: { code: 'kql.invalid', column: 7 } },
    'nesting beyond the limit': {
      kql: `print ${'('.repeat(5000)}1${')'.repeat(5000)}`,
      expected: { code: 'kql.tooDeep' },
    },
  };

  it.each(Object.entries(cases))('%s', (_, { kql, expected }) => {
    const refused = compiler.compile(kql, { now: 0n });
    if (refused.ok) throw new Error('It was accepted.');
    expect(refused.diagnostics[0]).toMatchObject(expected);
  });

  it('a text over the limit', () => {
    const refused = compiler.compile('print 1', { now: 0n, maxTextLength: 3 });
    expect(refused.ok ? undefined : refused.diagnostics[0]?.code).toBe('kql.tooLong');
  });
});

it('render is a hint and leaves the rows alone', () => {
  const compiled = compiler.compile(
    'AzureDiagnostics | summarize count() by Category | render piechart with (title="By category")',
    { now: 0n },
  );
  expect(compiled.ok ? compiled.render : undefined).toEqual({
    visualization: 'piechart',
    properties: { title: 'By category' },
  });
});
