import type { LogStore, StoredFacts } from '@vigia/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../testing/duckdb-store.ts';
import { createQueryEngine, type QueryTarget } from './index.ts';

const first = '00000001-aaaa-4000-8000-000000000001';
const second = '00000002-aaaa-4000-8000-000000000002';
const RESOURCE = '/subscriptions/s/resourcegroups/r/providers/microsoft.apimanagement/service/apim';
const schemas = [
  {
    name: 'Logs',
    columns: [
      { name: '_ResourceId', type: 'string' },
      { name: 'Body', type: 'string' },
    ],
  },
] as const;

let rows: TestStore;
let store: LogStore;
beforeAll(async () => {
  rows = await openTestStore(schemas);
  await rows.insert('Logs', first, { _ResourceId: RESOURCE, Body: '{"tokens":5}' });
  await rows.insert('Logs', first, { _ResourceId: `${RESOURCE}-other`, Body: '{"tokens":"7"}' });
  await rows.insert('Logs', second, { _ResourceId: RESOURCE, Body: 'no JSON' });
  store = { ...rows, facts };
});
afterAll(() => rows.close());

/** Hidden columns as a store keeps them; a mark in the number shows that they are what is read. */
function facts(table: string, workspaceId: string): StoredFacts {
  const json = `json_extract(case when json_valid("Body") then "Body" end, '$.tokens')::varchar`;
  return {
    relation: `(select *, json_valid("Body") as "v", try_cast(${json} as bigint) + 100 as "n", case when try_cast(${json} as bigint) is null then ${json} end as "r" from ${rows.relation(table, workspaceId)})`,
    texts: [{ column: 'Body', validity: 'v', paths: [{ path: ['tokens'], type: 'long', value: 'n', rest: 'r' }] }],
  };
}

describe('what a store keeps beside its texts is read', () => {
  const query = 'Logs | summarize sum(tolong(parse_json(Body).tokens))';
  it.each<[string, QueryTarget, bigint]>([
    ['in one workspace', { workspaceId: first }, 112n],
    ['in several', { workspaceId: first, workspaces: [second] }, 112n],
    ['of one resource', { resourceId: RESOURCE }, 105n],
  ])('%s', async (_, target, sum) => {
    const engine = createQueryEngine({
      store,
      schemas,
      workspaces: () => [first, second].map((customerId) => ({ customerId, name: customerId, id: `/w/${customerId}` })),
      clock: { now: () => 0 },
    });
    const answer = await engine.run({ ...target, query });
    if (!answer.ok) throw new Error(JSON.stringify(answer.diagnostics));
    expect(answer.rows).toEqual([[sum]]);
    const schema = await engine.run({ ...target, query: 'Logs | getschema | project ColumnName' });
    expect(schema.ok && schema.rows).toEqual([['_ResourceId'], ['Body']]);
  });

  it('a text that was compiled before gets its own moment', async () => {
    let now = 0;
    const engine = createQueryEngine({
      store,
      schemas,
      workspaces: () => [{ customerId: first, name: 'logs', id: '/w' }],
      clock: { now: () => now },
    });
    const moments: unknown[] = [];
    for (now of [1_000, 2_000, 3_000]) {
      const answer = await engine.run({ workspaceId: first, query: 'print ago(1s), bin(now(), 1d)' });
      if (!answer.ok) throw new Error(JSON.stringify(answer.diagnostics));
      moments.push(answer.rows[0]);
    }
    const epoch = 621_355_968_000_000_000n;
    expect(moments).toEqual([
      [epoch, epoch],
      [epoch + 10_000_000n, epoch],
      [epoch + 20_000_000n, epoch],
    ]);
  });
});
