import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { JsonObject } from '@vigia/contract';
import { isProblem } from '@vigia/problem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DefinitionInput, type ImportedApi, importDefinition } from './import-definition.ts';

const options = { maxBytes: 4 * 2 ** 20, allowLoopback: true, timeoutMs: 5_000 };

const importText = (format: string, value: string | JsonObject, more: Partial<DefinitionInput> = {}) =>
  importDefinition({ format, value: typeof value === 'string' ? value : JSON.stringify(value), ...more }, options);

/** The messages of the error, which must be Azure's. */
async function mistakes(importing: Promise<ImportedApi>): Promise<readonly string[]> {
  try {
    await importing;
  } catch (error) {
    if (!isProblem(error)) throw error;
    expect(error).toMatchObject({ code: 'ValidationError', status: 400 });
    expect(error.message).toBe('One or more fields contain incorrect values:');
    for (const detail of error.details)
      expect(detail).toMatchObject({ code: 'ValidationError', target: 'representation' });
    return error.details.map(({ message }) => message);
  }
  throw new Error('It was imported');
}

const info = { title: 'Pets', version: '1' };
const ok = { '200': { description: 'ok' } };
const openapi = (paths: JsonObject, more: JsonObject = {}): JsonObject => ({ openapi: '3.0.3', info, paths, ...more });
const swagger = (paths: JsonObject, more: JsonObject = {}): JsonObject => ({ swagger: '2.0', info, paths, ...more });

/** The only operation of a document. */
async function operation(document: JsonObject, more: Partial<DefinitionInput> = {}): Promise<JsonObject> {
  const { operations } = await importText('openapi+json', document, more);
  expect(operations).toHaveLength(1);
  return operations[0]?.properties ?? {};
}

const inPath = (name: string): JsonObject => ({ name, in: 'path', required: true, schema: { type: 'string' } });
const inQuery = (name: string, more: JsonObject = {}): JsonObject => ({
  name,
  in: 'query',
  schema: { type: 'string' },
  ...more,
});

const corpus = join(import.meta.dirname, '..', '..', '..', '..', '..', 'shared', 'corpora', 'openapi');
const hasCorpus = existsSync(join(corpus, 'manifest.json'));
if (!hasCorpus) console.info(`Skipped: the specifications are not in ${corpus}`);

describe.skipIf(!hasCorpus)('the specifications of Azure OpenAI', () => {
  const manifest: readonly { readonly file: string; readonly operationIds: readonly string[] }[] = hasCorpus
    ? JSON.parse(readFileSync(join(corpus, 'manifest.json'), 'utf8'))
    : [];
  const importFile = (file: string) =>
    importText(file.endsWith('.yaml') ? 'openapi' : 'openapi+json', readFileSync(join(corpus, file), 'utf8'));

  test.each(manifest)('$file has its operations, by name and in order', async ({ file, operationIds }) => {
    const { operations, displayName, schemas, specification } = await importFile(file);
    expect(displayName).toBe('Azure OpenAI Service API');
    expect(operations.map(({ name }) => name)).toEqual(operationIds);
    expect(specification).toEqual({
      format: file.endsWith('.yaml') ? 'yaml' : 'json',
      text: readFileSync(join(corpus, file), 'utf8'),
    });
    const text = JSON.stringify(operations);
    expect(schemas).toHaveLength(1);
    // No operation names a schema that the entity does not hold.
    const entity = schemas[0]?.properties['document'] as { components: { schemas: JsonObject } };
    const known = Object.keys(entity.components.schemas);
    const used = [...text.matchAll(/"typeName":"([^"]+)"/g)].map((match) => match[1]);
    expect(used.filter((name) => !known.includes(name ?? ''))).toEqual([]);
    for (const { properties } of operations) {
      const template = String(properties['urlTemplate']);
      const named = [...template.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]);
      expect((properties['templateParameters'] as JsonObject[]).map(({ name }) => name)).toEqual(named);
    }
  });

  test('2023-05-15: the templates and the service URL of the lab', async () => {
    const { operations, serviceUrl, protocols, version } = await importFile('azure-openai-inference-2023-05-15.json');
    expect({ serviceUrl, protocols, version }).toEqual({
      serviceUrl: 'https://your-resource-name.openai.azure.com/openai',
      protocols: ['https'],
      version: '2023-05-15',
    });
    expect(Object.fromEntries(operations.map(({ name, properties }) => [name, properties['urlTemplate']]))).toEqual({
      Completions_Create: '/deployments/{deployment-id}/completions?api-version={api-version}',
      embeddings_create: '/deployments/{deployment-id}/embeddings?api-version={api-version}',
      ChatCompletions_Create: '/deployments/{deployment-id}/chat/completions?api-version={api-version}',
    });
    const chat = operations.find(({ name }) => name === 'ChatCompletions_Create')?.properties;
    expect(chat).toMatchObject({
      displayName: 'Creates a completion for the chat message',
      method: 'POST',
      templateParameters: [
        {
          name: 'deployment-id',
          type: 'string',
          required: true,
          description: 'Deployment id of the model which was deployed.',
        },
        { name: 'api-version', type: 'string', required: true, examples: { default: { value: '2023-05-15' } } },
      ],
      request: {
        queryParameters: [],
        representations: [
          {
            contentType: 'application/json',
            examples: {
              default: { value: { model: 'gpt-35-turbo', messages: [{ role: 'user', content: 'Hello!' }] } },
            },
          },
        ],
      },
      responses: [{ statusCode: 200, description: 'OK', representations: [{ contentType: 'application/json' }] }],
    });
  });

  test('2025-03-01-preview: a server that cannot be called is left out, with a note', async () => {
    const { serviceUrl, notes } = await importFile('azure-openai-inference-2025-03-01-preview.json');
    expect(serviceUrl).toBeUndefined();
    expect(notes.join('\n')).toContain("its variable 'endpoint' has no value");
  });
});

