import { describe, expect, it } from 'vitest';
import { BackendFailure } from '../context.ts';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const forward = (attributes: string) => `<forward-request ${attributes} />`;
const cases: Record<string, PolicyCase> = {
  'asks the backend and gives its answer': {
    given: { policy: '', answer: { status: 201, headers: { 'x-a': '1' }, body: 'b' } },
    expect: { last: { status: 201, headers: { 'x-a': '1' }, body: 'b', forwarded: [{ method: 'POST' }] } },
  },
  'without it no call is made, and outbound has an empty 200': {
    given: {
      policy: '',
      backend: '<set-variable name="x" value="1" />',
      outbound: '<set-header name="x-b"><value>2</value></set-header>',
    },
    expect: { last: { status: 200, body: '', headers: { 'x-b': '2' }, forwarded: [] } },
  },
  'a backend that does not answer is an error 500': {
    given: { policy: '', answer: { fails: new BackendFailure('BackendConnectionFailure', 'refused') } },
    expect: {
      last: {
        status: 500,
        body: '{ "statusCode": 500, "message": "Internal server error", "activityId": "00000000-0000-0000-0000-000000000001" }',
        error: { source: 'forward-request', reason: 'BackendConnectionFailure', section: 'backend' },
      },
    },
  },
  'a Timeout is told as one': {
    given: { policy: '', backend: forward('timeout="1"'), answer: { fails: new BackendFailure('Timeout', 'late') } },
    expect: { last: { status: 500, error: { reason: 'Timeout' } } },
  },
  'an error status is an answer': {
    given: { policy: '', answer: { status: 503, body: 'b' } },
    expect: { last: { status: 503, body: 'b', error: undefined } },
  },
  'unless fail-on-error-status-code says otherwise': {
    given: {
      policy: '',
      backend: forward('fail-on-error-status-code="true"'),
      answer: { status: 404 },
      onError: '<set-status code="502" reason="Bad" />',
    },
    expect: { last: { status: 502, reason: 'Bad', error: { reason: 'BackendErrorStatusCode' } } },
  },
  'all its attributes are known': {
    given: {
      policy: '',
      backend: forward(
        'timeout="@(60)" follow-redirects="true" buffer-request-body="true" buffer-response="false" fail-on-error-status-code="false" http-version="2or1"',
      ),
    },
    mistakes: [],
  },
  'timeout-ms and continue-timeout too': {
    given: { policy: '', backend: forward('timeout-ms="500" continue-timeout="3"') },
    mistakes: [],
  },
  'stands in backend only': { given: forward(''), mistakes: ['is not allowed in the section <inbound>'] },
  'backend takes one policy': {
    given: { policy: '', backend: '<base /><forward-request />' },
    mistakes: ['takes one policy only'],
  },
};

describe('forward-request', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
