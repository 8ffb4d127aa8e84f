import { type Resource, regions } from '@vigia/resource';
import type { ArmAnswer, ArmCall } from '../arm-call.ts';
import { groupOf, groupType, namespaceOf, sameText, subscriptionType } from '../arm-path.ts';
import { toEnvelope } from '../envelope.ts';
import { type Filter, type FilterGrammar, filterBy } from '../filter.ts';
import { listAnswer } from '../list-answer.ts';
import { invalidNamespace } from '../refusals.ts';
import { json, type Provider } from '../rules.ts';
import { shortType } from '../type-registry.ts';

/** One tag of a resource, or the resource without any: `tagName eq … and tagValue eq …` speaks of one and the same. */
interface Tagged {
  readonly resource: Resource;
  readonly tagName: string | undefined;
  readonly tagValue: string | undefined;
}

const fields: FilterGrammar<Tagged>['fields'] = {
  name: ({ resource }) => resource.name,
  location: ({ resource }) => resource.location,
  resourceType: ({ resource }) => resource.type,
  resourceGroup: ({ resource }) => groupOf(resource.id),
  tagName: ({ tagName }) => tagName,
  tagValue: ({ tagValue }) => tagValue,
};

const tagsOf = (resource: Resource): readonly Tagged[] => {
  const tags = Object.entries(resource.tags ?? {});
  return tags.length === 0
    ? [{ resource, tagName: undefined, tagValue: undefined }]
    : tags.map(([tagName, tagValue]) => ({ resource, tagName, tagValue }));
};

/** As soon as one tag, together with the resource, is what the filter asks for. */
const byTag: Filter<Resource> = (text) => {
  const test = filterBy<Tagged>({ fields })(text);
  return (resource) => tagsOf(resource).some(test);
};

/** Whole resources below a scope, as `…/resources` lists them: without their properties. */
function wholeResources(call: ArmCall): ArmAnswer {
  const { registry, store } = call.context;
  const under = call.target.kind === 'collection' ? call.target.parentId : '';
  const types = registry.types().filter(({ isTracked, type }) => isTracked && !sameText(type, groupType));
  const found = types.flatMap(({ type }) => store.list({ type, under }));
  return listAnswer(call, found, {
    filter: byTag,
    show(resource) {
      const { properties: _, etag: __, ...envelope } = toEnvelope(resource, registry.type(resource.type));
      return envelope;
    },
  });
}

const subscriptionOf = ({ context }: ArmCall) => ({
  id: `/subscriptions/${context.subscriptionId}`,
  authorizationSource: 'RoleBased',
  managedByTenants: [],
  subscriptionId: context.subscriptionId,
  tenantId: context.tenantId,
  displayName: 'Vigia',
  state: 'Enabled',
  subscriptionPolicies: { quotaId: 'PayAsYouGo_2014-09-01', spendingLimit: 'Off' },
});

const locations = (call: ArmCall): ArmAnswer =>
  listAnswer(call, Object.entries(regions), {
    show: ([name, displayName]) => ({
      id: `/subscriptions/${call.context.subscriptionId}/locations/${name}`,
      name,
      type: 'Region',
      displayName,
      regionalDisplayName: displayName,
      metadata: { regionType: 'Physical' },
    }),
  });

function providerOf(call: ArmCall, { namespace, apiVersions, routes }: Provider) {
  const { registry, subscriptionId } = call.context;
  const isOwn = (type: string): boolean => sameText(namespaceOf(type), namespace);
  const stored = registry.types().filter(({ type }) => isOwn(type));
  const computed = routes.filter(({ method, path }) => method === 'GET' && !path.endsWith('/{name}') && isOwn(path));
  const names = new Set(
    [...stored, ...computed.map(({ path }) => ({ type: path }))].map(({ type }) => shortType(type)),
  );
  return {
    id: `/subscriptions/${subscriptionId}/providers/${namespace}`,
    namespace,
    registrationPolicy: 'RegistrationRequired',
    registrationState: 'Registered',
    resourceTypes: [...names].map((resourceType) => ({
      resourceType,
      locations: [],
      apiVersions,
      capabilities: 'None',
    })),
  };
}

function oneProvider(call: ArmCall): ArmAnswer {
  const namespace = call.target.kind === 'provider' ? call.target.namespace : namespaceOf(call.target.type);
  const provider = call.context.registry.provider(namespace);
  if (provider === undefined) throw invalidNamespace(namespace);
  return json(providerOf(call, provider));
}

const allProviders = (call: ArmCall): ArmAnswer =>
  listAnswer(call, call.context.registry.providers(), { show: (provider) => providerOf(call, provider) });

export const resources: Provider = {
  namespace: 'Microsoft.Resources',
  apiVersions: ['2024-11-01', '2022-12-01', '2021-04-01'],
  types: [{ type: groupType, filter: byTag }],
  routes: [
    {
      method: 'GET',
      path: subscriptionType,
      run: (call) => json({ value: [subscriptionOf(call)], count: { type: 'Total', value: 1 } }),
    },
    { method: 'GET', path: `${subscriptionType}/{name}`, run: (call) => json(subscriptionOf(call)) },
    {
      method: 'GET',
      path: 'Microsoft.Resources/tenants',
      run: ({ context: { tenantId } }) =>
        json({ value: [{ id: `/tenants/${tenantId}`, tenantId, displayName: 'Vigia', tenantCategory: 'Home' }] }),
    },
    { method: 'GET', path: `${subscriptionType}/resources`, run: wholeResources },
    { method: 'GET', path: `${groupType}/resources`, run: wholeResources },
    { method: 'GET', path: `${subscriptionType}/locations`, run: locations },
    { method: 'GET', path: `${subscriptionType}/providers`, run: allProviders },
    { method: 'GET', path: 'Microsoft.Resources/providers', run: allProviders },
    { method: 'GET', path: 'Microsoft.Resources/providers/{name}', run: oneProvider },
    // Every provider that is known is registered from the start.
    { method: 'POST', path: 'Microsoft.Resources/providers/register', run: oneProvider },
  ],
  notHere: ['deployments', 'deploymentScripts', 'templateSpecs', 'deploymentStacks', 'tags'],
};