describe('names of operations', () => {
  test.each<[string, readonly (readonly [path: string, method: string, operationId?: string])[], readonly string[]]>([
    ['a legal operationId stays', [['/a', 'get', 'Pets_List.v1-x']], ['Pets_List.v1-x']],
    ['without one: method and path', [['/api/robbery_points', 'get']], ['get-api-robbery_points']],
    ['without one: lower case', [['/Publisher/incidente-reportado', 'post']], ['post-publisher-incidente-reportado']],
    ['without one: parameters', [['/foo/{bar}', 'get']], ['get-foo-bar']],
    ['an empty one counts as none', [['/foo', 'get', '']], ['get-foo']],
    ['an illegal one follows the rule for names', [['/a', 'get', 'GET /foo/{bar}?x#y']], ['get-foo-bar-x-y']],
    [
      'equal ones get numbers, case aside',
      [
        ['/a', 'get', 'list'],
        ['/b', 'get', 'List'],
        ['/c', 'get', 'list'],
      ],
      ['list', 'List-1', 'list-2'],
    ],
    ['one of 80 characters stays', [['/a', 'get', 'A'.repeat(80)]], ['A'.repeat(80)]],
    ['a longer one is cut to 76', [['/a', 'get', 'A'.repeat(81)]], ['a'.repeat(76)]],
    [
      'cut ones differ by a number',
      [
        ['/a', 'get', `${'a'.repeat(80)}1`],
        ['/b', 'get', `${'a'.repeat(80)}2`],
      ],
      ['a'.repeat(76), `${'a'.repeat(76)}-1`],
    ],
    ['one of nothing but signs', [['/a', 'get', '??']], ['get-a']],
  ])('%s', async (_name, given, names) => {
    const paths: Record<string, JsonObject> = {};
    for (const [path, method, operationId] of given)
      paths[path] = { [method]: { responses: ok, ...(operationId === undefined ? {} : { operationId }) } };
    expect((await importText('openapi+json', openapi(paths))).operations.map(({ name }) => name)).toEqual(names);
  });

  test.each<[string, JsonObject, string, string | undefined]>([
    ['summary', { summary: 'All pets', operationId: 'list', description: 'Long' }, 'All pets', 'Long'],
    ['summary also as description', { summary: 'All pets' }, 'All pets', 'All pets'],
    ['operationId', { operationId: 'list' }, 'list', undefined],
    ['path and method', {}, '/pets - GET', undefined],
    ['a long summary is cut', { summary: 's'.repeat(301), description: 'd' }, 's'.repeat(300), 'd'],
    ['a long description is cut', { summary: 's', description: 'd'.repeat(1001) }, 's', 'd'.repeat(1000)],
  ])('display name and description: %s', async (_name, given, displayName, description) => {
    const properties = await operation(openapi({ '/pets': { get: { ...given, responses: ok } } }));
    expect(properties['displayName']).toBe(displayName);
    expect(properties['description']).toBe(description);
  });
});

