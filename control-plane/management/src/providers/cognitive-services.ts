import { Problem, toProblem } from '@vigia/problem';
import type { Resource } from '@vigia/resource';
import type { ArmAnswer, ArmCall } from '../arm-call.ts';
import { sameText } from '../arm-path.ts';
import { listAnswer } from '../list-answer.ts';
import type { KeyAction } from '../management-options.ts';
import { notSupportedHere } from '../refusals.ts';
import { type ArmRoute, json, type Provider } from '../rules.ts';

const accountType = 'Microsoft.CognitiveServices/accounts';
const deploymentType = `${accountType}/deployments`;

const invalid = (message: string): Problem => new Problem({ code: 'InvalidRequestContent', status: 400, message });

function keysOf(call: ArmCall, account: Resource): ArmAnswer {
  if (account.properties['disableLocalAuth'] === true) {
    throw new Problem({
      code: 'BadRequest',
      status: 400,
      message: 'Failed to list key. disableLocalAuth is set to be true',
    });
  }
  const read = (name: string): string => {
    const key = call.context.store.secret(account.id, name);
    if (key === undefined) throw new Error(`${account.id} has no ${name}`);
    return key;
  };
  return json({ key1: read('key1'), key2: read('key2') });
}

function regenerateKey(call: ArmCall, account: Resource): Promise<ArmAnswer> {
  const name = String(call.body?.['keyName'] ?? '').toLowerCase();
  if (name !== 'key1' && name !== 'key2') {
    throw invalid(
      `The body needs 'keyName', one of Key1 and Key2; found ${JSON.stringify(call.body?.['keyName'] ?? null)}.`,
    );
  }
  return call.context.writes.run(async () => {
    await call.context.store.change([{ kind: 'renewSecret', id: account.id, secret: name }]);
    return keysOf(call, account);
  });
}

/** A call about keys; whoever keeps the audit log hears of it before the caller does, whatever came of it. */
const keyRoute = (
  action: string,
  operationName: KeyAction['operationName'],
  work: (call: ArmCall, account: Resource) => ArmAnswer | Promise<ArmAnswer>,
): ArmRoute => ({
  method: 'POST',
  path: `${accountType}/${action}`,
  async run(call, account) {
    if (account === undefined) throw new Error('a key action without its account');
    const { clock, onKeyAction } = call.context;
    const at = clock.now();
    const audit = async (status: number): Promise<void> =>
      onKeyAction?.({
        accountId: account.id,
        operationName,
        correlationId: call.correlationId,
        at,
        durationMs: clock.now() - at,
        status,
        callerIpAddress: call.callerIpAddress,
      });
    let answer: ArmAnswer;
    try {
      answer = await work(call, account);
    } catch (error) {
      await audit(toProblem(error).status);
      throw error;
    }
    await audit(answer.status);
    return answer;
  },
});

const deploymentsOf = (call: ArmCall, under: string): readonly Resource[] =>
  call.context.store.list({ type: deploymentType, under });

/** There is no quota here; ARM's field must hold a number. */
const withoutLimit = 2_147_483_647;

/** Thousands of tokens a minute that the deployments of an account have taken, by tier and model. */
function usages(call: ArmCall, account: Resource) {
  const taken = new Map<string, number>();
  for (const { sku, properties } of deploymentsOf(call, account.id)) {
    const model = (properties['model'] as { name?: string } | undefined)?.name ?? '';
    const name = `OpenAI.${sku?.name ?? 'Standard'}.${model}`;
    taken.set(name, (taken.get(name) ?? 0) + (sku?.capacity ?? 1));
  }
  return [...taken].map(([value, currentValue]) => ({
    name: { value, localizedValue: `Tokens Per Minute (thousands) - ${value}` },
    unit: 'Count',
    currentValue,
    limit: withoutLimit,
  }));
}

function checkDomainAvailability(call: ArmCall): ArmAnswer {
  const { subdomainName, type, kind } = call.body ?? {};
  if (typeof subdomainName !== 'string' || subdomainName === '') throw invalid("The body needs 'subdomainName'.");
  const isTaken = call.context.store
    .list({ type: accountType, under: `/subscriptions/${call.context.subscriptionId}` })
    .some(({ name, properties }) => sameText(String(properties['customSubDomainName'] ?? name), subdomainName));
  return json({
    isSubdomainAvailable: !isTaken,
    ...(isTaken ? { reason: `Sub domain name '${subdomainName}' is not valid` } : {}),
    subdomainName,
    ...(type === undefined ? {} : { type }),
    ...(kind === undefined ? {} : { kind }),
  });
}

const ofAccount =
  (work: (call: ArmCall, account: Resource) => ArmAnswer): ArmRoute['run'] =>
  (call, account) => {
    if (account === undefined) throw new Error('a call of an account without it');
    return work(call, account);
  };

export const cognitiveServices: Provider = {
  namespace: 'Microsoft.CognitiveServices',
  apiVersions: ['2025-09-01', '2025-06-01', '2024-10-01', '2023-05-01'],
  types: [{ type: accountType }, { type: deploymentType }],
  routes: [
    keyRoute('listKeys', 'ListKey', keysOf),
    keyRoute('regenerateKey', 'RegenerateKey', regenerateKey),
    {
      method: 'GET',
      path: `${accountType}/models`,
      run: (call) => {
        const { models } = call.context;
        if (models === undefined) throw notSupportedHere("The list 'models' of an account");
        return listAnswer(call, models, {
          show: ({ format, name, version, capabilities = {} }) => ({
            format,
            name,
            version,
            lifecycleStatus: 'GenerallyAvailable',
            maxCapacity: withoutLimit,
            capabilities,
            skus: [],
          }),
        });
      },
    },
    {
      method: 'GET',
      path: `${accountType}/skus`,
      run: (call) =>
        listAnswer(call, ['S0'], { show: (name) => ({ resourceType: accountType, sku: { name, tier: 'Standard' } }) }),
    },
    {
      method: 'GET',
      path: `${accountType}/usages`,
      run: ofAccount((call, account) => listAnswer(call, usages(call, account), { show: (each) => each })),
    },
    { method: 'POST', path: 'Microsoft.CognitiveServices/checkDomainAvailability', run: checkDomainAvailability },
    {
      method: 'GET',
      path: 'Microsoft.CognitiveServices/deletedAccounts',
      // Nothing is kept of what is deleted.
      run: (call) => listAnswer(call, [], { show: (each) => each }),
    },
  ],
  notHere: [
    'accounts/raiPolicies',
    'accounts/raiBlocklists',
    'accounts/commitmentPlans',
    'accounts/privateEndpointConnections',
    'accounts/projects',
    'accounts/connections',
    'accounts/encryptionScopes',
    'accounts/defenderForAISettings',
    'commitmentPlans',
    'locations',
    'models',
    'skus',
  ],
};
