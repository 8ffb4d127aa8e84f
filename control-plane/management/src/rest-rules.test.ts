import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  account,
  addressOf,
  type Call,
  createLabParts,
  group,
  type Management,
  send,
  service,
  startManagement,
  subscriptionId,
} from './management.fixture.ts';

/** What is the same for every type: versions, bodies, headers, preconditions, statuses, lists, refusals. */
let management: Management;
beforeAll(async () => {
  management = await startManagement();
  await createLabParts(management);
});
afterAll(() => management.close());

const errorOf = async (call: Call) => {
  const { status, json } = await send(management, call);
  return [status, json?.error?.code, json?.error?.message];
};

describe('refusals', () => {
  const cases: Readonly<Record<string, readonly [Call, number, string, RegExp]>> = {
    'no api-version': [{ path: group, version: '' }, 400, 'MissingApiVersionParameter', /api-version query parameter/],
    'an api-version that is no date': [{ path: group, version: 'v2' }, 400, 'InvalidApiVersionParameter', /'v2'/],
    'another subscription': [{ path: '/subscriptions/other/resourceGroups' }, 404, 'SubscriptionNotFound', /'other'/],
    'an unknown group': [{ path: `${group}x` }, 404, 'ResourceGroupNotFound', /'rg-labx'/],
    'a resource in an unknown group': [
      { path: `${group}x/providers/Microsoft.ApiManagement/service/s/apis/a` },
      404,
      'ResourceGroupNotFound',
      /'rg-labx'/,
    ],
    'an unknown whole resource': [
      { path: `${service}x` },
      404,
      'ResourceNotFound',
      /The Resource 'Microsoft\.ApiManagement\/service\/apim-labx' under resource group 'rg-lab' was not found/,
    ],
    'a child of an unknown service': [{ path: `${service}x/apis/a` }, 404, 'ResourceNotFound', /service\/apim-labx'/],
    'an unknown entity, by its noun': [{ path: `${service}/apis/none` }, 404, 'ResourceNotFound', /^Api not found\.$/],
    'a grandchild of an unknown entity': [
      { path: `${service}/apis/none/operations/o` },
      404,
      'ResourceNotFound',
      /^Api not found\.$/,
    ],
    'a list below an unknown entity': [
      { path: `${service}/apis/none/operations` },
      404,
      'ResourceNotFound',
      /^Api not found\.$/,
    ],
    'a write below an unknown service': [
      { method: 'PUT', path: `${service}x/apis/a`, body: { properties: { displayName: 'A', path: 'a' } } },
      404,
      'ParentResourceNotFound',
      /Parent resource 'apim-labx' not found/,
    ],
    'an unknown provider': [
      { path: `${group}/providers/Contoso.Nothing/things` },
      404,
      'InvalidResourceNamespace',
      /'Contoso\.Nothing'/,
    ],
    'an unknown type': [{ path: `${service}/nonsense` }, 404, 'InvalidResourceType', /'service\/nonsense'/],
    'a type that Azure has and Vigia has not': [
      { path: `${service}/caches/default` },
      501,
      'NotImplemented',
      /'Microsoft\.ApiManagement\/service\/caches' is not supported by Vigia/,
    ],
    'an action that Vigia has not': [
      { method: 'POST', path: `${service}/backup` },
      501,
      'NotImplemented',
      /The action 'backup' of 'Microsoft\.ApiManagement\/service'/,
    ],
    'POST to a resource': [{ method: 'POST', path: group }, 405, 'MethodNotAllowed', /'POST'.*GET, HEAD, PUT/],
    'PUT to a list': [{ method: 'PUT', path: `${service}/apis`, body: {} }, 405, 'MethodNotAllowed', /the list of/],
    'PATCH of what has none': [
      { method: 'PATCH', path: `${service}/policies/policy`, body: {} },
      405,
      'MethodNotAllowed',
      /'PATCH'/,
    ],
    'GET of an action': [{ path: `${account}/listKeys` }, 405, 'MethodNotAllowed', /Supported: POST/],
    'a path that is no address': [{ path: `${group}/a/b` }, 404, 'InvalidRequestUri', /no address/],
    'an empty segment': [{ path: '/subscriptions//resourceGroups' }, 400, 'InvalidRequestUri', /is empty/],
    'PATCH without If-Match': [
      { method: 'PATCH', path: `${service}/apis/a`, body: {} },
      400,
      'ValidationError',
      /incorrect values/,
    ],
  };
  it.each(Object.entries(cases))('%s', async (_, [call, status, code, message]) => {
    expect(await errorOf(call)).toEqual([status, code, expect.stringMatching(message)]);
  });

  it('405 names the methods in the header Allow', async () => {
    const { headers } = await send(management, { method: 'POST', path: `${service}/products/openai` });
    expect(headers['allow']).toBe('GET, HEAD, PUT, PATCH, DELETE');
  });
});

describe('bodies', () => {
  const put = (text: string | Buffer, type = 'application/json'): Call => ({
    method: 'PUT',
    path: `${service}/products/openai`,
    text,
    headers: { 'content-type': type },
  });
  const cases: Readonly<Record<string, readonly [Call, number, string, RegExp]>> = {
    'JSON that ends too early': [put('{"properties": {'), 400, 'InvalidRequestContent', /Line 1, position 17/],
    'a comma too many': [put('{\n  "properties": {},\n}'), 400, 'InvalidRequestContent', /Line 3, position 1/],
    'a list': [put('[]'), 400, 'InvalidRequestContent', /Expected a JSON object/],
    'properties that are a text': [put('{"properties":"x"}'), 400, 'InvalidRequestContent', /an object.*'properties'/],
    'a tag that is a number': [put('{"tags":{"a":1}}'), 400, 'InvalidRequestContent', /a text.*'tags\.a'/],
    'a trap for whoever merges': [
      put('{"properties":{"__proto__":{"a":1}}}'),
      400,
      'InvalidRequestContent',
      /__proto__/,
    ],
    'what nests without end': [
      put(`{"properties":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`),
      400,
      'InvalidRequestContent',
      /deeper than 100 levels/,
    ],
    'bytes that are not UTF-8': [put(Buffer.from([0x7b, 0xff, 0x7d])), 400, 'InvalidRequestContent', /UTF-8/],
    'another content type': [put('<a/>', 'application/xml'), 415, 'UnsupportedMediaType', /'application\/xml'/],
    'more than 4 MiB': [
      put(`{"properties":{"displayName":"${'x'.repeat(4 * 1024 * 1024)}"}}`),
      413,
      'RequestContentTooLarge',
      /4 MiB/,
    ],
    'more than any import may have': [
      { ...put(' '.repeat(9 * 1024 * 1024 + 1)), path: `${service}/apis/a` },
      413,
      'RequestContentTooLarge',
      /9 MiB/,
    ],
  };
  it.each(Object.entries(cases))('%s', async (_, [call, status, code, message]) => {
    expect(await errorOf(call)).toEqual([status, code, expect.stringMatching(message)]);
  });

  it('id, name, type in a body are let go by; a GET can be sent back', async () => {
    const { json } = await send(management, { path: `${service}/products/openai` });
    const again = await send(management, { method: 'PUT', path: `${service}/products/openai`, body: json });
    expect([again.status, again.json.properties]).toEqual([200, json.properties]);
  });
});

describe('headers', () => {
  it('request id, correlation id, and the client’s id where it asks for it', async () => {
    const correlation = 'AAAAAAAA-1111-2222-3333-444444444444';
    const { headers } = await send(management, {
      path: group,
      headers: {
        'x-ms-correlation-request-id': correlation,
        'x-ms-client-request-id': 'mine',
        'x-ms-return-client-request-id': 'true',
      },
    });
    expect(headers).toMatchObject({
      'x-ms-correlation-request-id': correlation,
      'x-ms-client-request-id': 'mine',
      'x-ms-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'cache-control': 'no-cache',
      'content-type': 'application/json; charset=utf-8',
    });
  });

  it('a client’s id is not sent back unasked, a correlation id that is no guid is replaced', async () => {
    const { headers } = await send(management, {
      path: `${group}x`,
      headers: { 'x-ms-client-request-id': 'mine', 'x-ms-correlation-request-id': 'x' },
    });
    expect(headers['x-ms-client-request-id']).toBeUndefined();
    expect(headers['x-ms-correlation-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('create, replace, read, delete', () => {
  const path = `${service}/tags/one`;
  const body = { properties: { displayName: 'One' } };

  it('201, 200, ETag, HEAD, 412, 200, 204', async () => {
    const created = await send(management, { method: 'PUT', path, body, headers: { 'if-match': '*' } });
    expect([created.status, created.json]).toEqual([
      201,
      { id: path, type: 'Microsoft.ApiManagement/service/tags', name: 'one', properties: { displayName: 'One' } },
    ]);
    const etag = String(created.headers['etag']);
    expect(etag).toMatch(/^"[^"]+"$/);

    const head = await send(management, { method: 'HEAD', path });
    expect([head.status, head.headers['etag'], head.text]).toEqual([200, etag, '']);
    expect(
      (await send(management, { path: path.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions') })).json.id,
    ).toBe(path);

    const renamed = { properties: { displayName: 'Uno' } };
    const replaced = await send(management, { method: 'PUT', path, body: renamed, headers: { 'if-match': etag } });
    expect(replaced.status).toBe(200);
    expect(replaced.headers['etag']).not.toBe(etag);
    const exclusive = { 'if-none-match': '*' };
    const stale = { 'if-match': etag };
    for (const call of [
      { method: 'PUT', path, body, headers: stale },
      { method: 'PATCH', path, body, headers: stale },
      { method: 'DELETE', path, headers: stale },
      { method: 'PUT', path, body, headers: exclusive },
      { method: 'PUT', path: `${service}/tags/two`, body, headers: stale },
    ]) {
      expect((await errorOf(call)).slice(0, 2)).toEqual([412, 'PreconditionFailed']);
    }
    const patched = await send(management, { method: 'PATCH', path, body, headers: { 'if-match': '*' } });
    expect([patched.status, patched.json.properties]).toEqual([200, { displayName: 'One' }]);

    const gone = { method: 'DELETE', path, headers: { 'if-match': '*' } };
    expect((await send(management, gone)).status).toBe(200);
    expect((await send(management, gone)).status).toBe(204);
    expect((await send(management, { method: 'HEAD', path })).status).toBe(404);
    expect((await errorOf({ method: 'PATCH', path, body, headers: { 'if-match': '*' } }))[2]).toBe('Tag not found.');
  });

  it('of two that may only create, one does', async () => {
    const call = { method: 'PUT', path: `${service}/tags/race`, body: { properties: { displayName: 'Race' } } };
    const both = await Promise.all([1, 2].map(() => send(management, { ...call, headers: { 'if-none-match': '*' } })));
    expect(both.map(({ status }) => status).sort()).toEqual([201, 412]);
  });

  it('a mistake in a field is API Management’s envelope', async () => {
    const { status, json } = await send(management, {
      method: 'PUT',
      path: `${service}/products/bad`,
      body: { properties: { displayName: 'Bad', state: 'sold' } },
    });
    expect([status, json.error.code, json.error.message]).toEqual([
      400,
      'ValidationError',
      'One or more fields contain incorrect values:',
    ]);
    expect(json.error.details).toEqual([expect.objectContaining({ target: 'state' })]);
  });
});

describe('lists', () => {
  beforeAll(async () => {
    for (const name of ['p1', 'p2', 'p3']) {
      await send(management, {
        method: 'PUT',
        path: `${service}/namedValues/${name}`,
        body: { properties: { displayName: `Name-${name}`, value: 'v', tags: [name] } },
      });
    }
  });
  const names = (value: readonly { readonly name: string }[]) => value.map(({ name }) => name);

  it.each([
    ['$top=2', ['p1', 'p2'], 3],
    ['$skip=2', ['p3'], 3],
    ["$filter=displayName eq 'name-P2'", ['p2'], 1],
    ["$filter=contains(tags,'p3') or name eq 'p1'", ['p1', 'p3'], 2],
    ["%24filter=startswith(properties/displayName,'Name')&%24top=1", ['p1'], 3],
  ])('%s', async (query, expected, count) => {
    const { json } = await send(management, { path: `${service}/namedValues?${query}` });
    expect([names(json.value), json.count]).toEqual([expected, count]);
  });

  it('a scope that begins with a slash stands behind another one, as SDKs write it', async () => {
    const { status, json } = await send(management, { path: `/${service}/namedValues?$top=1` });
    expect([status, json.nextLink]).toEqual([200, expect.stringContaining(`://localhost:80${service}/namedValues`)]);
  });

  it('pages follow one another', async () => {
    const found: string[] = [];
    let path: string | undefined = `${service}/namedValues?$top=2`;
    while (path !== undefined) {
      const { json } = await send(management, { path });
      found.push(...names(json.value));
      // By the way that the client came.
      if (json.nextLink !== undefined) expect(json.nextLink).toMatch(/^http:\/\/localhost:80\/subscriptions\//);
      path = json.nextLink?.replace('http://localhost:80', '');
    }
    expect(found).toEqual(['p1', 'p2', 'p3']);
  });

  it.each([
    ['$top=0', 'InvalidQueryParameterValue', /'\$top' takes a whole number from 1 up, found '0'/],
    ['$skip=-1', 'InvalidQueryParameterValue', /'\$skip'/],
    ["$filter=value eq 'v'", 'InvalidFilterInQueryString', /displayName, tags/],
  ])('%s is refused', async (query, code, message) => {
    expect(await errorOf({ path: `${service}/namedValues?${query}` })).toEqual([
      400,
      code,
      expect.stringMatching(message),
    ]);
  });

  it('lists outside API Management have no count', async () => {
    const { json } = await send(management, { path: `/subscriptions/${subscriptionId}/resourceGroups` });
    expect(json).toEqual({ value: [expect.objectContaining({ name: 'rg-lab' })] });
  });
});

describe('what is ours', () => {
  it('an unexpected failure is a 500 that tells nothing, and is logged with its request id', async () => {
    management.importer = () => Promise.reject(new Error('the disk of the importer'));
    const { status, json, headers } = await send(management, {
      method: 'PUT',
      path: `${service}/apis/broken`,
      body: { properties: { format: 'openapi', value: 'x', path: 'x' } },
    });
    expect([status, json.error.code]).toEqual([500, 'InternalServerError']);
    expect(JSON.stringify(json)).not.toContain('disk');
    expect(management.errors.at(-1)).toContain(String(headers['x-ms-request-id']));
    expect(management.errors.at(-1)).toContain('the disk of the importer');
  });
});

describe('over a socket', () => {
  const onWire = (options: { method: string; path: string; headers?: Record<string, string> }) =>
    new Promise<{ status: number; body: string; headers: Record<string, unknown> }>((done, fail) => {
      const { port } = management.app.server.address() as AddressInfo;
      const outgoing = request({ host: '127.0.0.1', port, ...options }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.once('end', () =>
          done({
            status: incoming.statusCode ?? 0,
            body: Buffer.concat(chunks).toString('utf8'),
            headers: incoming.headers,
          }),
        );
      });
      outgoing.once('error', fail);
      outgoing.end();
    });
  beforeAll(async () => {
    await management.app.listen({ host: '127.0.0.1', port: 0 });
  });

  it('PUT without a body and without a content type', async () => {
    const answer = await onWire({ method: 'PUT', path: addressOf({ path: `${service}/products/openai/apis/a` }) });
    expect([answer.status, JSON.parse(answer.body).name]).toEqual([201, 'a']);
  });

  it('POST with a content type and nothing in it', async () => {
    const answer = await onWire({
      method: 'POST',
      path: addressOf({ path: `${account}/listKeys` }),
      headers: { 'content-type': 'application/json', 'content-length': '0' },
    });
    expect([answer.status, Object.keys(JSON.parse(answer.body))]).toEqual([200, ['key1', 'key2']]);
  });

  it('HEAD has headers and no body', async () => {
    const answer = await onWire({ method: 'HEAD', path: addressOf({ path: `${service}/products/openai` }) });
    expect([answer.status, answer.body, typeof answer.headers['etag']]).toEqual([200, '', 'string']);
  });
});
