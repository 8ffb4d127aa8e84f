import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const operation = {
  id: 'get',
  displayName: 'get',
  method: 'GET',
  urlTemplate: '/',
  responses: [
    {
      statusCode: 200,
      representations: [
        { contentType: 'application/json', examples: ['{"a":1}', '{"a":2}'] },
        { contentType: 'text/xml', examples: ['<a/>'] },
      ],
    },
    { statusCode: 404, representations: [] },
  ],
};
const cases: Record<string, PolicyCase> = {
  'answers 200 with the example of the operation': {
    given: { policy: '<mock-response />', operation },
    expect: { last: { status: 200, body: '{"a":1}', headers: { 'content-type': 'application/json' }, forwarded: [] } },
  },
  'picks the example of a content type': {
    given: { policy: '<mock-response status-code="200" content-type="text/xml" />', operation },
    expect: { last: { body: '<a/>', headers: { 'content-type': 'text/xml' } } },
  },
  'picks the example at an index': {
    given: { policy: '<mock-response index="1" />', operation },
    expect: { last: { body: '{"a":2}' } },
  },
  'answers another status': {
    given: { policy: '<mock-response status-code="404" />', operation },
    expect: { last: { status: 404, reason: 'Not Found', body: '' } },
  },
  'is empty where nothing is described': {
    given: '<mock-response status-code="202" content-type="text/plain" />',
    expect: { last: { status: 202, body: '', headers: { 'content-type': 'text/plain' } } },
  },
  'ends the pipeline': {
    given: {
      policy: '<mock-response /><set-variable name="x" value="1" />',
      outbound: '<set-status code="500" />',
      operation,
    },
    expect: { last: { status: 200, variables: {} } },
  },
  'can be turned off': {
    given: { policy: '<mock-response enabled="false" />', operation },
    expect: { last: { forwarded: [{}] } },
  },
  'takes no expressions': {
    given: '<mock-response status-code="@(200)" />',
    mistakes: ['takes no expression'],
  },
};

describe('mock-response', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
