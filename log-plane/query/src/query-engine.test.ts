import { connect } from 'node:net';
import { isProblem } from '@vigia/problem';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openTestStore, type TestStore } from '../testing/duckdb-store.ts';
import { createQueryEngine, type QueryEngine, type QueryLimits, queryRoutes } from './index.ts';

const workspaceId = '00000001-aaaa-4000-8000-000000000001';
/** Minutes of work for the engine, and nothing that it could answer early. */
const endless =
  'range a from 1 to 300000 step 1 | extend k = 1 | join kind=inner (range b from 1 to 300000 step 1 | extend k = 1) on k | summarize max(a * b % 7)';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore([]);
});
afterAll(() => store.close());

function engineWith(limits: Partial<QueryLimits>): QueryEngine {
  return createQueryEngine({
    store,
    schemas: [],
    workspaces: () => [{ customerId: workspaceId, name: 'logs', id: '/subscriptions/s/w' }],
    clock: { now: () => 0 },
    limits,
  });
}

const statusOf = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => 'answered',
    (error) => (isProblem(error) ? error.status : error),
  );

describe('rows', () => {
  it.each<[string, Partial<QueryLimits>, string, number, object | undefined]>([
    ['fit exactly', { maxRows: 10 }, 'range x from 1 to 10 step 1', 10, undefined],
    ['are one too many', { maxRows: 9 }, 'range x from 1 to 10 step 1', 9, { by: 'rows', limit: 9 }],
    ['are 8 bytes a number', { maxBytes: 80 }, 'range x from 1 to 10 step 1', 10, undefined],
    ['are too long', { maxBytes: 79 }, 'range x from 1 to 10 step 1', 9, { by: 'bytes', limit: 79 }],
    [
      'are counted in UTF-8',
      { maxBytes: 6 },
      'range x from 1 to 9 step 1 | project t = "é"',
      3,
      { by: 'bytes', limit: 6 },
    ],
    ['are longer than everything allowed', { maxBytes: 1 }, 'print 1', 0, { by: 'bytes', limit: 1 }],
  ])('%s', async (_, limits, query, count, truncated) => {
    const answer = await engineWith(limits).run({ workspaceId, query });
    if (!answer.ok) throw new Error('refused');
    expect([answer.rows.length, answer.truncated]).toEqual([count, truncated]);
    expect(answer.emptyResult).toBeUndefined();
  });

  it('that were cut come with Azure’s PartialError', async () => {
    const app = Fastify();
    await app.register(queryRoutes(engineWith({ maxRows: 2 })));
    const response = await app.inject({
      method: 'POST',
      url: `/v1/workspaces/${workspaceId}/query`,
      payload: { query: 'range x from 1 to 3 step 1' },
    });
    await app.close();
    expect(response.statusCode).toBe(200);
    const { tables, error } = response.json();
    expect(tables[0].rows).toEqual([[1], [2]]);
    expect(error.code).toBe('PartialError');
    expect(error.details[0].innererror.message).toContain('exceed the set limit of 2 records');
  });
});

describe('a query that takes too long', () => {
  it('is stopped after its own time: 504', async () => {
    expect(await statusOf(engineWith({}).run({ workspaceId, query: endless, timeoutMs: 50 }))).toBe(504);
    expect(store.running).toBe(0);
  });

  it('never gets more than the limit', async () => {
    const run = engineWith({ maxTimeoutMs: 50 }).run({ workspaceId, query: endless, timeoutMs: 600_000 });
    expect(await statusOf(run)).toBe(504);
  });

  it('is stopped when its caller gives up', async () => {
    const caller = new AbortController();
    const run = statusOf(engineWith({}).run({ workspaceId, query: endless, signal: caller.signal }));
    await vi.waitUntil(() => store.running === 1);
    caller.abort();
    expect(await run).toBe(499);
    expect(store.running).toBe(0);
  });

  it('is stopped when its client hangs up', async () => {
    const app = Fastify();
    await app.register(queryRoutes(engineWith({})));
    await app.listen({ port: 0, host: '127.0.0.1' });
    const address = app.server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const body = JSON.stringify({ query: endless });
    const socket = connect(address.port, '127.0.0.1');
    socket.write(
      `POST /v1/workspaces/${workspaceId}/query HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await vi.waitUntil(() => store.running === 1, { timeout: 10_000 });
    socket.destroy();
    await vi.waitUntil(() => store.running === 0, { timeout: 10_000 });
    await app.close();
  });
});

describe('many queries', () => {
  it('wait for their turn, in order, and are refused where too many wait: 429', async () => {
    const engine = engineWith({ maxConcurrent: 1, maxQueued: 1 });
    const caller = new AbortController();
    const first = statusOf(engine.run({ workspaceId, query: endless, signal: caller.signal }));
    const second = statusOf(engine.run({ workspaceId, query: 'print 1' }));
    const third = engine.run({ workspaceId, query: 'print 1' });
    await expect(third).rejects.toMatchObject({
      status: 429,
      code: 'TooManyRequests',
      headers: { 'retry-after': '10' },
    });
    caller.abort();
    expect([await first, await second]).toEqual([499, 'answered']);
    expect(await statusOf(engine.run({ workspaceId, query: 'print 1' }))).toBe('answered');
  });

  it.each<[string, Partial<QueryLimits>, number, number]>([
    ['that wait too long are refused: 429', { maxQueuedMs: 20 }, 60_000, 429],
    ['whose own time ends while they wait: 504', {}, 20, 504],
  ])('%s', async (_, limits, timeoutMs, status) => {
    const engine = engineWith({ maxConcurrent: 1, ...limits });
    const caller = new AbortController();
    const first = statusOf(engine.run({ workspaceId, query: endless, signal: caller.signal }));
    expect(await statusOf(engine.run({ workspaceId, query: 'print 1', timeoutMs }))).toBe(status);
    caller.abort();
    expect(await first).toBe(499);
    expect(await statusOf(engine.run({ workspaceId, query: 'print 1' }))).toBe('answered');
  });

  it('whose caller gave up while they waited leave the line', async () => {
    const engine = engineWith({ maxConcurrent: 1, maxQueued: 1 });
    const [caller, other] = [new AbortController(), new AbortController()];
    const first = statusOf(engine.run({ workspaceId, query: endless, signal: caller.signal }));
    const second = statusOf(engine.run({ workspaceId, query: 'print 1', signal: other.signal }));
    other.abort();
    expect(await second).toBe(499);
    const third = statusOf(engine.run({ workspaceId, query: 'print 1' }));
    caller.abort();
    expect([await first, await third]).toEqual([499, 'answered']);
  });
});

describe('what the engine cannot run', () => {
  it('is an EngineError with the engine’s reason, and is reported', async () => {
    const failures: unknown[] = [];
    const engine = createQueryEngine({
      store: { ...store, query: () => Promise.reject(new Error('Out of Memory Error: failed to allocate 1 GB')) },
      schemas: [],
      workspaces: () => [{ customerId: workspaceId, name: 'logs', id: '/subscriptions/s/w' }],
      clock: { now: () => 0 },
    });
    const app = Fastify();
    await app.register(queryRoutes(engine, { onFailure: (error) => failures.push(error) }));
    const response = await app.inject({
      method: 'POST',
      url: `/v1/workspaces/${workspaceId}/query`,
      payload: { query: 'print 1' },
    });
    await app.close();
    expect(response.statusCode).toBe(500);
    expect(response.json().error).toMatchObject({
      code: 'EngineError',
      innererror: { message: 'Out of Memory Error: failed to allocate 1 GB' },
    });
    expect(failures).toHaveLength(1);
  });
});