describe('parameters', () => {
  const document = openapi({
    '/pets/{id}': {
      parameters: [
        inPath('id'),
        inQuery('kind', { required: true, schema: { type: 'string', enum: ['cat', 'dog'], default: 'cat' } }),
      ],
      get: {
        parameters: [
          { $ref: '#/components/parameters/Limit' },
          { name: 'X-Trace', in: 'header', required: true, description: 'Trace', schema: { type: 'boolean' } },
          { name: 'session', in: 'cookie', schema: { type: 'string' } },
          inQuery('kind', { required: true, description: 'own', schema: { type: 'string', enum: ['cat'] } }),
        ],
        responses: ok,
      },
    },
  });
  const components = {
    components: {
      parameters: {
        Limit: { name: 'limit', in: 'query', example: 5, schema: { $ref: '#/components/schemas/Limit' } },
      },
      schemas: { Limit: { type: 'integer', default: 20 } },
    },
  };

  test('go to template, query and headers; those of an operation replace those of its path', async () => {
    const { operations, notes } = await importText('openapi+json', { ...document, ...components });
    expect(operations[0]?.properties).toMatchObject({
      urlTemplate: '/pets/{id}?kind={kind}',
      templateParameters: [
        { name: 'id', type: 'string', required: true, typeName: 'Pets-id-GetRequest' },
        { name: 'kind', description: 'own', values: ['cat'], required: true, typeName: 'Pets-id-GetRequest-1' },
      ],
      request: {
        queryParameters: [
          {
            name: 'limit',
            type: 'integer',
            required: false,
            defaultValue: '20',
            typeName: 'Limit',
            examples: { default: { value: '5' } },
          },
        ],
        headers: [{ name: 'X-Trace', type: 'boolean', required: true, description: 'Trace' }],
      },
    });
    expect(notes).toContain('Parameters in cookies are left out. (GET /pets/{id})');
  });

  test('required ones of the query stay there when the import says so', async () => {
    const properties = await operation({ ...document, ...components }, { translateRequiredQueryParameters: 'query' });
    expect(properties).toMatchObject({
      urlTemplate: '/pets/{id}',
      request: { queryParameters: [{ name: 'kind', required: true }, { name: 'limit' }] },
    });
  });

  test('paths that differ by their query (x-ms-paths)', async () => {
    const properties = await operation(
      openapi(
        {},
        {
          'x-ms-paths': {
            '/pets?op=feed': { post: { parameters: [inQuery('food', { required: true })], responses: ok } },
          },
        },
      ),
    );
    expect(properties['urlTemplate']).toBe('/pets?op=feed&food={food}');
  });

  test('a parameter of the path that nobody describes is text', async () => {
    expect(await operation(openapi({ '/pets/{id}': { get: { responses: ok } } }))).toMatchObject({
      templateParameters: [{ name: 'id', type: 'string', required: true }],
    });
  });

  test('types of 3.1', async () => {
    const paths = {
      '/a': { get: { parameters: [inQuery('q', { schema: { type: ['null', 'integer'] } })], responses: ok } },
    };
    expect(await operation({ openapi: '3.1.0', info, paths })).toMatchObject({
      request: { queryParameters: [{ name: 'q', type: 'integer' }] },
    });
  });
});

