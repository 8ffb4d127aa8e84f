import { describe, expect, it } from 'vitest';
import { type AccessQuestion, isAllowed, roleDefinitionById, roleDefinitionByName, roleDefinitions } from './index.ts';

const subscription = '/subscriptions/11111111-1111-1111-1111-111111111111';
const group = `${subscription}/resourceGroups/rg-activategenai`;
const account = `${group}/providers/Microsoft.CognitiveServices/accounts/contoso`;
const chat = 'Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action';
const storedRead = 'Microsoft.CognitiveServices/accounts/OpenAI/stored-completions/read';
const principalId = 'aaaaaaaa-0000-4000-8000-00000000000A';

const cases: Record<
  string,
  { role: string; at: string; of?: string; operation: AccessQuestion['operation']; on?: string; allowed: boolean }
> = {
  'Cognitive Services User at the account calls chat': {
    role: 'Cognitive Services User',
    at: account,
    operation: { dataAction: chat },
    allowed: true,
  },
  'at the group it is inherited': {
    role: 'Cognitive Services User',
    at: group,
    operation: { dataAction: chat },
    allowed: true,
  },
  'at the subscription it is inherited': {
    role: 'Cognitive Services User',
    at: subscription,
    operation: { dataAction: chat },
    allowed: true,
  },
  'at the root it is inherited': {
    role: 'Cognitive Services User',
    at: '/',
    operation: { dataAction: chat },
    allowed: true,
  },
  'case makes no difference': {
    role: 'Cognitive Services User',
    at: account.toUpperCase(),
    operation: { dataAction: chat.toLowerCase() },
    allowed: true,
  },
  'at another account it counts for nothing': {
    role: 'Cognitive Services User',
    at: `${account}2`,
    operation: { dataAction: chat },
    allowed: false,
  },
  'a name that begins alike is another account': {
    role: 'Cognitive Services User',
    at: account,
    operation: { dataAction: chat },
    on: `${account}2`,
    allowed: false,
  },
  'at a child it says nothing of the parent': {
    role: 'Cognitive Services User',
    at: `${account}/deployments/d`,
    operation: { dataAction: chat },
    allowed: false,
  },
  'another principal has nothing of it': {
    role: 'Cognitive Services User',
    at: account,
    of: 'b',
    operation: { dataAction: chat },
    allowed: false,
  },
  'OpenAI User calls chat': {
    role: 'Cognitive Services OpenAI User',
    at: account,
    operation: { dataAction: chat },
    allowed: true,
  },
  'OpenAI User does not fine-tune': {
    role: 'Cognitive Services OpenAI User',
    at: account,
    operation: { dataAction: 'Microsoft.CognitiveServices/accounts/OpenAI/fine-tunes/write' },
    allowed: false,
  },
  'NotDataActions take away from a wildcard': {
    role: 'Cognitive Services OpenAI User',
    at: account,
    operation: { dataAction: storedRead },
    allowed: false,
  },
  'Owner has no data action': { role: 'Owner', at: subscription, operation: { dataAction: chat }, allowed: false },
  'Owner does anything': {
    role: 'Owner',
    at: subscription,
    operation: { action: 'Microsoft.Authorization/roleAssignments/write' },
    allowed: true,
  },
  'Contributor assigns no role': {
    role: 'Contributor',
    at: subscription,
    operation: { action: 'Microsoft.Authorization/roleAssignments/write' },
    allowed: false,
  },
  'Contributor writes an account': {
    role: 'Contributor',
    at: subscription,
    operation: { action: 'Microsoft.CognitiveServices/accounts/write' },
    allowed: true,
  },
  'Reader reads': {
    role: 'Reader',
    at: group,
    operation: { action: 'Microsoft.CognitiveServices/accounts/read' },
    allowed: true,
  },
  'Reader lists no keys': {
    role: 'Reader',
    at: group,
    operation: { action: 'Microsoft.CognitiveServices/accounts/listKeys/action' },
    allowed: false,
  },
  'Cognitive Services User lists keys': {
    role: 'Cognitive Services User',
    at: account,
    operation: { action: 'Microsoft.CognitiveServices/accounts/listKeys/action' },
    allowed: true,
  },
  'a dot in a pattern is a dot': {
    role: 'Cognitive Services User',
    at: account,
    operation: { dataAction: 'MicrosoftXCognitiveServices/accounts/OpenAI/x' },
    allowed: false,
  },
};

describe('isAllowed', () => {
  it.each(Object.entries(cases))(
    '%s',
    (_, { role, at, of = principalId.toLowerCase(), operation, on = account, allowed }) => {
      const roleDefinitionId = roleDefinitionByName(role)?.id ?? '';
      expect(
        isAllowed({
          principalId,
          operation,
          scope: on,
          assignments: [{ scope: at, principalId: of, roleDefinitionId }],
        }),
      ).toBe(allowed);
    },
  );

  it('a role that denies does not take from another that grants', () => {
    const assignments = ['Cognitive Services OpenAI User', 'Cognitive Services User'].map((name) => ({
      scope: account,
      principalId,
      roleDefinitionId: roleDefinitionByName(name)?.id ?? '',
    }));
    expect(isAllowed({ principalId, operation: { dataAction: storedRead }, scope: account, assignments })).toBe(true);
  });

  it('no assignment, no access', () => {
    expect(isAllowed({ principalId, operation: { dataAction: chat }, scope: account, assignments: [] })).toBe(false);
    expect(
      isAllowed({
        principalId,
        operation: { dataAction: chat },
        scope: account,
        assignments: [{ scope: account, principalId, roleDefinitionId: 'unknown' }],
      }),
    ).toBe(false);
  });
});

describe('role definitions', () => {
  it('are found by guid, by ARM id and by name', () => {
    const id = 'a97b65f3-24c7-4388-baec-2e87135dc908';
    expect(roleDefinitionById(id.toUpperCase())?.roleName).toBe('Cognitive Services User');
    expect(roleDefinitionById(`${subscription}/providers/Microsoft.Authorization/roleDefinitions/${id}`)?.id).toBe(id);
    expect(roleDefinitionByName('cognitive services user')?.id).toBe(id);
    expect(roleDefinitionByName('nobody')).toBeUndefined();
  });

  it('have each their own guid and name', () => {
    expect(new Set(roleDefinitions.map(({ id }) => id)).size).toBe(roleDefinitions.length);
    expect(roleDefinitions.every(({ id }) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))).toBe(true);
  });
});
