import type { Change, Resource } from '@vigia/resource';
import { type ArmCall, isTrue, parameter } from '../../arm-call.ts';
import { sameText } from '../../arm-path.ts';
import { listAnswer } from '../../list-answer.ts';
import { notSupportedHere } from '../../refusals.ts';
import type { ArmRoute, TypeRules } from '../../rules.ts';
import { putApi } from './api-put.ts';
import { byFields } from './entity-filter.ts';
import { serviceIdOf, serviceType } from './service-id.ts';

const apiType = `${serviceType}/apis`;

/** `azure-openai` of `azure-openai;rev=2`. */
const baseName = (name: string): string => name.replace(/;rev=[^;]*$/i, '');

const revisionsOf = ({ context }: ArmCall, api: Resource): readonly Resource[] =>
  context.store
    .list({ type: apiType, under: serviceIdOf(api.id) })
    .filter(({ name }) => sameText(baseName(name), baseName(api.name)));

export const apiRules: readonly TypeRules[] = [
  {
    type: apiType,
    filter: byFields(['displayName', 'description', 'serviceUrl', 'path', 'isCurrent']),
    read(_, call) {
      if (!isTrue(call, 'export')) return undefined;
      throw notSupportedHere(`The export of an API as '${parameter(call, 'format') ?? ''}'`);
    },
    show(api, call) {
      const set = api.properties['apiVersionSetId'];
      if (!isTrue(call, 'expandApiVersionSet') || typeof set !== 'string') return api;
      const found = call.context.store.get(set.startsWith('/subscriptions/') ? set : `${serviceIdOf(api.id)}${set}`);
      if (found === undefined) return api;
      const apiVersionSet = { id: found.id, name: found.properties['displayName'], ...found.properties };
      return { ...api, properties: { ...api.properties, apiVersionSet } };
    },
    list(call, below) {
      for (const name of ['tags', 'includeNotTaggedApis']) {
        if (parameter(call, name) !== undefined) throw notSupportedHere(`The query parameter '${name}'`);
      }
      return below;
    },
    put: putApi,
    deleteWith: (api, call): readonly Change[] =>
      isTrue(call, 'deleteRevisions')
        ? revisionsOf(call, api)
            .filter(({ id }) => !sameText(id, api.id))
            .map(({ id }) => ({ kind: 'delete', id }))
        : [],
  },
  { type: `${apiType}/operations`, filter: byFields(['displayName', 'method', 'description', 'urlTemplate']) },
];

export const apiRoutes: readonly ArmRoute[] = [
  {
    method: 'GET',
    path: `${apiType}/revisions`,
    run: (call, api) =>
      listAnswer(call, api === undefined ? [] : revisionsOf(call, api), {
        hasCount: true,
        filter: byFields(['apiRevision']),
        show: ({ name, properties }) => ({
          apiId: `/apis/${baseName(name)};rev=${String(properties['apiRevision'] ?? '1')}`,
          apiRevision: properties['apiRevision'] ?? '1',
          description: properties['apiRevisionDescription'] ?? null,
          isOnline: true,
          isCurrent: properties['isCurrent'] ?? true,
        }),
      }),
  },
];