describe('bodies', () => {
  const pet = { $ref: '#/components/schemas/Pet' };
  const components = { components: { schemas: { Pet: { type: 'object', properties: { name: { type: 'string' } } } } } };

  test('of requests and answers refer to the schemas of one entity', async () => {
    const { operations, schemas } = await importText(
      'openapi+json',
      openapi(
        {
          '/api/pets': {
            post: {
              requestBody: {
                description: 'A pet',
                content: {
                  'application/json': {
                    schema: pet,
                    examples: { cat: { summary: 'A cat', value: { name: 'Tom' } }, dog: { value: {} } },
                  },
                },
              },
              responses: {
                '201': {
                  description: 'made',
                  headers: { 'x-id': { schema: { type: 'integer' } } },
                  content: {
                    'application/json': { schema: { type: 'array', items: pet }, example: [] },
                    'text/plain': {},
                  },
                },
                '4XX': { description: 'no' },
                default: { description: 'no' },
              },
            },
          },
        },
        components,
      ),
    );
    const schemaId = schemas[0]?.name;
    expect(schemaId).toMatch(/^[0-9a-f]{24}$/);
    expect(operations[0]?.properties).toMatchObject({
      request: {
        description: 'A pet',
        representations: [
          {
            contentType: 'application/json',
            schemaId,
            typeName: 'Pet',
            examples: { cat: { summary: 'A cat', value: { name: 'Tom' } } },
          },
        ],
      },
      responses: [
        {
          statusCode: 201,
          description: 'made',
          headers: [{ name: 'x-id', type: 'integer' }],
          representations: [
            {
              contentType: 'application/json',
              schemaId,
              typeName: 'ApiPetsPost201ApplicationJsonResponse',
              examples: { default: { value: [] } },
            },
            { contentType: 'text/plain' },
          ],
        },
      ],
    });
    expect(schemas[0]?.properties).toMatchObject({
      contentType: 'application/vnd.oai.openapi.components+json',
      document: {
        components: {
          schemas: {
            ...components.components.schemas,
            ApiPetsPost201ApplicationJsonResponse: { type: 'array', items: pet, 'x-apim-inline': true },
          },
        },
      },
    });
  });

  test('the same document names the same entity, another one another', async () => {
    const name = async (more: JsonObject) => (await importText('openapi+json', openapi({}, more))).schemas[0]?.name;
    expect(await name(components)).toBe(await name(components));
    expect(await name(components)).not.toBe(await name({ components: { schemas: { Pet: { type: 'string' } } } }));
    expect(await name({})).toBeUndefined();
  });

  test('forms have form parameters instead of a schema', async () => {
    const schema = {
      type: 'object',
      required: ['file'],
      properties: { file: { type: 'string', format: 'binary' }, n: { type: 'integer', default: 1 } },
    };
    expect(
      await operation(
        openapi({ '/a': { post: { requestBody: { content: { 'multipart/form-data': { schema } } }, responses: ok } } }),
      ),
    ).toMatchObject({
      request: {
        representations: [
          {
            contentType: 'multipart/form-data',
            formParameters: [
              { name: 'file', type: 'string', required: true },
              { name: 'n', type: 'integer', required: false, defaultValue: '1' },
            ],
          },
        ],
      },
    });
  });

  test.each(['get', 'head', 'options'])('of %s are left out', async (method) => {
    const requestBody = { content: { 'application/json': { schema: pet } } };
    const { operations, notes } = await importText(
      'openapi+json',
      openapi({ '/a': { [method]: { requestBody, responses: ok } } }, components),
    );
    expect(operations[0]?.properties).toMatchObject({ request: { representations: [] } });
    expect(notes.join()).toContain('body of a GET, HEAD or OPTIONS operation is left out');
  });

  test('references to bodies, answers, headers and examples are followed', async () => {
    const referring = openapi(
      {
        '/a': {
          put: {
            requestBody: { $ref: '#/components/requestBodies/B' },
            responses: { '200': { $ref: '#/components/responses/R' } },
          },
        },
      },
      {
        components: {
          requestBodies: {
            B: { $ref: '#/components/requestBodies/C' },
            C: { content: { 'a/b': { examples: { one: { $ref: '#/components/examples/E' } } } } },
          },
          responses: { R: { description: 'r', headers: { h: { $ref: '#/components/headers/H' } } } },
          headers: { H: { description: 'h', schema: { type: 'number' } } },
          examples: { E: { value: 1 } },
        },
      },
    );
    expect(await operation(referring)).toMatchObject({
      request: { representations: [{ contentType: 'a/b', examples: { one: { value: 1 } } }] },
      responses: [{ statusCode: 200, description: 'r', headers: [{ name: 'h', description: 'h', type: 'number' }] }],
    });
  });

  test('schemas may contain themselves; a note says that Azure would not have it', async () => {
    const node = { type: 'object', properties: { next: { $ref: '#/components/schemas/Node' } } };
    const { schemas, notes } = await importText(
      'openapi+json',
      openapi({}, { components: { schemas: { Node: node } } }),
    );
    expect(schemas[0]?.properties).toMatchObject({ document: { components: { schemas: { Node: node } } } });
    expect(notes.join()).toContain('contain themselves');
  });
});

