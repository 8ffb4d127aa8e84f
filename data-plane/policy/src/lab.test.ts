import { existsSync, readFileSync } from 'node:fs';
import { loadCSharp } from '@vigia/expression';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  completeDocument,
  createLocalServices,
  createPolicyCompiler,
  FollowUps,
  HeaderMap,
  type PolicyCompiler,
  type PolicyContext,
  type PolicyResponse,
} from './index.ts';
import { heldClock } from './run-policy.fixture.ts';

const noCalls = async (): Promise<never> => {
  throw new Error('The policy makes no call of its own.');
};

const file = new URL('../../../../shared/corpora/lab/inbound-policy.xml', import.meta.url);
let compiler: PolicyCompiler;
beforeAll(async () => {
  compiler = createPolicyCompiler(await loadCSharp());
});

function contextOf(answer: () => PolicyResponse): PolicyContext {
  return {
    requestId: '00000000-0000-0000-0000-000000000001',
    timestamp: new Date('2024-05-06T07:08:09Z'),
    elapsedMs: () => 1,
    deployment: { region: 'East US', serviceName: 's', serviceId: 's', gatewayId: 'managed' },
    api: undefined,
    operation: undefined,
    product: undefined,
    subscription: undefined,
    request: {
      method: 'POST',
      originalUrl: {
        scheme: 'https',
        host: 'gw',
        port: 443,
        path: '/openai/deployments/d/chat/completions',
        query: [],
      },
      url: { scheme: 'https', host: 'old', port: 443, path: '/deployments/d/chat/completions', query: [] },
      headers: new HeaderMap([['api-key', 'secret']]),
      body: undefined,
      ipAddress: '127.0.0.1',
      matchedParameters: {},
    },
    response: undefined,
    variables: new Map(),
    lastError: undefined,
    backendId: undefined,
    services: {
      ...createLocalServices({ clock: heldClock(0), send: noCalls }),
      managedIdentityToken: async (resource) => `token for ${resource}`,
      forward: async () => answer(),
      send: noCalls,
      detach: () => undefined,
      emitMetric: () => undefined,
      tokens: { text: async () => 0, chat: async () => 0 },
    },
    followUps: new FollowUps(),
    trace: () => {},
  };
}

describe.skipIf(!existsSync(file))("the lab's inbound policy", () => {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  it('as printed is refused at the place of the placeholder', () => {
    const [mistake] = compiler.check(text, { scope: 'api' });
    expect(mistake).toMatchObject({
      code: 'policy.placeholder',
      line: 8,
      column: (text.split('\n')[7]?.indexOf('<<') as number) + 1,
      subject: 'set-backend-service',
    });
    expect(mistake?.hint).toContain('without https://');
  });
  it('with a whole URL in the place of the host is refused', () => {
    const filled = text.replace('<<Azure_OpenAI_Endpoint>>', 'https://me.openai.azure.com');
    expect(compiler.check(filled, { scope: 'api' }).map(({ code }) => code)).toEqual(['policy.value']);
  });
  it('filled in deletes the key, signs with the identity and changes the backend', async () => {
    const filled = text.replace('<<Azure_OpenAI_Endpoint>>', 'me.openai.azure.com');
    expect(compiler.check(filled, { scope: 'api' })).toEqual([]);
    expect(compiler.check(completeDocument(filled), { scope: 'api' })).toEqual([]);
    const { pipeline, diagnostics } = compiler.compile({ documents: [{ scope: 'api', text: filled }] });
    expect(diagnostics).toEqual([]);
    const context = contextOf(() => ({ status: 200, reason: 'OK', headers: new HeaderMap(), body: undefined }));
    await pipeline.run(context);
    expect(context.lastError).toBeUndefined();
    expect(context.request.headers.get('api-key')).toBeUndefined();
    expect(context.request.headers.get('authorization')).toEqual([
      'Bearer token for https://cognitiveservices.azure.com',
    ]);
    expect(context.request.url).toMatchObject({
      host: 'me.openai.azure.com',
      path: '/openai/deployments/d/chat/completions',
    });
    expect(context.response?.status).toBe(200);
  });
  it('answers 500 with the activity id when the identity has no token', async () => {
    const filled = text.replace('<<Azure_OpenAI_Endpoint>>', 'me.openai.azure.com');
    const { pipeline } = compiler.compile({ documents: [{ scope: 'api', text: filled }] });
    const context = contextOf(() => {
      throw new Error('not reached');
    });
    context.services.managedIdentityToken = async () => {
      throw new Error('no identity');
    };
    await pipeline.run(context);
    expect(context.lastError).toMatchObject({
      source: 'authentication-managed-identity',
      scope: 'api',
      section: 'inbound',
    });
    expect(new TextDecoder().decode(context.response?.body?.bytes)).toBe(
      '{ "statusCode": 500, "message": "Internal server error", "activityId": "00000000-0000-0000-0000-000000000001" }',
    );
  });
});
