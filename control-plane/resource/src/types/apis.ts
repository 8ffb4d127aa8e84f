import { z } from 'zod';
import { object, type Reference, type ResourceDefinition, text } from '../definition.ts';
import { anyRecord, anything, nameText, oneOf, textUpTo } from '../schema-parts.ts';
import { absoluteKey, serviceEntity, serviceKeyOf, serviceType, shownId, withRelative } from './service-entity.ts';

export const apiType = `${serviceType}/apis`;

/** `azure-openai;rev=2` → `azure-openai` and `2`. */
export function revisionOf(name: string): { readonly api: string; readonly revision?: string } {
  const match = /^(.*);rev=([^;]+)$/i.exec(name);
  return match === null ? { api: name } : { api: match[1] ?? name, revision: match[2] ?? '' };
}

const normalPath = (path: string): string => path.replace(/^\/+|\/+$/g, '').toLowerCase();

const apis = serviceEntity('apis', {
  noun: 'Api',
  properties: z.object({
    displayName: nameText(300),
    apiRevision: nameText(100).optional(),
    isCurrent: z.boolean().optional(),
    apiRevisionDescription: textUpTo(256).optional(),
    apiVersion: textUpTo(100).optional(),
    apiVersionDescription: textUpTo(256).optional(),
    apiVersionSetId: z.string().optional(),
    apiVersionSet: anyRecord.optional(),
    description: z.string().optional(),
    type: oneOf('http', 'soap', 'websocket', 'graphql', 'odata', 'grpc').optional(),
    path: textUpTo(400),
    serviceUrl: textUpTo(2000).optional(),
    protocols: z.array(oneOf('http', 'https', 'ws', 'wss')).optional(),
    subscriptionRequired: z.boolean().optional(),
    subscriptionKeyParameterNames: z
      .object({ header: nameText(200).optional(), query: nameText(200).optional() })
      .optional(),
    authenticationSettings: anyRecord.optional(),
    termsOfServiceUrl: z.string().optional(),
    contact: anyRecord.optional(),
    license: anyRecord.optional(),
  }),
  // `sourceApiId` says what a new revision is copied from; it is an order, not a property.
  readOnly: ['isOnline', 'provisioningState', 'sourceApiId'],
  place: { kind: 'folder', folder: 'apis', file: 'apiInformation.json', hasSpecification: true },
  defaults: {
    apiRevision: '1',
    isCurrent: true,
    type: 'http',
    protocols: ['https'],
    subscriptionRequired: true,
    subscriptionKeyParameterNames: { header: 'Ocp-Apim-Subscription-Key', query: 'subscription-key' },
    authenticationSettings: {},
    description: null,
    serviceUrl: null,
  },
  normalize(properties, { parent, name }) {
    const { revision } = revisionOf(name);
    return {
      ...withRelative(properties, 'apiVersionSetId', `${parent}/apis/${name}`.toLowerCase()),
      ...(revision === undefined ? {} : { apiRevision: revision, isCurrent: false }),
    };
  },
  references(resource) {
    const found: Reference[] = [];
    const { api, revision } = revisionOf(resource.name);
    if (revision !== undefined)
      found.push({
        property: 'apiRevision',
        to: `${resource.parent}/apis/${api.toLowerCase()}`,
        noun: 'Api',
        onDelete: 'cascade',
      });
    const set = text(resource.properties['apiVersionSetId']);
    if (set !== '')
      found.push({
        property: 'apiVersionSetId',
        to: absoluteKey(set, resource.key),
        noun: 'Api version set',
        onDelete: 'refuse',
      });
    return found;
  },
  check(resource, world, report) {
    const { path, serviceUrl, type, apiVersion, apiVersionSetId, isCurrent } = resource.properties;
    if (/[?#*]/.test(text(path))) report('path', `'${text(path)}' must not contain '?', '#' or '*'.`);
    if (serviceUrl !== undefined && text(serviceUrl) !== '') {
      if (!/^(https?|wss?):\/\//i.test(text(serviceUrl)) || !URL.canParse(text(serviceUrl)))
        report('serviceUrl', `'${text(serviceUrl)}' is not an absolute URL.`);
    }
    if (type !== undefined && type !== 'http')
      report('type', `APIs of the type '${text(type)}' are not supported by Vigia yet; expected 'http'.`);
    if (apiVersion !== undefined && text(apiVersion) !== '' && apiVersionSetId === undefined)
      report('apiVersionSetId', 'An API with a version must be in a version set.');
    if (revisionOf(resource.name).revision !== undefined) return;
    if (isCurrent === false) report('isCurrent', 'The API itself is its current revision; others end in ;rev=N.');
    const version = text(apiVersion).toLowerCase();
    const set = text(apiVersionSetId).toLowerCase();
    const same = world.list(apiType, resource.parent).find((other) => {
      if (other.key === resource.key || revisionOf(other.name).revision !== undefined) return false;
      const its = other.properties;
      if (normalPath(text(its['path'])) !== normalPath(text(path))) return false;
      // Several versions of one set share a path.
      const isOtherVersion = set !== '' && text(its['apiVersionSetId']).toLowerCase() === set;
      return !isOtherVersion || text(its['apiVersion']).toLowerCase() === version;
    });
    if (same)
      report('path', `Cannot create API '${resource.name}' with the same Path '${text(path)}' as API '${same.name}'.`);
  },
  show(resource, world) {
    const set = text(resource.properties['apiVersionSetId']);
    const service = world.get(serviceKeyOf(resource.key))?.id ?? '';
    const names = object(resource.properties['subscriptionKeyParameterNames']);
    return {
      subscriptionKeyParameterNames: {
        header: names['header'] ?? 'Ocp-Apim-Subscription-Key',
        query: names['query'] ?? 'subscription-key',
      },
      isOnline: true,
      ...(set === '' ? {} : { apiVersionSetId: shownId(set, service) }),
    };
  },
});

const parameters = z.array(
  z.object({
    name: z.string().min(1),
    type: z.string().min(1),
    required: z.boolean().optional(),
    defaultValue: z.string().optional(),
    values: z.array(z.string()).optional(),
    description: z.string().optional(),
    schemaId: z.string().optional(),
    typeName: z.string().optional(),
    examples: anything.optional(),
  }),
);
const representations = z.array(
  z.object({
    contentType: z.string().min(1),
    schemaId: z.string().optional(),
    typeName: z.string().optional(),
    formParameters: parameters.optional(),
    examples: anything.optional(),
  }),
);

const operations = serviceEntity('apis/operations', {
  noun: 'Operation',
  name: { pattern: /^[^*#&+:<>?]+$/, maxLength: 80 },
  properties: z.object({
    displayName: nameText(300),
    method: nameText(100),
    urlTemplate: nameText(1000),
    templateParameters: parameters.optional(),
    description: z.string().optional(),
    request: z
      .object({
        description: z.string().optional(),
        queryParameters: parameters.optional(),
        headers: parameters.optional(),
        representations: representations.optional(),
      })
      .optional(),
    responses: z
      .array(
        z.object({
          statusCode: z.number().int(),
          description: z.string().optional(),
          headers: parameters.optional(),
          representations: representations.optional(),
        }),
      )
      .optional(),
  }),
  place: { kind: 'folder', folder: 'operations', file: 'operationInformation.json' },
  defaults: { templateParameters: [], responses: [] },
  normalize: (properties) => ({ ...properties, method: text(properties['method']).toUpperCase() }),
  check(resource, world, report) {
    const { method, urlTemplate, templateParameters } = resource.properties;
    if (!/^[A-Z][A-Z0-9_-]*$/.test(text(method))) report('method', `'${text(method)}' is not an HTTP method.`);
    const template = text(urlTemplate);
    if (!template.startsWith('/') && template !== '' && !template.startsWith('?') && !template.startsWith('*'))
      report('urlTemplate', "The template must begin with '/'.");
    const named = [...template.matchAll(/\{\*?([^}]*)\}/g)].map(([, name]) => name ?? '');
    const twice = named.find((name, index) => named.indexOf(name) !== index);
    if (twice !== undefined) report('urlTemplate', `The parameter '${twice}' is in the template twice.`);
    if (Array.isArray(templateParameters) && templateParameters.length > 0) {
      const described = templateParameters.map((parameter) => text(object(parameter)['name']));
      for (const name of named.filter((one) => !described.includes(one)))
        report('templateParameters', `The parameter '${name}' of the template is not described.`);
      for (const name of described.filter((one) => !named.includes(one)))
        report('templateParameters', `The parameter '${name}' is not in the template.`);
    }
    const same = world
      .list(resource.definition.type, resource.parent)
      .find(
        (other) =>
          other.key !== resource.key &&
          other.properties['method'] === method &&
          text(other.properties['urlTemplate']).toLowerCase() === template.toLowerCase(),
      );
    if (same)
      report(
        'urlTemplate',
        `Operation '${same.name}' has the same method and URL template: ${text(method)} ${template}.`,
      );
  },
});

const schemas = serviceEntity('apis/schemas', {
  noun: 'Schema',
  properties: z.object({
    contentType: nameText(200),
    document: anyRecord.optional(),
  }),
  place: { kind: 'folder', folder: 'schemas', file: 'schemaInformation.json' },
});

export const apiTypes: readonly ResourceDefinition[] = [apis, operations, schemas];
export const operationType = operations.type;
