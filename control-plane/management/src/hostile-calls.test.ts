import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  account,
  createLabParts,
  group,
  type Management,
  send,
  service,
  startManagement,
  subscriptionId,
} from './management.fixture.ts';

/** Whatever is asked of whatever: never a failure of ours, and every refusal in ARM's envelope. */
let management: Management;
beforeAll(async () => {
  management = await startManagement();
  await createLabParts(management);
});
afterAll(() => management.close());

const bases = ['/subscriptions', `/subscriptions/${subscriptionId}`, group, service, account, `${service}/apis/a`];
const tails = [
  '',
  '/__proto__',
  '/constructor/toString',
  '/apis/__proto__',
  '/apis/%20',
  `/apis/${'n'.repeat(500)}`,
  '/apis/a%3Frev=1',
  '/apis/a;rev=',
  '/policies/other',
  '/products/openai/apis/none',
  '/subscriptions/none/listSecrets',
  '/namedValues/none/listValue',
  '/deployments/none',
  '/listKeys',
  '/regenerateKey',
  '/providers',
  '/providers/Microsoft.Insights/diagnosticSettings/x',
  '/providers/Microsoft.Authorization/roleAssignments/no-guid',
  '/providers/Microsoft.Authorization/roleDefinitions',
  '/providers/Microsoft.Insights/metrics',
  '/providers/Microsoft.Resources/deployments/x',
  '/providers/Microsoft.ApiManagement/service/x/providers/Microsoft.Insights/diagnosticSettings',
];
const bodies = [
  undefined,
  {},
  { properties: { displayName: 5, path: [], scope: {}, url: null, loggerId: 'x' }, keyName: ['Key1'] },
  { location: 'nowhere', sku: { name: 'x' }, kind: 'y', properties: { roleDefinitionId: 'r', principalId: 'p' } },
];

describe.each(bases)('%s', (base) => {
  it.each(tails)('%s', async (tail) => {
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'POST']) {
      for (const body of ['GET', 'HEAD'].includes(method) ? [undefined] : bodies) {
        const path = `${base}${tail}`;
        const { status, json, text } = await send(management, { method, path, body, headers: { 'if-match': '*' } });
        expect([status, text]).not.toEqual([500, text]);
        if (status >= 400 && method !== 'HEAD') {
          expect(json.error).toMatchObject({
            code: expect.stringMatching(/^[A-Z]/),
            message: expect.stringMatching(/./),
          });
        }
      }
    }
  });
});

it('nothing was logged as a failure', () => {
  expect(management.errors).toEqual([]);
});
