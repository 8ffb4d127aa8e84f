import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLabParts, type Management, send, service, startManagement } from './management.fixture.ts';

let management: Management;
beforeAll(async () => {
  management = await startManagement();
  await createLabParts(management);
});
afterAll(() => management.close());

const managed = `${service}/gateways/managed`;
const post = async (path: string, body: object) => {
  const { status, json } = await send(management, { method: 'POST', path, body });
  return [status, json?.error?.code ?? json];
};

describe('traces of the gateway', () => {
  it('without a gateway that traces, both actions are refused by name', async () => {
    expect(await post(`${managed}/listTrace`, { traceId: 'x' })).toEqual([501, 'NotImplemented']);
    expect(await post(`${managed}/listDebugCredentials`, {})).toEqual([501, 'NotImplemented']);
  });
  it('of another gateway or service there are none', async () => {
    expect((await post(`${service}/gateways/mine/listTrace`, { traceId: 'x' }))[0]).toBe(404);
    expect((await post(`${service}x/gateways/managed/listTrace`, { traceId: 'x' }))[0]).toBe(404);
  });
});

describe('with a gateway that traces', () => {
  const grants: object[] = [];
  let plain: Management;
  beforeAll(async () => {
    plain = management;
    management = await startManagement({
      credentials: (grant) => {
        grants.push(grant);
        return 'a-token';
      },
      trace: async (_service, traceId) => (traceId === 'known' ? { traceId } : undefined),
    });
    await createLabParts(management);
  });
  afterAll(() => plain.close());
  const now = Date.UTC(2026, 0, 1);
  const asked = { apiId: '/apis/a', purposes: ['tracing'] };
  it.each<[string, string, object, number, unknown]>([
    ['a credential', 'listDebugCredentials', asked, 200, { token: 'a-token' }],
    ['an unknown API', 'listDebugCredentials', { ...asked, apiId: '/apis/none' }, 400, 'ValidationError'],
    ['another purpose', 'listDebugCredentials', { ...asked, purposes: ['x'] }, 400, 'ValidationError'],
    ['too long', 'listDebugCredentials', { ...asked, credentialsExpireAfter: 'PT2H' }, 400, 'ValidationError'],
    ['a trace', 'listTrace', { traceId: 'known' }, 200, { traceId: 'known' }],
    ['a trace that is gone', 'listTrace', { traceId: 'gone' }, 404, 'ResourceNotFound'],
    ['no id', 'listTrace', {}, 400, 'ValidationError'],
  ])('%s', async (_, action, body, status, answer) => {
    expect(await post(`${managed}/${action}`, body)).toEqual([status, answer]);
  });
  it('a credential is for the API, for an hour or as long as asked', async () => {
    await post(`${managed}/listDebugCredentials`, { ...asked, credentialsExpireAfter: 'PT1M30S' });
    expect(grants).toMatchObject([{ apiId: 'a', expiresAt: now + 3_600_000 }, { expiresAt: now + 90_000 }]);
  });
});