describe('OpenAPI 2.0', () => {
  test('parameters, bodies, forms and answers have the same shape in the end', async () => {
    const { operations, schemas, serviceUrl, protocols } = await importText(
      'swagger-json',
      swagger(
        {
          '/pets/{id}': {
            put: {
              operationId: 'put',
              consumes: ['application/xml'],
              parameters: [
                { name: 'id', in: 'path', required: true, type: 'integer', format: 'int64' },
                { $ref: '#/parameters/Version' },
                { name: 'pet', in: 'body', description: 'A pet', schema: { $ref: '#/definitions/Pet' } },
              ],
              responses: {
                '200': {
                  description: 'ok',
                  schema: { $ref: '#/definitions/Pet' },
                  headers: { 'x-rate': { type: 'integer', description: 'rate' } },
                  examples: { 'application/json': { name: 'Tom' } },
                },
              },
            },
            post: {
              operationId: 'post',
              parameters: [
                { name: 'id', in: 'path', required: true, type: 'string' },
                { name: 'photo', in: 'formData', type: 'file', required: true },
              ],
              responses: ok,
            },
          },
        },
        {
          host: 'pets.test:8443',
          basePath: '/v2',
          schemes: ['http', 'https', 'ws'],
          produces: ['application/json'],
          parameters: { Version: { name: 'v', in: 'query', required: true, type: 'string', enum: ['1', '2'] } },
          definitions: { Pet: { type: 'object' } },
        },
      ),
    );
    expect({ serviceUrl, protocols }).toEqual({
      serviceUrl: 'https://pets.test:8443/v2',
      protocols: ['http', 'https'],
    });
    expect(schemas[0]?.properties).toMatchObject({
      contentType: 'application/vnd.ms-azure-apim.swagger.definitions+json',
      document: { definitions: { Pet: { type: 'object' } } },
    });
    expect(operations.map(({ properties }) => properties)).toMatchObject([
      {
        urlTemplate: '/pets/{id}?v={v}',
        templateParameters: [
          { name: 'id', type: 'integer' },
          { name: 'v', values: ['1', '2'] },
        ],
        request: { description: 'A pet', representations: [{ contentType: 'application/xml', typeName: 'Pet' }] },
        responses: [
          {
            headers: [{ name: 'x-rate', type: 'integer', description: 'rate' }],
            representations: [
              { contentType: 'application/json', typeName: 'Pet', examples: { default: { value: { name: 'Tom' } } } },
            ],
          },
        ],
      },
      {
        request: {
          representations: [
            { contentType: 'multipart/form-data', formParameters: [{ name: 'photo', type: 'string', required: true }] },
          ],
        },
      },
    ]);
  });
});

describe('the service URL', () => {
  const server = (url: string, variables?: JsonObject): JsonObject => ({ url, ...(variables ? { variables } : {}) });
  test.each<[string, readonly JsonObject[], string | undefined, readonly string[]]>([
    [
      'the first https one',
      [server('http://a.test'), server('https://b.test/x'), server('https://c.test')],
      'https://b.test/x',
      ['http', 'https'],
    ],
    ['http where there is no https', [server('http://a.test:8080/')], 'http://a.test:8080', ['http']],
    [
      'variables have defaults',
      [server('https://{host}.test/{v}', { host: { default: 'a' }, v: { default: 'v1' } })],
      'https://a.test/v1',
      ['https'],
    ],
    ['a variable without a value', [server('https://{host}/x'), server('https://b.test')], 'https://b.test', ['https']],
    ['relative without a link', [server('/api')], undefined, ['https']],
    ['another scheme', [server('wss://a.test')], undefined, ['https']],
    ['a password', [server('https://u:p@a.test')], undefined, ['https']],
    ['none', [], undefined, ['https']],
  ])('%s', async (_name, servers, serviceUrl, protocols) => {
    const api = await importText('openapi+json', openapi({}, { servers }));
    expect(api.serviceUrl).toBe(serviceUrl);
    expect(api.protocols).toEqual(protocols);
    expect(api.notes.join()).not.toContain('u:p');
  });
});

