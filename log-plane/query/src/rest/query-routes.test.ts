import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../testing/duckdb-store.ts';
import { createQueryEngine, type QueryTable, queryRoutes, readTimespan } from '../index.ts';

const workspaces = ['one', 'two'].map((name, index) => ({
  name: `logs-${name}`,
  customerId: `0000000${index + 1}-aaaa-4000-8000-00000000000${index + 1}`,
  id: `/subscriptions/5ub/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/logs-${name}`,
}));
const [one, two] = workspaces.map(({ customerId }) => customerId) as [string, string];
const requests: QueryTable = {
  name: 'Requests',
  description: 'What was asked.',
  columns: [
    { name: 'TimeGenerated', type: 'datetime' },
    { name: 'Name', type: 'string' },
    { name: 'Status', type: 'int' },
    { name: '_ResourceId', type: 'string' },
  ],
};
const never: QueryTable = { name: 'Never', columns: [{ name: 'TimeGenerated', type: 'datetime' }] };
const now = Date.parse('2026-01-10T12:00:00Z');
const ticks = (text: string): bigint => readTimespan(`${text}/P1D`, 0n).start;
const apim = '/subscriptions/5ub/resourcegroups/rg/providers/microsoft.apimanagement/service/apim';

let store: TestStore;
let app: FastifyInstance;

