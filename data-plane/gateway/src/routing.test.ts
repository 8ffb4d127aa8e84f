import type { ApiSnapshot } from '@vigia/contract';
import { describe, expect, test } from 'vitest';
import { ApiTree } from './api-tree.ts';
import { OperationTree, segmentsOf } from './operation-tree.ts';
import { parseQuery, printQuery, printUrl, splitTarget } from './request-url.ts';

const api = (id: string, path: string, given: Partial<ApiSnapshot> = {}): ApiSnapshot => ({
  id,
  displayName: id,
  revision: '1',
  isCurrent: true,
  path,
  protocols: ['https'],
  subscriptionRequired: true,
  subscriptionKeyParameterNames: { header: 'api-key', query: 'api-key' },
  operations: [],
  ...given,
});

describe('the API is the longest path on segment borders', () => {
  const apis = new ApiTree<string>();
  for (const each of [
    api('root', ''),
    api('openai', 'openai'),
    api('v1', 'openai/v1'),
    api('openai', 'openai', { revision: '2', isCurrent: false }),
  ])
    apis.add(each, `${each.id}:${each.revision}`);
  const cases: Record<string, readonly [api: string, rest: string] | undefined> = {
    '/openai/deployments/x': ['openai:1', 'deployments/x'],
    '/OpenAI/deployments/x': ['openai:1', 'deployments/x'],
    '/openai/v1/models': ['v1:1', 'models'],
    '/openai/v11/models': ['openai:1', 'v11/models'],
    '/openaix/models': ['root:1', 'openaix/models'],
    '/openai': ['openai:1', ''],
    '/': ['root:1', ''],
    '/openai;rev=2/deployments/x': ['openai:2', 'deployments/x'],
    '/openai;rev=1/deployments/x': ['openai:1', 'deployments/x'],
    '/openai;rev=3/deployments/x': undefined,
    '/other;rev=1/x': undefined,
  };
  test.each(Object.entries(cases))('%s', (path, expected) => {
    const match = apis.match(segmentsOf(path));
    expect(match && [match.target, match.rest.join('/')]).toEqual(expected);
  });
});

describe('the operation is the most literal template of the method', () => {
  const operations = new OperationTree<string>();
  for (const [method, urlTemplate] of [
    ['POST', '/deployments/{deployment-id}/chat/completions?api-version={api-version}'],
    ['GET', '/things/{id}'],
    ['GET', '/things/mine'],
    ['GET', '/things/{id}/parts'],
    ['GET', '/things/mine/special'],
    ['GET', '/files/{name}.json'],
    ['GET', '/search?kind={kind}&q={q}'],
    ['GET', '/search'],
    ['GET', '/rest/*'],
    ['GET', '/'],
  ] as const)
    operations.add({ id: urlTemplate, displayName: '', method, urlTemplate }, urlTemplate);
  const cases: Record<string, readonly [template: string, parameters: Record<string, string>] | undefined> = {
    'POST /deployments/gpt-4/chat/completions?api-version=2023-05-15': [
      '/deployments/{deployment-id}/chat/completions?api-version={api-version}',
      { 'deployment-id': 'gpt-4', 'api-version': '2023-05-15' },
    ],
    'POST /Deployments/GPT%2D4/Chat/completions/?x=1&API-Version=v': [
      '/deployments/{deployment-id}/chat/completions?api-version={api-version}',
      { 'deployment-id': 'GPT-4', 'api-version': 'v' },
    ],
    'POST /deployments/gpt-4/chat/completions': undefined,
    'GET /deployments/gpt-4/chat/completions?api-version=1': undefined,
    'HEAD /things/7': undefined,
    'GET /things/7': ['/things/{id}', { id: '7' }],
    'GET /things/a%2Fb': ['/things/{id}', { id: 'a/b' }],
    'GET /things/mine': ['/things/mine', {}],
    'GET /things/mine/parts': ['/things/{id}/parts', { id: 'mine' }],
    'GET /things//parts': undefined,
    'GET /things/7/8': undefined,
    'GET /files/a.b.json': ['/files/{name}.json', { name: 'a.b' }],
    'GET /files/a.txt': undefined,
    'GET /search?q=1': ['/search', {}],
    'GET /search?q=1&kind=x%20y': ['/search?kind={kind}&q={q}', { q: '1', kind: 'x y' }],
    'GET /rest': ['/rest/*', {}],
    'GET /rest/a/b': ['/rest/*', {}],
    'GET /': ['/', {}],
  };
  test.each(Object.entries(cases))('%s', (line, expected) => {
    const [method = '', target = ''] = line.split(' ');
    const { path, query } = splitTarget(target);
    const match = operations.match(method, segmentsOf(path), parseQuery(query));
    expect(match && [match.target, match.parameters]).toEqual(expected);
  });
});

test('a query that no policy changed goes on byte for byte; a changed pair is encoded', () => {
  const query = parseQuery('a=1+2&b=%2f%C3%A9&c&d=');
  expect(printQuery(query)).toBe('?a=1+2&b=%2f%C3%A9&c&d=');
  const first = query[0];
  if (first) first[1] = 'x y';
  expect(printQuery(query)).toBe('?a=x%20y&b=%2f%C3%A9&c&d=');
});

test('a URL is printed with its port only where it is not the usual one', () => {
  expect(printUrl({ scheme: 'https', host: 'h', port: 443, path: '/a b', query: [] })).toBe('https://h/a%20b');
  expect(printUrl({ scheme: 'http', host: 'h', port: 81, path: '/', query: [['q', '1']] })).toBe('http://h:81/?q=1');
});

test.each([
  ['/openai/deployments/../../admin', '/admin'],
  ['/openai/%2e%2E/admin', '/admin'],
  ['http://host:1/a?b', '/a'],
  ['/a.b/c', '/a.b/c'],
])('%s is matched as %s', (target, path) => {
  expect(splitTarget(target).path).toBe(path);
});