describe('format and content', () => {
  const yaml = 'openapi: 3.0.0\ninfo: {title: Pets, version: "1"}\npaths: {}\n';
  test.each<[string, string, string, string | undefined]>([
    ['YAML', 'openapi', yaml, undefined],
    ['JSON where YAML is meant', 'openapi', JSON.stringify(openapi({})), undefined],
    ['YAML where JSON is meant', 'openapi+json', yaml, 'The document is YAML although'],
    ['2.0 where 3 is meant', 'openapi+json', JSON.stringify(swagger({})), 'OpenAPI 2.0 (Swagger) although'],
    [
      '3 where 2.0 is meant',
      'swagger-json',
      JSON.stringify(openapi({})),
      'OpenAPI 3.0 although its format says Swagger',
    ],
    ['flow YAML', 'openapi', "{openapi: '3.0.0', info: {title: Pets, version: '1'}, paths: {}}", undefined],
    [
      'versions without quotes',
      'openapi',
      'openapi: 3.1\ninfo: {title: Pets, version: 1.10}\npaths: {}',
      'info.version is a number',
    ],
    ['any case of the format', 'OpenApi+Json', JSON.stringify(openapi({})), undefined],
    ['a mark of the byte order', 'openapi+json', `\uFEFF${JSON.stringify(openapi({}))}`, undefined],
    ['merge keys', 'openapi', `${yaml}x-a: &a {x: 1}\nx-b: {<<: *a}\n`, undefined],
  ])('%s', async (_name, format, text, note) => {
    const api = await importText(format, text);
    expect(api.displayName).toBe('Pets');
    const told = api.notes.filter((one) => one !== 'The document has no operations.').join('\n');
    if (note === undefined) expect(told).toBe('');
    else expect(told).toContain(note);
  });

  test('a version keeps its digits', async () => {
    expect((await importText('openapi', yaml.replace('"1"', '1.10'))).version).toBe('1.10');
  });

  test('what info says', async () => {
    const api = await importText('openapi+json', {
      ...openapi({}),
      info: {
        ...info,
        description: 'All about pets',
        termsOfService: 'https://pets.test/terms',
        contact: { name: 'Tom', email: 'tom@pets.test', 'x-more': 1 },
        license: { name: 'MIT' },
      },
    });
    expect(api).toMatchObject({
      description: 'All about pets',
      termsOfServiceUrl: 'https://pets.test/terms',
      contact: { name: 'Tom', email: 'tom@pets.test' },
      license: { name: 'MIT' },
    });
  });

  test.each([
    'wsdl',
    'wsdl-link',
    'wadl-xml',
    'wadl-link-json',
    'graphql-link',
    'odata',
    'odata-link',
    'grpc',
    'grpc-link',
  ])('%s is refused by name', async (format) => {
    expect((await mistakes(importText(format, 'x'))).join()).toContain(`The format '${format}' is not supported`);
  });
  test.each(['raml', 'constructor', ''])("'%s' is unknown", async (format) => {
    expect((await mistakes(importText(format, 'x'))).join()).toContain(`The format '${format}' is unknown`);
  });
});