beforeAll(async () => {
  store = await openTestStore([requests, never]);
  const rows: readonly (readonly [string, string, string, number, string])[] = [
    [one, '2026-01-10T11:30:00Z', 'late', 200, apim],
    [one, '2026-01-08T00:00:00Z', 'early', 404, `${apim}-other`],
    [two, '2026-01-01T00:00:00Z', 'elsewhere', 200, `${apim}/apis/echo`],
  ];
  for (const [workspace, time, name, status, resource] of rows) {
    await store.insert('Requests', workspace, {
      TimeGenerated: ticks(time),
      Name: name,
      Status: status,
      _ResourceId: resource,
    });
  }
  app = Fastify();
  const engine = createQueryEngine({
    store,
    schemas: [requests, never],
    workspaces: () => workspaces,
    clock: { now: () => now },
  });
  engine.warmUp();
  await app.register(queryRoutes(engine));
  // What the management REST looks like from here: everything else below /subscriptions is its own.
  app.all('/subscriptions/*', async () => ({ from: 'management' }));
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
  return { status: response.statusCode, headers: response.headers, text: response.body, json: response.json() };
}
const ask = (query: string, more: object = {}, headers: Record<string, string> = {}) =>
  post(`/v1/workspaces/${one}/query`, { query, ...more }, headers);

const names = (json: { tables: [{ rows: [string][] }] }) => json.tables[0].rows.map(([name]) => name).sort();

describe('an answer', () => {
  it('has the columns that only the rows tell', async () => {
    const { status, json } = await ask(
      'print d = dynamic({"model": "gpt-4o", "tokens": 3}) | evaluate bag_unpack(d) | extend twice = tokens * 2',
    );
    expect(status).toBe(200);
    expect(json.tables[0].columns).toEqual([
      { name: 'model', type: 'string' },
      { name: 'tokens', type: 'long' },
      { name: 'twice', type: 'long' },
    ]);
    expect(json.tables[0].rows).toEqual([['gpt-4o', 3, 6]]);
  });

  it('has one table, PrimaryResult, with columns and rows, and nothing that was not asked for', async () => {
    const { status, headers, json } = await ask(
      'Requests | project TimeGenerated, Name, Status | order by TimeGenerated asc | render table',
    );
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(headers['preference-applied']).toBeUndefined();
    expect(json).toEqual({
      tables: [
        {
          name: 'PrimaryResult',
          columns: [
            { name: 'TimeGenerated', type: 'datetime' },
            { name: 'Name', type: 'string' },
            { name: 'Status', type: 'int' },
          ],
          rows: [
            ['2026-01-08T00:00:00Z', 'early', 404],
            ['2026-01-10T11:30:00Z', 'late', 200],
          ],
        },
      ],
    });
  });

  it.each<[string, string, string, unknown]>([
    ['bool', 'true', 'bool', true],
    ['int', 'int(7)', 'int', 7],
    ['real', '0.5', 'real', 0.5],
    ['a real that is no number', 'real(nan)', 'real', 'NaN'],
    ['an endless real', 'real(-inf)', 'real', '-Infinity'],
    ['decimal', 'decimal(1.5)', 'decimal', '1.5'],
    ['datetime', 'datetime(2026-01-02T03:04:05.1234567Z)', 'datetime', '2026-01-02T03:04:05.1234567Z'],
    ['now()', 'now()', 'datetime', '2026-01-10T12:00:00Z'],
    ['timespan', '1d + 90m', 'timespan', '1.01:30:00'],
    ['guid', 'guid(74be27de-1e4e-49d9-b579-fe0b331d3642)', 'guid', '74be27de-1e4e-49d9-b579-fe0b331d3642'],
    ['string', '"a\\"b"', 'string', 'a"b'],
    ['dynamic', 'dynamic({"a": [1, 2]})', 'dynamic', '{"a":[1,2]}'],
    ['null', 'int(null)', 'int', null],
  ])('cell of type %s', async (_, kql, type, value) => {
    const { json } = await ask(`print x = ${kql}`);
    expect(json.tables[0]).toMatchObject({ columns: [{ name: 'x', type }], rows: [[value]] });
  });

  it('keeps every digit of a long', async () => {
    expect((await ask('print x = 9223372036854775807')).text).toContain('"rows":[[9223372036854775807]]');
  });

  it('has what Prefer asks for', async () => {
    const { json, headers } = await ask(
      'Requests | summarize n = count() by Name | render barchart with (title="By name", kind=stacked)',
      {},
      { prefer: 'wait=30,include-statistics=true,include-render=true,include-dataSources=true,include-explain=true' },
    );
    expect(headers['preference-applied']).toContain('wait=30');
    expect(json.statistics.query.executionTime).toBeGreaterThan(0);
    expect(json.statistics.query.datasetStatistics).toEqual([
      { table_row_count: 2, table_size: 2 * 8 + 'late'.length + 'early'.length },
    ]);
    expect(json.render).toMatchObject({
      visualization: 'barchart',
      title: 'By name',
      kind: 'stacked',
      accumulate: false,
      xTitle: null,
    });
    expect(json.dataSources).toEqual([{ resourceId: workspaces[0]?.id, tables: ['Requests'] }]);
    expect(json.vigia.sql).toMatch(/select/i);
  });

  it('is found by GET too', async () => {
    const url = `/v1/workspaces/${one.toUpperCase()}/query?query=${encodeURIComponent('Requests | project Name')}&timespan=PT1H`;
    const response = await app.inject({ method: 'GET', url });
    expect(response.json().tables[0].rows).toEqual([['late']]);
  });

  it('needs no content type', async () => {
    const response = await app.inject({
      method: 'POST',
      url: `/v1/workspaces/${one}/query`,
      headers: { 'content-type': 'text/plain' },
      payload: '{"query": "print a = 1"}',
    });
    expect(response.json().tables[0].rows).toEqual([[1]]);
  });
});

describe('whose rows are seen', () => {
  const [w1] = workspaces.map(({ id }) => id) as [string];
  const all = 'Requests | project Name';
  it.each<[string, string, object, string[]]>([
    ['a workspace by customerId', `/v1/workspaces/${two}/query`, {}, ['elsewhere']],
    [
      'two workspaces, the second by name',
      `/v1/workspaces/${one}/query`,
      { workspaces: ['LOGS-two'] },
      ['early', 'elsewhere', 'late'],
    ],
    [
      'two workspaces, the second by customerId',
      `/v1/workspaces/${one}/query`,
      { workspaces: [two] },
      ['early', 'elsewhere', 'late'],
    ],
    ['the same workspace twice', `/v1/workspaces/${one}/query`, { workspaces: ['logs-one', w1] }, ['early', 'late']],
    ['a workspace by ARM id', `/v1${w1}/query`, {}, ['early', 'late']],
    ['a workspace by ARM id in other casing', `/v1/${w1.toLowerCase()}/query`, {}, ['early', 'late']],
    ['a resource and what is in it, over all workspaces', `/v1${apim}/query`, {}, ['elsewhere', 'late']],
    ['a resource below another', `/v1${apim}/apis/echo/query`, {}, ['elsewhere']],
    ['a resource group', '/v1/subscriptions/5ub/resourceGroups/rg/query', {}, ['early', 'elsewhere', 'late']],
    ['another resource group', '/v1/subscriptions/5ub/resourceGroups/r/query', {}, []],
    ['Resource Manager’s form of a workspace', `${w1}/api/query?api-version=2017-01-01-preview`, {}, ['early', 'late']],
    ['… with small letters', `${w1.toLowerCase()}/api/query?api-version=2017-01-01-preview`, {}, ['early', 'late']],
    [
      'Resource Manager’s form of a resource',
      `${apim}/providers/Microsoft.Insights/logs?api-version=2018-03-01-preview`,
      {},
      ['elsewhere', 'late'],
    ],
    ['… of a resource below another', `${apim}/apis/echo/providers/microsoft.insights/logs`, {}, ['elsewhere']],
    ['… of a subscription', '/subscriptions/5ub/providers/Microsoft.Insights/logs', {}, ['early', 'elsewhere', 'late']],
  ])('%s', async (_, url, more, expected) => {
    const { status, json } = await post(url, { query: all, ...more });
    expect([status, names(json)]).toEqual([200, expected]);
  });

  it('a request that is Resource Manager’s own goes there', async () => {
    expect((await post(`${apim}/listSecrets`, {})).json).toEqual({ from: 'management' });
    expect((await post(`${apim}/apis/logs`, {})).json).toEqual({ from: 'management' });
  });
});

describe('an empty result', () => {
  it.each<[string, string, object, object]>([
    [
      'before the range',
      'Requests | where Status > 0',
      { timespan: 'PT1M' },
      {
        start: '2026-01-10T11:59:00Z',
        end: '2026-01-10T12:00:00.001Z',
        tables: [{ name: 'Requests', newest: '2026-01-10T11:30:00Z' }],
        message:
          'No results found from 2026-01-10T11:59:00Z to 2026-01-10T12:00:00.001Z.\nThe newest row of Requests is of 2026-01-10T11:30:00Z, before that range.\nTo look further back, give a wider timespan (for instance P30D), or none for all that is kept.',
      },
    ],
    [
      'after the range',
      'Requests',
      { timespan: '2020-01-01/2020-01-02' },
      {
        start: '2020-01-01T00:00:00Z',
        end: '2020-01-02T00:00:00Z',
        tables: [{ name: 'Requests', newest: '2026-01-10T11:30:00Z' }],
        message:
          'No results found from 2020-01-01T00:00:00Z to 2020-01-02T00:00:00Z.\nThe newest row of Requests is of 2026-01-10T11:30:00Z, after that range.\nTo look further back, give a wider timespan (for instance P30D), or none for all that is kept.',
      },
    ],
    [
      'by the query’s own conditions',
      'Requests | where Name == "none"',
      {},
      {
        tables: [{ name: 'Requests', newest: '2026-01-10T11:30:00Z' }],
        message:
          "No results found in all that is kept.\nThe newest row of Requests is of 2026-01-10T11:30:00Z; the query's own conditions leave no row.",
      },
    ],
    [
      'a table without rows',
      'Never',
      {},
      { tables: [{ name: 'Never' }], message: 'No results found in all that is kept.\nNever has no row at all.' },
    ],
    [
      'no table',
      'print a = 1 | where a == 2',
      {},
      { tables: [], message: 'No results found: the query reads no table with a TimeGenerated.' },
    ],
  ])('%s', async (_, query, more, expected) => {
    const { status, json } = await ask(query, more);
    expect([status, json.tables[0].rows, json.vigia]).toEqual([200, [], { emptyResult: expected }]);
  });

  it('of a resource looks at the rows of that resource', async () => {
    const { json } = await post(`/v1${apim}/apis/echo/query`, { query: 'Requests', timespan: 'P1D' });
    expect(json.vigia.emptyResult.tables).toEqual([{ name: 'Requests', newest: '2026-01-01T00:00:00Z' }]);
    expect(json.vigia.emptyResult.message).toContain(`of the resource ${apim}/apis/echo`);
  });
});

describe('a refusal', () => {
  const query = (text: unknown) => JSON.stringify({ query: text });
  const path = `/v1/workspaces/${one}/query`;
  it.each<[string, string, string, number, string, string]>([
    [
      'unknown workspace',
      '/v1/workspaces/99999999-0000-4000-8000-000000000000/query',
      query('print 1'),
      404,
      'PathNotFoundError',
      'No workspace has the customerId "99999999-0000-4000-8000-000000000000"',
    ],
    [
      'a name instead of a customerId',
      '/v1/workspaces/logs-one/query',
      query('print 1'),
      404,
      'PathNotFoundError',
      'a name or an ARM id does not stand for it',
    ],
    [
      'unknown workspace by ARM id',
      `/v1${workspaces[0]?.id}x/query`,
      query('print 1'),
      404,
      'PathNotFoundError',
      'No workspace has the id',
    ],
    [
      'an id that is none',
      "/v1/subscriptions/5ub'/query",
      query('print 1'),
      404,
      'PathNotFoundError',
      'is no resource id',
    ],
    [
      'a path that is none',
      '/v1/nothing',
      '{}',
      404,
      'PathNotFoundError',
      'POST /v1/nothing is no path of this service',
    ],
    [
      'unknown further workspace',
      path,
      JSON.stringify({ query: 'print 1', workspaces: ['logs-three'] }),
      400,
      'BadArgumentError',
      'The workspace "logs-three" in "workspaces" does not exist.',
    ],
    ['no body', path, '', 400, 'BadArgumentError', 'The request has no body'],
    ['a body that is no JSON', path, '{"query": ', 400, 'BadArgumentError', 'The body is no valid JSON'],
    ['a body that is a list', path, '[]', 400, 'BadArgumentError', 'The body is no JSON object'],
    ['no query', path, '{}', 400, 'BadArgumentError', '"query" is missing or empty'],
    ['a query that is a number', path, query(1), 400, 'BadArgumentError', '"query" is missing or empty'],
    [
      'a timespan that is none',
      path,
      JSON.stringify({ query: 'print 1', timespan: '1 hour' }),
      400,
      'BadArgumentError',
      'The timespan "1 hour" cannot be read',
    ],
    [
      'a timespan that is a number',
      path,
      JSON.stringify({ query: 'print 1', timespan: 5 }),
      400,
      'BadArgumentError',
      '"timespan" is no text',
    ],
    [
      'workspaces that are no list',
      path,
      JSON.stringify({ query: 'print 1', workspaces: 'logs-two' }),
      400,
      'BadArgumentError',
      '"workspaces" is no list',
    ],
    ['a batch without requests', '/v1/$batch', '{}', 400, 'BadArgumentError', '"requests" is missing'],
    [
      'a batch with a request without workspace',
      '/v1/$batch',
      '{"requests":[{"id":"1"}]}',
      400,
      'BadArgumentError',
      'requests[0].workspace is missing',
    ],
  ])('%s', async (_, url, body, status, code, reason) => {
    const { status: answered, json, headers } = await post(url, body);
    expect([answered, json.error.code]).toEqual([status, code]);
    expect(json.error.correlationId).toMatch(/^[\da-f-]{36}$/);
    expect(headers['x-ms-request-id']).toMatch(/^[\da-f-]{36}$/);
    expect(json.error.innererror.message).toContain(reason);
  });

  it('of a body that is too large says so', async () => {
    const { status, json } = await ask(`print "${'x'.repeat(5_000_000)}"`);
    expect([status, json.error.code]).toEqual([413, 'RequestEntityTooLarge']);
  });

  it.each([
    // The first one is what Azure answered when it was recorded for the SDK's tests.
    [
      'completely invalid syntax',
      'SyntaxError',
      {
        code: 'SYN0002',
        message: "Query could not be parsed at 'invalid' on line [1,11]",
        line: 1,
        pos: 11,
        token: 'invalid',
      },
    ],
    [
      'Requests\n| wher Name',
      'SyntaxError',
      { code: 'SYN0002', message: "Query could not be parsed at 'wher' on line [2,2]", line: 2, pos: 2, token: 'wher' },
    ],
    [
      'Requests |',
      'SyntaxError',
      { code: 'SYN0002', message: "Query could not be parsed at '' on line [1,10]", line: 1, pos: 10, token: '' },
    ],
    ['Requests\n| where Nam == 1', 'SemanticError', { code: 'SEM0100', line: 2, pos: 8 }],
    ['Request | take 1', 'SemanticError', { code: 'SEM0100', line: 1, pos: 0 }],
    [
      "Requests | evaluate python(typeof(*), 'result = df')",
      'SemanticError',
      { code: 'kql.unsupported', message: "The plug-in 'python' is not supported." },
    ],
  ])('of %j', async (text, kind, innermost) => {
    const { status, json } = await ask(text);
    expect(status).toBe(400);
    expect(json.error).toMatchObject({
      code: 'BadArgumentError',
      message: 'The request had some invalid properties',
      innererror: { code: kind, innererror: innermost },
    });
    const [first] = json.error.innererror.innererror.diagnostics;
    expect(first).toMatchObject({ line: expect.any(Number), column: expect.any(Number), message: expect.any(String) });
  });

  it('of a query without pipes says where they are missing and gives the corrected text', async () => {
    const { json } = await ask('Requests\ntake 10\nproject Name');
    const { innererror } = json.error.innererror;
    expect(innererror).toMatchObject({ line: 2, pos: 0, token: 'take' });
    expect(innererror.diagnostics.slice(0, 2)).toMatchObject([
      { line: 2, column: 1, subject: 'take' },
      { line: 3, column: 1, subject: 'project' },
    ]);
    expect(innererror.fix.text).toBe('Requests\n| take 10\n| project Name');
  });
});

describe('a batch', () => {
  it('answers each request by its id, failures among them', async () => {
    const { status, json } = await post('/v1/$batch', {
      requests: [
        {
          id: '1',
          method: 'POST',
          path: '/query',
          workspace: one,
          headers: { Prefer: 'include-statistics=true' },
          body: { query: 'Requests | count' },
        },
        {
          id: '2',
          method: 'POST',
          path: '/query',
          workspace: two,
          body: { query: 'Requests | project Name', timespan: 'P30D' },
        },
        { id: '3', method: 'POST', path: '/query', workspace: one, body: { query: 'Requests | wher' } },
        { id: '4', method: 'POST', path: '/query', workspace: 'nowhere', body: { query: 'print 1' } },
        { id: '5', method: 'POST', path: '/fakePath', workspace: one, body: { query: 'print 1' } },
        { id: '6', path: '/query?query=print%20a%3D1', workspace: one },
        { id: '7', method: 'POST', path: '/query', workspace: one, body: {} },
        { id: '8', method: 'GET', path: '/metadata', workspace: one },
      ],
    });
    expect(status).toBe(200);
    const byId = new Map<string, { status: number; headers: object; body: Record<string, never> }>(
      json.responses.map((response: { id: string }) => [response.id, response]),
    );
    // In the order of the requests, which is how the package for JavaScript reads them.
    expect([...byId].map(([id, response]) => [id, response.status])).toEqual([
      ['1', 200],
      ['2', 200],
      ['3', 400],
      ['4', 404],
      ['5', 404],
      ['6', 200],
      ['7', 400],
      ['8', 200],
    ]);
    expect(byId.get('1')?.body).toMatchObject({ tables: [{ rows: [[2]] }], statistics: { query: {} } });
    expect(byId.get('2')?.body).toMatchObject({ tables: [{ rows: [['elsewhere']] }] });
    expect(byId.get('3')?.body).toMatchObject({ error: { innererror: { code: 'SyntaxError' } } });
    expect(byId.get('6')?.body).toMatchObject({ tables: [{ rows: [[1]] }] });
  });

  it('may be empty', async () => expect((await post('/v1/$batch', { requests: [] })).json).toEqual({ responses: [] }));
});

describe('metadata', () => {
  it.each(['POST', 'GET'] as const)('%s lists tables, columns and the workspace', async (method) => {
    const json = (await app.inject({ method, url: `/v1/workspaces/${one}/metadata` })).json();
    expect(json.tables).toContainEqual({
      id: 't/Requests',
      name: 'Requests',
      description: 'What was asked.',
      timespanColumn: 'TimeGenerated',
      columns: requests.columns,
    });
    expect(json.workspaces).toEqual([{ id: one, name: 'logs-one', resourceId: workspaces[0]?.id }]);
  });

  it('of an unknown workspace is refused', async () => {
    expect((await app.inject({ method: 'GET', url: '/v1/workspaces/none/metadata' })).statusCode).toBe(404);
  });
});
