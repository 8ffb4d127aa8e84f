import type { RoleDefinition } from '@vigia/access';
import type { JsonObject } from '@vigia/contract';
import { Problem } from '@vigia/problem';
import type { Resource, ResourceBody } from '@vigia/resource';
import type { ArmCall } from '../arm-call.ts';
import { isWithin, sameText } from '../arm-path.ts';
import { type Filter, filterBy } from '../filter.ts';
import { listAnswer } from '../list-answer.ts';
import { json, type Provider } from '../rules.ts';

const assignmentType = 'Microsoft.Authorization/roleAssignments';
const definitionType = 'Microsoft.Authorization/roleDefinitions';

/** The scope that an assignment lies at: what is before its own `/providers/`. */
const scopeOf = ({ id }: Resource): string => id.replace(/\/providers\/Microsoft\.Authorization\/[^/]+\/[^/]+$/i, '');
const scopeOfCall = ({ target }: ArmCall): string => target.scope;

const property = (name: string) => (resource: Resource) => resource.properties[name];

/** At the scope asked about, above it, and below it; `atScope()` leaves out what is below. */
function assignmentsFor(call: ArmCall): readonly Resource[] {
  const scope = scopeOfCall(call);
  const subscription = `/subscriptions/${call.context.subscriptionId}`;
  return call.context.store
    .list({ type: assignmentType, under: subscription })
    .filter((each) => isWithin(scope, scopeOf(each)) || isWithin(scopeOf(each), scope || '/'));
}

const assignmentFilter = (scope: string): Filter<Resource> =>
  filterBy({
    fields: { principalId: property('principalId'), roleDefinitionId: property('roleDefinitionId') },
    functions: {
      atScope: () => (each) => isWithin(scope, scopeOf(each)),
      assignedTo: (principalId) => (each) => sameText(String(each.properties['principalId']), principalId ?? ''),
    },
  });

function requirePrincipal({ context }: ArmCall, { properties = {} }: ResourceBody): void {
  const { principalId, principalType } = properties;
  if (typeof principalId !== 'string' || (principalType !== undefined && principalType !== null)) return;
  const under = `/subscriptions/${context.subscriptionId}`;
  const isKnown = ['Microsoft.ApiManagement/service', 'Microsoft.CognitiveServices/accounts'].some((type) =>
    context.store.list({ type, under }).some(({ identity }) => sameText(identity?.principalId ?? '', principalId)),
  );
  if (isKnown) return;
  throw new Problem({
    code: 'PrincipalNotFound',
    status: 400,
    message: `Principal ${principalId} does not exist in the directory ${context.tenantId}. No managed identity here has that principal ID; where it belongs to somebody else, set principalType to ServicePrincipal, User or Group.`,
  });
}

const roleNotFound = (id: string): Problem =>
  new Problem({
    code: 'RoleDefinitionDoesNotExist',
    status: 404,
    message: `The specified role definition with ID '${id}' does not exist.`,
  });

interface ShownRole {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly properties: JsonObject;
}

function showRole(call: ArmCall, role: RoleDefinition): ShownRole {
  // Built-in roles belong to the tenant; below a subscription their id names it.
  const root = scopeOfCall(call) === '' ? '' : `/subscriptions/${call.context.subscriptionId}`;
  return {
    id: `${root}/providers/${definitionType}/${role.id}`,
    type: definitionType,
    name: role.id,
    properties: {
      roleName: role.roleName,
      type: 'BuiltInRole',
      description: role.description,
      assignableScopes: ['/'],
      permissions: [
        {
          actions: role.actions,
          notActions: role.notActions,
          dataActions: role.dataActions,
          notDataActions: role.notDataActions,
        },
      ],
    },
  };
}

const roleFilter: Filter<ShownRole> = filterBy({
  fields: {
    roleName: ({ properties }) => properties['roleName'],
    type: ({ properties }) => properties['type'],
    name: ({ name }) => name,
  },
  functions: { atScopeAndBelow: () => () => true, atScope: () => () => true },
});

export const authorization: Provider = {
  namespace: 'Microsoft.Authorization',
  apiVersions: ['2022-04-01', '2020-10-01-preview', '2018-01-01-preview', '2015-07-01'],
  types: [
    {
      type: assignmentType,
      without: ['PATCH'],
      put(call, body) {
        const id = call.target.kind === 'resource' ? call.target.id : '';
        return () => {
          requirePrincipal(call, body);
          return [{ kind: 'put', id, body }];
        };
      },
    },
  ],
  routes: [
    {
      method: 'GET',
      path: assignmentType,
      run(call) {
        const show = ({ id, type, name, properties }: Resource) => ({
          id,
          type,
          name,
          properties: { scope: scopeOf({ id } as Resource), ...properties },
        });
        return listAnswer(call, assignmentsFor(call), { filter: assignmentFilter(scopeOfCall(call)), show });
      },
    },
    {
      method: 'GET',
      path: definitionType,
      run: (call) =>
        listAnswer(
          call,
          call.context.roleDefinitions.map((role) => showRole(call, role)),
          { filter: roleFilter, show: (role) => role },
        ),
    },
    {
      method: 'GET',
      path: `${definitionType}/{name}`,
      run(call) {
        const name = call.target.kind === 'resource' ? call.target.name : '';
        const role = call.context.roleDefinitions.find(({ id }) => sameText(id, name));
        if (role === undefined) throw roleNotFound(name);
        return json(showRole(call, role));
      },
    },
  ],
  notHere: [
    'policyAssignments',
    'policyDefinitions',
    'locks',
    'permissions',
    'denyAssignments',
    'classicAdministrators',
  ],
};