describe('mistakes have their own message and place', () => {
  const get = (more: JsonObject): JsonObject => ({ get: { responses: ok, ...more } });
  test.each<[string, string | JsonObject, RegExp]>([
    ['nothing', ' \n', /is empty/],
    ['HTML', '<!DOCTYPE html><title>x</title>', /HTML page/],
    ['XML', '<?xml version="1.0"?><definitions/>', /XML, not an OpenAPI document/],
    ['broken JSON', '{"openapi": "3.0.0",\n "info": }', /line 2, column 10: expected a value, found '}'/],
    ['truncated JSON', JSON.stringify(openapi({})).slice(0, -5), /line 1, column \d+: .*truncated/],
    ['broken YAML', 'openapi: 3.0.0\ninfo: [\n', /YAML is broken at line \d+, column \d+/],
    ['a name twice in YAML', 'openapi: 3.0.0\npaths: {}\npaths: {}', /line 3, column 1: the name 'paths' stands twice/],
    ['a tab in YAML', 'openapi: 3.0.0\ninfo:\n\ttitle: x', /line 3/],
    ['a list', '[]', /must be an object, it is a list/],
    ['a sentence', 'hello', /must be an object, it is a string/],
    ['no OpenAPI', '{"name":"package"}', /no OpenAPI document: it has neither 'openapi' nor 'swagger'/],
    ['a version of the future', { openapi: '4.0.0', info, paths: {} }, /version '4\.0\.0' is not supported.*3\.1\.x/],
    ['3.2', { openapi: '3.2.0', info, paths: {} }, /version '3\.2\.0' is not supported/],
    ['swagger 1', { swagger: '1.2', info, paths: {} }, /version '1\.2' is not supported/],
    ['a number as version', { swagger: 2, info, paths: {} }, /must be text, found 2 \[#\/swagger\]/],
    ['no info', { openapi: '3.0.0', paths: {} }, /'info' is missing \[#\]/],
    ['no paths', { openapi: '3.0.0', info }, /'paths' is missing \[#\]/],
    ['a wrong type', openapi({}, { info: { title: 1, version: '1' } }), /Expected string, found 1 \[#\/info\/title\]/],
    ['an empty title', openapi({}, { info: { title: ' ', version: '1' } }), /title is empty.*#\/info\/title/],
    ['a path without a slash', openapi({ pets: get({}) }), /'pets' does not belong here \[#\/paths\]/],
    [
      'an answer without description',
      openapi({ '/a': get({ responses: { '200': {} } }) }),
      /'description' is missing \[#\/paths\/~1a\/get\/responses\/200\]/,
    ],
    [
      'a reference to nothing',
      openapi({ '/a': get({ responses: { '200': { $ref: '#/components/responses/No' } } }) }),
      /'#\/components\/responses\/No' leads to nothing \[#\/paths\/~1a\/get\/responses\/200\/\$ref\]/,
    ],
    [
      'a reference to a prototype',
      openapi({ '/a': get({ responses: { '200': { $ref: '#/constructor/prototype' } } }) }),
      /leads to nothing/,
    ],
    [
      'a reference to another file',
      openapi({ '/a': get({ parameters: [{ $ref: './common.json#/P' }] }) }),
      /'\.\/common\.json#\/P' leads to another document/,
    ],
    [
      'references in a circle',
      openapi(
        { '/a': get({ parameters: [{ $ref: '#/components/parameters/A' }] }) },
        {
          components: {
            parameters: { A: { $ref: '#/components/parameters/B' }, B: { $ref: '#/components/parameters/A' } },
          },
        },
      ),
      /leads in a circle/,
    ],
    [
      'a path parameter that the path lacks',
      openapi({ '/a': get({ parameters: [inPath('id')] }) }),
      /'id' is not part of the path '\/a' \[#\/paths\/~1a\/get\]/,
    ],
    [
      'one name in path and query',
      openapi({ '/a/{id}': get({ parameters: [inPath('id'), inQuery('ID', { required: true })] }) }),
      /'ID' stands twice/,
    ],
    ['braces that do not match', openapi({ '/a/{id': get({}) }), /braces of the path/],
    ['a template too long', openapi({ [`/${'a'.repeat(1000)}`]: get({}) }), /1001 characters, more than 1000/],
    [
      'the same template twice',
      openapi({ '/a/{x}': get({}), '/A/{y}': get({}) }),
      /same method and URL template as GET \/a\/\{x\}/,
    ],
  ])('%s', async (_name, document, message) => {
    const format = typeof document === 'string' && !document.startsWith('{') ? 'openapi' : 'openapi+json';
    expect((await mistakes(importText(format, document))).join('\n')).toMatch(message);
  });

  test('one mistake is one line: kinds of parameters that were not meant are not told', async () => {
    const parameters = [{ name: 'id', in: 'path', schema: { type: 'string' } }];
    expect(await mistakes(importText('openapi+json', openapi({ '/{id}': get({ parameters }) })))).toEqual([
      "Parsing error(s): 'required' is missing [#/paths/~1{id}/get/parameters/0].",
    ]);
  });

  test('at most ten are shown', async () => {
    const paths = Object.fromEntries(
      Array.from({ length: 25 }, (_, index) => [`/p${index}`, get({ responses: { '200': {} } })]),
    );
    const told = await mistakes(importText('openapi+json', openapi(paths)));
    expect(told).toHaveLength(11);
    expect(told.at(-1)).toContain('15 more mistakes are not shown');
  });
});

describe('hostile documents', () => {
  const bomb = (levels: number) =>
    [
      'a: &a [x, x, x]',
      ...Array.from({ length: levels }, (_, n) => `b${n}: &b${n} [${`*${n === 0 ? 'a' : `b${n - 1}`}, `.repeat(9)}]`),
    ].join('\n');
  test.each<[string, string, RegExp]>([
    ['aliases of aliases', bomb(20), /aliases stand for too many repetitions/],
    ['an alias of itself', 'openapi: 3.0.0\nx-a: &a [*a]', /nested deeper than 200/],
    ['deep JSON', `{"openapi":"3.0.0","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, /nested deeper than 200/],
    ['deep YAML', `openapi: 3.0.0\nx: ${'['.repeat(20_000)}`, /YAML cannot be read: it is nested too deeply/],
    ['a name that is a prototype', '{"openapi":"3.0.0","__proto__":{"a":1}}', /'__proto__' is not allowed/],
    [
      'a name that is a prototype, in YAML',
      'openapi: 3.0.0\nx: {__proto__: {a: 1}}',
      /'__proto__' is not allowed \[#\/x\]/,
    ],
    [
      'a list that would be compared for hours',
      JSON.stringify(
        openapi({}, { components: { schemas: { A: { enum: Array.from({ length: 100_000 }, (_, n) => n) } } } }),
      ),
      /list is too long: 100000 items \[#\/components\/schemas\/A\/enum\]/,
    ],
    ['more values than are read', `{"openapi":"3.0.0","x":[0${',0'.repeat(1_100_000)}]}`, /more than 1000000 values/],
    ['more text than is read', `{"openapi":"3.0.0","x":"${'x'.repeat(4 * 2 ** 20)}"}`, /more than the limit of 4 MB/],
  ])('%s', async (_name, text, message) => {
    expect((await mistakes(importText(text.startsWith('{') ? 'openapi+json' : 'openapi', text))).join()).toMatch(
      message,
    );
    expect(({} as JsonObject)['a']).toBeUndefined();
  });

  test('references and ids that change prototypes in the validator alone change nothing here', async () => {
    const $ref = '#/components/schemas/constructor/prototype';
    const schemas = {
      constructor: { prototype: {} },
      A: { $id: 'x', components: { schemas: {} }, $ref, polluted: { $ref } },
    };
    await importText('openapi+json', { openapi: '3.1.0', info, paths: {}, components: { schemas } });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('properties and headers may be called like keywords and extensions', async () => {
    const schemas = {
      A: {
        type: 'object',
        properties: {
          $ref: { type: 'string' },
          'x-a': { type: 'string' },
          example: { type: 'object' },
          properties: { type: 'string' },
        },
      },
    };
    const api = await importText('openapi+json', openapi({}, { components: { schemas } }));
    expect(api.schemas[0]?.properties).toMatchObject({ document: { components: { schemas } } });
  });

  test('many paths', async () => {
    const paths = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [`/p${index}`, { get: { responses: ok } }]),
    );
    expect((await importText('openapi+json', openapi(paths))).operations).toHaveLength(20_000);
  });

  test('a caller that gives up while YAML is read gets its reason', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(
      importDefinition({ format: 'openapi', value: 'openapi: 3.0.0' }, { ...options, signal }),
    ).rejects.toThrow('enough');
  });
});

describe('links', () => {
  let server: Server;
  let url: string;
  const files: Readonly<Record<string, readonly [type: string, text: string]>> = {
    '/api/v1/openapi.json': ['application/json', JSON.stringify(openapi({}, { servers: [{ url: '../v2' }] }))],
    '/api/openapi.yaml': ['text/plain', 'openapi: 3.0.0\ninfo: {title: Pets, version: "1"}\npaths: {}\n'],
    '/swagger.json': ['application/json', JSON.stringify(swagger({}, { basePath: '/v2' }))],
    '/page': ['text/html', '<!doctype html><title>Repository</title>'],
    '/page-without-doctype': ['text/html; charset=utf-8', '<title>Repository</title>'],
    '/mislabelled': ['text/html', JSON.stringify(openapi({}))],
    '/large.json': ['application/json', `{"openapi":"3.0.0","x":"${'x'.repeat(5_000_000)}"}`],
  };
  beforeAll(async () => {
    server = createServer((request, response) => {
      const file = files[request.url ?? ''];
      if (file) response.writeHead(200, { 'content-type': file[0] }).end(file[1]);
      else response.writeHead(404).end('not found');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test.each([
    ['openapi+json-link', '/api/v1/openapi.json', '/api/v2', 'json'],
    ['openapi-link', '/api/openapi.yaml', undefined, 'yaml'],
    ['openapi-link', '/api/v1/openapi.json', '/api/v2', 'json'],
    ['swagger-link-json', '/swagger.json', '/v2', 'json'],
    ['swagger-link', '/swagger.json', '/v2', 'json'],
    ['openapi+json-link', '/mislabelled', undefined, 'json'],
  ])('%s of %s', async (format, path, serverPath, syntax) => {
    const api = await importText(format, `${url}${path}`);
    expect(api.displayName).toBe('Pets');
    expect(api.serviceUrl).toBe(serverPath === undefined ? undefined : `${url}${serverPath}`);
    expect(api.specification.format).toBe(syntax);
  });

  test.each([
    ['/page', /answered with an HTML page.*raw\.githubusercontent\.com/],
    ['/page-without-doctype', /answered with an HTML page/],
    ['/missing.json', /404/],
    ['/large.json', /larger than the limit of 4 MB/],
  ])('%s is refused', async (path, message) => {
    expect((await mistakes(importText('openapi+json-link', `${url}${path}`))).join()).toMatch(message);
  });
});
