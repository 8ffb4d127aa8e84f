import { HeaderMap } from '@vigia/policy';
import { describe, expect, it } from 'vitest';
import type { RequestRun } from './request-run.ts';
import { askForTrace, createTraceStore, type DebugGrant, tellTrace } from './tracing.ts';

const service = { id: '/s/apim', name: 'apim', namedValues: [{ name: 'n', value: 'hush', secret: true }] };
const hour = 3_600_000;

/** The parts of a run that tracing sees. */
function runOf(headers: Readonly<Record<string, string>>, requestId = 'id-1'): RequestRun {
  const url = { scheme: 'https', host: 'b.test', port: 443, path: '/x', query: [] };
  return {
    requestId,
    facts: { service: { service }, receivedAt: 0 },
    api: { id: 'openai', path: 'openai', revision: '1', subscriptionKeyParameterNames: { header: 'k', query: 'k' } },
    operation: { method: 'GET', urlTemplate: '/*' },
    request: { method: 'GET', url, headers: new HeaderMap(Object.entries(headers)), body: undefined },
    response: { status: 200, reason: 'OK', headers: new HeaderMap(), body: undefined },
    variables: new Map(),
  } as unknown as RequestRun;
}
const grants: Readonly<Record<string, DebugGrant>> = {
  good: { serviceId: '/S/APIM', apiId: 'OpenAI', expiresAt: 10 },
  old: { serviceId: '/s/apim', apiId: 'openai', expiresAt: 0 },
  other: { serviceId: '/s/apim', apiId: 'echo', expiresAt: 10 },
  elsewhere: { serviceId: '/s/apim2', apiId: 'openai', expiresAt: 10 },
};

describe('a debug credential', () => {
  it.each<[string, string | undefined, readonly string[]]>([
    ['none', undefined, []],
    ['of this API', 'good', ['Apim-Trace-Id: id-1']],
    ['that is too old', 'old', ['Apim-Debug-Authorization-Expired: true']],
    ['of another API', 'other', ['Apim-Debug-Authorization-WrongAPI: true']],
    ['of another service', 'elsewhere', ['Apim-Debug-Authorization-WrongAPI: true']],
    ['that nobody gave', 'made-up', []],
  ])('%s', (_, credential, expected) => {
    const run = runOf(credential === undefined ? {} : { 'Apim-Debug-Authorization': credential });
    const granted = askForTrace(run, (text) => grants[text], { now: () => 1 });
    tellTrace(run);
    const told = [...(run.response?.headers.entries() ?? [])].map(([name, values]) => `${name}: ${values.join()}`);
    expect({ granted, told }).toEqual({ granted: credential === 'good' ? 'granted' : undefined, told: expected });
    expect(run.request.headers.has('Apim-Debug-Authorization')).toBe(false);
  });
});

describe('the store of traces', () => {
  it("shows a trace in API Management's form, secrets masked", () => {
    const store = createTraceStore({ now: () => 0 });
    const run = runOf({ k: 'a-key', 'X-A': 'it is hush' });
    store.begin(run);
    const place = { policy: 'set-variable', scope: 'api', section: 'outbound', path: 'set-variable[1]' } as const;
    const leave = run.tracer?.enter({ ...place, line: 3, column: 5 }, run);
    run.tracer?.message({ source: 'x', level: 'information', message: 'hush now' });
    run.variables.set('v', 'hush');
    leave?.({});
    const trace = store.get('/s/apim', 'ID-1');
    expect(trace).toMatchObject({
      serviceName: 'apim',
      traceId: 'id-1',
      traceEntries: {
        inbound: [
          { source: 'api-inspector', data: { request: { headers: { k: '***', 'X-A': 'it is ***' } } } },
          { source: 'handler', data: { configuration: { api: { from: '/openai' } } } },
        ],
        backend: [],
        outbound: [
          {
            source: 'set-variable',
            elapsed: expect.stringMatching(/^00:00:\d\d\.\d{7}$/),
            data: {
              message: ['*** now'],
              scope: 'api',
              path: 'set-variable[1]',
              position: { line: 3, column: 5 },
              changes: [{ name: 'variables.v', before: undefined, after: '***' }],
            },
          },
        ],
        'on-error': [],
      },
    });
    expect(JSON.stringify(trace)).not.toMatch(/hush|a-key/);
    expect(store.get('/s/other', 'id-1')).toBeUndefined();
  });

  it('forgets after an hour, and keeps the newest hundred', () => {
    let now = 0;
    const store = createTraceStore({ now: () => now });
    for (let nth = 0; nth <= 100; nth++) store.begin(runOf({}, `n-${nth}`));
    expect(['n-0', 'n-1', 'n-100'].map((id) => store.get('/s/apim', id)?.traceId)).toEqual([undefined, 'n-1', 'n-100']);
    now = hour;
    expect(store.get('/s/apim', 'n-100')).toBeUndefined();
  });
});
