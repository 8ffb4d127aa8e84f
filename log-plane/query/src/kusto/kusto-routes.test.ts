import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../testing/duckdb-store.ts';
import { createQueryEngine, kustoRoutes, type QueryTable, queryRoutes, readTimespan } from '../index.ts';

const workspaces = ['one', 'two'].map((name, index) => ({
  name: `logs-${name}`,
  customerId: `0000000${index + 1}-aaaa-4000-8000-00000000000${index + 1}`,
  id: `/subscriptions/5ub/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/logs-${name}`,
}));
const requests: QueryTable = {
  name: 'Requests',
  description: 'What was asked.',
  columns: [
    { name: 'TimeGenerated', type: 'datetime' },
    { name: 'Name', type: 'string' },
    { name: 'Status', type: 'int' },
    { name: 'Details', type: 'dynamic' },
  ],
};
const now = Date.UTC(2026, 0, 10, 12);

let store: TestStore;
let app: FastifyInstance;
beforeAll(async () => {
  store = await openTestStore([requests]);
  for (const [index, { customerId }] of workspaces.entries())
    for (let row = 0; row <= index; row += 1)
      await store.insert('Requests', customerId, {
        TimeGenerated: readTimespan('2026-01-08/P1D', 0n).start,
        Name: `r${row}`,
        Status: 200 + row,
        Details: '{"a":[1]}',
      });
  const engine = createQueryEngine({
    store,
    schemas: [requests],
    workspaces: () => workspaces,
    clock: { now: () => now },
  });
  engine.warmUp();
  app = Fastify();
  await app.register(queryRoutes(engine));
  await app.register(
    kustoRoutes(engine, { loginEndpoint: 'https://localhost:7445', version: '1.2.3', clock: { now: () => now } }),
  );
});
afterAll(async () => {
  await app.close();
  await store.close();
});

async function post(url: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.statusCode, headers: response.headers, json: response.json() };
}
const db = 'logs-one';
const v2 = (csl: string, more: object = {}) => post('/v2/rest/query', { db, csl, ...more });
const v1 = (csl: string, more: object = {}) => post('/v1/rest/query', { db, csl, ...more });
const command = (csl: string, database = db) => post('/v1/rest/mgmt', { db: database, csl });

/** One value of each type, as the two versions write it. */
const everyType =
  "print b = true, i = int(5), l = 9007199254740993, r = real(nan), m = decimal(1.50), d = datetime(2026-01-02T03:04:05.5Z), t = 1d + 2h, g = guid(01234567-89ab-cdef-0123-456789abcdef), s = 'x\"', y = dynamic({'a': [1, null]}), n = dynamic(null), e = int(null)";

describe('version 2', () => {
  it('answers with frames that are not progressive', async () => {
    const { status, headers, json } = await v2('Requests | project Name, Status', {
      properties: { Options: { results_progressive_enabled: true } },
    });
    expect(status).toBe(200);
    expect(headers['x-ms-client-request-id']).toMatch(/^unspecified;[0-9a-f-]{36}$/);
    expect(headers['x-ms-activity-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(json.map((frame: { FrameType: string }) => frame.FrameType)).toEqual([
      'DataSetHeader',
      'DataTable',
      'DataTable',
      'DataTable',
      'DataSetCompletion',
    ]);
    expect(json[0]).toMatchObject({ IsProgressive: false, Version: 'v2.0', ErrorReportingPlacement: 'InData' });
    expect(json[1]).toMatchObject({ TableKind: 'QueryProperties', Rows: [[1, 'Visualization', expect.any(String)]] });
    expect(json[2]).toEqual({
      FrameType: 'DataTable',
      TableId: 1,
      TableKind: 'PrimaryResult',
      TableName: 'PrimaryResult',
      Columns: [
        { ColumnName: 'Name', ColumnType: 'string' },
        { ColumnName: 'Status', ColumnType: 'int' },
      ],
      Rows: [['r0', 200]],
    });
    expect(json[3]).toMatchObject({ TableKind: 'QueryCompletionInformation' });
    expect(json[4]).toEqual({ FrameType: 'DataSetCompletion', HasErrors: false, Cancelled: false });
  });

  it('writes each type as Kusto does; a dynamic is the value itself', async () => {
    const { json } = await v2(everyType);
    expect(json[2].Rows[0]).toEqual([
      true,
      5,
      // JSON.parse of the test cannot hold it; the text below does.
      9007199254740992,
      'NaN',
      '1.5',
      '2026-01-02T03:04:05.5Z',
      '1.02:00:00',
      '01234567-89ab-cdef-0123-456789abcdef',
      'x"',
      { a: [1, null] },
      null,
      null,
    ]);
    const { body } = await app.inject({
      method: 'POST',
      url: '/v2/rest/query',
      payload: JSON.stringify({ db, csl: everyType }),
    });
    expect(body).toContain(',9007199254740993,');
  });

  it('says how a chart is drawn', async () => {
    const { json } = await v2('Requests | project Name, Status | render barchart with (title="By name")');
    expect(JSON.parse(json[1].Rows[0][2])).toMatchObject({ Visualization: 'barchart', Title: 'By name', Kind: null });
  });

  it('is asked by GET as well', async () => {
    const response = await app.inject({ url: `/v2/rest/query?db=${db}&csl=${encodeURIComponent('print a = 1')}` });
    expect(response.json()[2].Rows).toEqual([[1]]);
  });
});

