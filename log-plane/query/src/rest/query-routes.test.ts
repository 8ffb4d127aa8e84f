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

describe('an answer', () => {
  it('has one table, PrimaryResult, with columns and rows', async () => {
    const { status, headers, json } = await ask(
      'Requests | project TimeGenerated, Name, Status | order by TimeGenerated asc',
    );
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
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
});
