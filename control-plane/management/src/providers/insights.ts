import { Problem } from '@vigia/problem';
import { diagnosticCategoriesOf, type Resource } from '@vigia/resource';
import type { ArmCall } from '../arm-call.ts';
import { sameText, subscriptionType } from '../arm-path.ts';
import { listAnswer } from '../list-answer.ts';
import { json, type Provider } from '../rules.ts';

const categoriesPath = 'Microsoft.Insights/diagnosticSettingsCategories';

/** What a resource can send, as ARM lists it. */
function categories(call: ArmCall, scope: Resource | undefined): readonly Resource[] {
  const id = call.target.kind === 'provider' ? '' : call.target.parentId;
  const type = scope?.type ?? subscriptionType;
  const found = diagnosticCategoriesOf(type);
  if (found.length === 0) {
    throw new Problem({
      code: 'ResourceTypeNotSupported',
      status: 400,
      message: `The resource type '${type.toLowerCase()}' does not support diagnostic settings.`,
    });
  }
  return found.map(({ name, categoryType, categoryGroups }) => ({
    id: `${scope?.id ?? id}/providers/${categoriesPath}/${name}`,
    type: categoriesPath,
    name,
    properties: { categoryType, categoryGroups },
    etag: '',
  }));
}

const show = ({ id, type, name, properties }: Resource) => ({ id, type, name, properties });

export const insights: Provider = {
  namespace: 'Microsoft.Insights',
  apiVersions: ['2021-05-01-preview', '2017-05-01-preview'],
  types: [
    {
      type: 'Microsoft.Insights/diagnosticSettings',
      createdStatus: 200,
      without: ['PATCH'],
      // Of the resource itself, not of those below it.
      list: (call, below) => {
        const scope = call.target.kind === 'provider' ? '' : call.target.scope;
        return below.filter(({ id }) => sameText(id.replace(/\/providers\/[^/]+\/[^/]+\/[^/]+$/, ''), scope));
      },
    },
  ],
  routes: [
    {
      method: 'GET',
      path: categoriesPath,
      run: (call, scope) => listAnswer(call, categories(call, scope), { show }),
    },
    {
      method: 'GET',
      path: `${categoriesPath}/{name}`,
      run(call, scope) {
        const name = call.target.kind === 'resource' ? call.target.name : '';
        const found = categories(call, scope).find((each) => sameText(each.name, name));
        if (found !== undefined) return json(show(found));
        throw new Problem({
          code: 'ResourceNotFound',
          status: 404,
          message: `The diagnostic settings category '${name}' doesn't exist.`,
        });
      },
    },
  ],
  notHere: [
    'components',
    'metrics',
    'metricDefinitions',
    'logDefinitions',
    'eventtypes',
    'actionGroups',
    'activityLogAlerts',
    'metricAlerts',
    'scheduledQueryRules',
    'dataCollectionRules',
    'dataCollectionEndpoints',
    'dataCollectionRuleAssociations',
    'workbooks',
  ],
};
