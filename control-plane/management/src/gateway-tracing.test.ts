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
