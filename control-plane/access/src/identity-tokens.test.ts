import { Problem } from '@vigia/problem';
import { describe, expect, it } from 'vitest';
import { createIdentityTokens } from './index.ts';

const request = { principalId: 'p', resource: 'https://cognitiveservices.azure.com' };
const hour = 3_600_000;

function setUp() {
  const state = { now: 0, calls: 0, fails: false, failures: [] as unknown[] };
  const tokens = createIdentityTokens({
    clock: { now: () => state.now },
    onRenewalFailed: (error) => state.failures.push(error),
    get: async () => {
      state.calls += 1;
      const accessToken = `token ${state.calls}`;
      if (state.fails) throw new Problem({ code: 'ManagedIdentityTokenUnavailable', status: 500, message: 'down' });
      return { accessToken, expiresAt: state.now + hour };
    },
  });
  return { state, tokens };
}

describe('identity tokens', () => {
  it('are asked for once by many callers, and held', async () => {
    const { state, tokens } = setUp();
    const all = await Promise.all(Array.from({ length: 20 }, () => tokens.token(request)));
    expect(new Set(all)).toEqual(new Set(['token 1']));
    expect(await tokens.token({ ...request, resource: `${request.resource}/` })).toBe('token 1');
    expect(state.calls).toBe(1);
  });

  it('are renewed five minutes before they expire', async () => {
    const { state, tokens } = setUp();
    await tokens.token(request);
    state.now = hour - 300_001;
    expect(await tokens.token(request)).toBe('token 1');
    state.now = hour - 300_000;
    expect(await tokens.token(request)).toBe('token 2');
  });

  it('stay in use when a renewal fails, until they expire', async () => {
    const { state, tokens } = setUp();
    await tokens.token(request);
    state.fails = true;
    state.now = hour - 1000;
    expect(await tokens.token(request)).toBe('token 1');
    expect(state.failures).toHaveLength(1);
    state.now = hour;
    await expect(tokens.token(request)).rejects.toMatchObject({ code: 'ManagedIdentityTokenUnavailable' });
  });

  it('a failure is not held', async () => {
    const { state, tokens } = setUp();
    state.fails = true;
    await expect(tokens.token(request)).rejects.toThrow('down');
    state.fails = false;
    expect(await tokens.token(request)).toBe('token 2');
  });

  it('belong to one identity each, and can be forgotten', async () => {
    const { tokens } = setUp();
    await tokens.token(request);
    expect(await tokens.token({ ...request, principalId: 'q' })).toBe('token 2');
    tokens.forget(request);
    expect(await tokens.token(request)).toBe('token 3');
  });
});
