import { describe, expect, it } from 'vitest';
import { type ArmTarget, isWithin, parseArmPath } from './arm-path.ts';

const group = '/subscriptions/s/resourceGroups/g';
const service = `${group}/providers/Microsoft.ApiManagement/service/apim`;

const cases: Readonly<Record<string, readonly [path: string, target: Partial<ArmTarget> | undefined]>> = {
  'the list of subscriptions': ['/subscriptions', { kind: 'collection', type: 'Microsoft.Resources/subscriptions' }],
  'a subscription': ['/Subscriptions/s/', { kind: 'resource', id: '/subscriptions/s', name: 's' }],
  'groups, in the SDKs’ lower case': [
    '/subscriptions/s/resourcegroups',
    { kind: 'collection', type: 'Microsoft.Resources/resourceGroups', parentId: '/subscriptions/s' },
  ],
  'a group': ['/subscriptions/s/resourcegroups/g', { kind: 'resource', id: group, parentId: '/subscriptions/s' }],
  'resources of a group': [
    `${group}/resources`,
    { kind: 'collection', type: 'Microsoft.Resources/resourceGroups/resources', parentId: group },
  ],
  'a resource': [service, { kind: 'resource', id: service, name: 'apim', scope: group, parentId: group }],
  'a child, its name percent-encoded': [
    `${service}/apis/a%20b%3Brev%3D2`,
    { kind: 'resource', id: `${service}/apis/a b;rev=2`, parentId: service, scope: group },
  ],
  'a collection or action': [
    `${service}/subscriptions/x/listSecrets`,
    {
      kind: 'collection',
      type: 'Microsoft.ApiManagement/service/subscriptions/listSecrets',
      segment: 'listSecrets',
      parentId: `${service}/subscriptions/x`,
      parentType: 'Microsoft.ApiManagement/service/subscriptions',
    },
  ],
  'an extension of a resource': [
    `${service}/providers/Microsoft.Insights/diagnosticSettings/lab`,
    {
      kind: 'resource',
      type: 'Microsoft.Insights/diagnosticSettings',
      scope: service,
      parentId: service,
      parentType: 'Microsoft.ApiManagement/service',
    },
  ],
  'a list of a whole subscription': [
    '/subscriptions/s/providers/Microsoft.ApiManagement/service',
    { kind: 'collection', parentId: '/subscriptions/s', type: 'Microsoft.ApiManagement/service' },
  ],
  'a provider': [
    '/subscriptions/s/providers/Microsoft.Insights',
    { kind: 'provider', namespace: 'Microsoft.Insights' },
  ],
  'a role of the tenant': [
    '/providers/Microsoft.Authorization/roleDefinitions/r',
    { kind: 'resource', scope: '', parentId: '', type: 'Microsoft.Authorization/roleDefinitions' },
  ],
  'no address': [`${group}/a/b`, undefined],
};

describe('parseArmPath', () => {
  it.each(Object.entries(cases))('%s', (_, [path, target]) => {
    const found = parseArmPath(path);
    if (target === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(target);
  });

  it.each([
    '/subscriptions//x',
    '/subscriptions/%2e%2e',
    '/subscriptions/%2F',
    '/subscriptions/a%00',
    '/subscriptions/%zz',
  ])('%s is refused', (path) => {
    expect(() => parseArmPath(path)).toThrow(/is empty or not a name/);
  });
});

it('isWithin compares whole segments, in any case', () => {
  expect(isWithin('/subscriptions/S/resourceGroups/g', '/subscriptions/s')).toBe(true);
  expect(isWithin('/subscriptions/s2', '/subscriptions/s')).toBe(false);
  expect(isWithin('/subscriptions/s', '/subscriptions/s')).toBe(true);
});