describe('version 1', () => {
  it('answers with the result, its properties, how it ended, and what the tables are', async () => {
    const { status, json } = await v1(everyType);
    expect(status).toBe(200);
    const [result, properties, outcome, contents] = json.Tables;
    expect(result.TableName).toBe('Table_0');
    expect(result.Columns.map((column: { DataType: string }) => column.DataType)).toEqual([
      ...['SByte', 'Int32', 'Int64', 'Double', 'SqlDecimal', 'DateTime', 'TimeSpan', 'Guid', 'String', 'Object'],
      ...['Object', 'Int32'],
    ]);
    expect(result.Rows[0][9]).toBe('{"a":[1,null]}');
    expect(properties.Rows).toEqual([[expect.stringContaining('"Visualization":null')]]);
    expect(outcome.Rows[0].slice(1, 5)).toEqual([4, 'Info', 0, 'Query completed successfully']);
    expect(contents.Rows.map((row: unknown[]) => row.slice(0, 3))).toEqual([
      [0, 'QueryResult', 'PrimaryResult'],
      [1, 'QueryProperties', '@ExtendedProperties'],
      [2, 'QueryStatus', 'QueryStatus'],
    ]);
  });
});

describe('a database', () => {
  it.each([
    ['by name', 'logs-two', 2],
    ['by name in another case', 'LOGS-TWO', 2],
    ['by customerId', workspaces[1]?.customerId, 2],
    ['the other one', 'logs-one', 1],
  ])('%s', async (_, name, rows) => {
    const { json } = await v2('Requests | count', { db: name });
    expect(json[2].Rows).toEqual([[rows]]);
  });

  it.each([
    ['elsewhere', /^Database 'elsewhere' could not be found.*logs-one \(00000001/],
    ['NetDefaultDB', /^The request names no database.*logs-two/],
    ['', /^The request names no database/],
  ])('%j is refused', async (name, message) => {
    const { status, json } = await v2('print 1', { db: name });
    expect([status, json.error.code]).toEqual([400, 'BadRequest_EntityNotFound']);
    expect(json.error['@message']).toMatch(message);
  });
});

describe('request properties', () => {
  const range = 'range n from 1 to 5 step 1 | project n';
  const withOptions = (Options: object) => ({ properties: JSON.stringify({ Options }) });

  it('truncationmaxrecords: the rows up to it, and an error in the answer', async () => {
    const { status, json } = await v2(range, withOptions({ truncationmaxrecords: 2 }));
    expect(status).toBe(200);
    expect(json[2].Rows).toEqual([[1], [2]]);
    expect(json[3].Rows[0].slice(5, 9)).toEqual([2, 'Error', -2133196797, 'E_QUERY_RESULT_SET_TOO_LARGE (80DA0003)']);
    expect(json[4]).toMatchObject({ HasErrors: true, OneApiErrors: [{ error: { code: 'LimitsExceeded' } }] });
    const first = await v1(range, withOptions({ truncationmaxrecords: '2' }));
    expect(first.json.Tables[2].Rows[0].slice(1, 4)).toEqual([2, 'Error', -2133196797]);
    expect(first.json.Exceptions).toEqual([expect.stringContaining('exceed the set limit of 2 records')]);
  });

  it.each([
    ['notruncation', { notruncation: true, truncationmaxrecords: 2 }, 5],
    ['query_take_max_records', { query_take_max_records: 3 }, 3],
    ['hints that are not known', { querytrace: true, request_app_name: 'x' }, 5],
    ['servertimeout', { servertimeout: '00:04:00', query_language: 'kql' }, 5],
  ])('%s', async (_, options, rows) => {
    const { json } = await v2(range, withOptions(options));
    expect([json[2].Rows.length, json[4].HasErrors]).toEqual([rows, false]);
  });

  it('servertimeout ends a query', async () => {
    const { status, json } = await v2(
      'range a from 1 to 100000 step 1 | extend k = 1 | join kind=inner (range b from 1 to 100000 step 1 | extend k = 1) on k | summarize sum(a * b)',
      withOptions({ servertimeout: '00:00:00.2' }),
    );
    expect([status, json.error.code, json.error['@permanent']]).toEqual([504, 'Timeout', false]);
  });

  it.each([
    [{ query_now: 'datetime(2026-01-01)' }, /query_now is not supported/],
    [{ query_language: 'sql' }, /query_language is "sql"/],
    [{ servertimeout: 'soon' }, /servertimeout is "soon"/],
    [{ truncationmaxrecords: -1 }, /truncationmaxrecords is -1/],
  ])('%j is refused by name', async (options, message) => {
    const { status, json } = await v2(range, withOptions(options));
    expect([status, json.error.code]).toEqual([400, 'General_BadRequest']);
    expect(json.error['@message']).toMatch(message);
  });

  it('parameters are values of the query', async () => {
    const { json } = await v2(
      'declare query_parameters(name: string, least: int = 0);\nRequests | where Name == name and Status >= least | count',
      {
        db: 'logs-two',
        properties: { Parameters: { name: 'r1' } },
      },
    );
    expect(json[2].Rows).toEqual([[1]]);
  });

  it.each([
    ['the header', { 'x-ms-client-request-id': 'KNC.execute;1' }, { ClientRequestId: 'body' }, 'KNC.execute;1'],
    ['else of the body', {}, { ClientRequestId: 'body' }, 'body'],
  ])('the client’s request id is that of %s', async (_, headers: Record<string, string>, properties, id) => {
    const answer = await post('/v2/rest/query', { db, csl: 'print 1', properties }, headers);
    expect(answer.headers['x-ms-client-request-id']).toBe(id);
    expect(answer.json[3].Rows[0][1]).toBe(id);
  });
});

describe('refusals', () => {
  it.each([
    ['a name', 'Requests | project Nme', 'SEM0100', /^Semantic error: SEM0100: .*'Nme'/],
    ['the syntax', 'Requests | wher', 'SYN0002', /^Syntax error: SYN0002: Query could not be parsed at/],
  ])('%s', async (_, csl, code, message) => {
    for (const ask of [v1, v2]) {
      const { status, json } = await ask(csl);
      expect([status, json.error.code, json.error['@permanent']]).toEqual([400, 'General_BadRequest', true]);
      expect(json.error['@message']).toMatch(message);
      expect(json.error.innererror).toMatchObject({ code, '@errorCode': code });
      expect(json.error['@context']).toMatchObject({ timestamp: '2026-01-10T12:00:00.000Z' });
    }
  });

  it.each([
    ['no JSON', '/v2/rest/query', '{', 400, /no valid JSON/],
    ['no object', '/v2/rest/query', '[]', 400, /no JSON object/],
    ['no text', '/v2/rest/query', { db }, 400, /"csl" is missing/],
    ['a database that is no text', '/v2/rest/query', { db: 1, csl: 'x' }, 400, /"db" is no text/],
    [
      'properties that are no JSON',
      '/v1/rest/query',
      { db, csl: 'x', properties: '{' },
      400,
      /"properties" is no valid/,
    ],
    [
      'a command as a query',
      '/v2/rest/query',
      { db, csl: ' .show tables' },
      400,
      /commands are sent to \/v1\/rest\/mgmt/,
    ],
    ['a query as a command', '/v1/rest/mgmt', { db, csl: 'print 1' }, 400, /A command begins with a dot/],
    ['ingestion', '/v1/rest/ingest/logs-one/Requests?streamFormat=csv', 'a,b', 501, /is not supported by Vigia/],
    ['a body that is too large', '/v2/rest/query', 'x'.repeat(5_000_000), 413, /too large/],
  ])('%s', async (_, url, body, status, message) => {
    const answer = await post(url, body);
    expect(answer.status).toBe(status);
    expect(answer.json.error['@message']).toMatch(message);
  });
});

describe('commands', () => {
  const schema = { Name: 'logs-one', Tables: { Requests: { OrderedColumns: expect.any(Array) } } };
  const cases: Readonly<Record<string, readonly unknown[]>> = {
    '.show databases': [
      ['logs-one', '', 'v1.0', true, 'ReadOnly', 'logs-one', null, workspaces[0]?.customerId, '', ''],
      ['logs-two', '', 'v1.0', false, 'ReadOnly', 'logs-two', null, workspaces[1]?.customerId, '', ''],
    ],
    '  .SHOW  tables ;\n': [['Requests', 'logs-one', '', 'What was asked.']],
    "// who\n.show table ['Requests']": [['Requests', 'logs-one', '', 'What was asked.']],
    '.show table Requests cslschema': [
      ['Requests', 'TimeGenerated:datetime,Name:string,Status:int,Details:dynamic', 'logs-one', '', 'What was asked.'],
    ],
    '.show database schema': [
      ['logs-one', '', '', '', false, false, '', 'v1.0', '', ''],
      ['logs-one', 'Requests', '', '', false, false, '', 'v1.0', '', 'What was asked.'],
      ['logs-one', 'Requests', 'TimeGenerated', 'System.DateTime', false, false, '', 'v1.0', '', ''],
      ['logs-one', 'Requests', 'Name', 'System.String', false, false, '', 'v1.0', '', ''],
      ['logs-one', 'Requests', 'Status', 'System.Int32', false, false, '', 'v1.0', '', ''],
      ['logs-one', 'Requests', 'Details', 'System.Object', false, false, '', 'v1.0', '', ''],
    ],
    '.show functions': [],
    '.show version': [['1.2.3', '2026-01-10T12:00:00.000Z', 'Engine', 'Vigia 1.2.3']],
    '.show cluster': [['0', '', 'Vigia', '2026-01-10T12:00:00.000Z']],
  };
  it.each(Object.entries(cases))('%s', async (csl, rows) => {
    const { status, json } = await command(csl);
    expect([status, json.Tables.length, json.Tables[0].TableName]).toEqual([200, 1, 'Table_0']);
    expect(json.Tables[0].Rows).toEqual(rows);
  });

  it.each([
    ['.show database schema as json', { 'logs-one': schema }],
    ['.show database ["logs-two"] schema as json', { 'logs-two': { ...schema, Name: 'logs-two' } }],
    ['.show databases schema as json', { 'logs-one': schema, 'logs-two': { ...schema, Name: 'logs-two' } }],
  ])('%s', async (csl, databases) => {
    const { json } = await command(csl);
    expect(JSON.parse(json.Tables[0].Rows[0][0]).Databases).toMatchObject(databases);
    expect(Object.keys(JSON.parse(json.Tables[0].Rows[0][0]).Databases)).toEqual(Object.keys(databases));
  });

  it.each([
    ['.drop table Requests', /'\.drop table' is not supported by Vigia.*\.show databases/],
    ['.create table T (a: int)', /'\.create table'/],
    ['.show principal roles', /'\.show principal'/],
    ['.show tables | count', /cannot be queried further/],
    ['.show table Nothing', /'Nothing' of kind 'Table' was not found/],
  ])('%s is refused by name', async (csl, message) => {
    const { status, json } = await command(csl);
    expect(status).toBe(400);
    expect(json.error['@message']).toMatch(message);
  });
});

it('tells where tokens come from', async () => {
  const response = await app.inject({ url: '/v1/rest/auth/metadata' });
  expect(response.json().AzureAD).toMatchObject({
    LoginEndpoint: 'https://localhost:7445',
    KustoServiceResourceId: 'https://kusto.kusto.windows.net',
  });
});
