import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const cases: Record<string, PolicyCase> = {
  'is an empty 200 where nothing is said': {
    given: '<return-response />',
    expect: { last: { status: 200, reason: 'OK', body: '', forwarded: [] } },
  },
  'has the status, headers and body that are set': {
    given:
      '<return-response><set-status code="401" reason="Unauthorized" /><set-header name="WWW-Authenticate"><value>Bearer</value></set-header><set-body>no</set-body></return-response>',
    expect: { last: { status: 401, reason: 'Unauthorized', headers: { 'www-authenticate': 'Bearer' }, body: 'no' } },
  },
  'ends the pipeline: no outbound, no error': {
    given: { policy: '<return-response />', outbound: '<set-header name="x-a"><value>1</value></set-header>' },
    expect: { last: { headers: expect.not.objectContaining({ 'x-a': '1' }), error: undefined } },
  },
  'in outbound it takes the place of the answer': {
    given: {
      policy: '',
      outbound: '<return-response><set-status code="204" reason="No" /></return-response>',
      answer: { body: 'b' },
    },
    expect: { last: { status: 204, body: '' } },
  },
  'in outbound it may read the answer that it replaces': {
    given: {
      policy: '',
      outbound: '<return-response><set-body>@(context.Response.StatusCode.ToString())</set-body></return-response>',
      answer: { status: 404 },
    },
    expect: { last: { status: 200, body: '404' } },
  },
  'in on-error it is the answer': {
    given: {
      policy: '<set-variable name="x" value="@(context.Variables["none"])" />',
      onError: '<return-response><set-status code="418" reason="Teapot" /></return-response>',
    },
    expect: { last: { status: 418, reason: 'Teapot' } },
  },
  'a reason is found for a status': {
    given: '<return-response><set-status code="404" /></return-response>',
    expect: { last: { status: 404, reason: 'Not Found' } },
  },
  'the code may be an expression': {
    given: '<return-response><set-status code="@(200 + 1)" reason="@("a" + "b")" /></return-response>',
    expect: { last: { status: 201, reason: 'ab' } },
  },
  'the status may be the error’s own': {
    given: {
      policy: '<check-header name="x" failed-check-httpcode="403" failed-check-error-message="m" ignore-case="true" />',
      onError: '<return-response><set-status code="@(context.Response.StatusCode)" reason="r" /></return-response>',
    },
    expect: { last: { status: 403, reason: 'r' } },
  },
  'takes no other children': {
    given: '<return-response><set-variable name="a" value="b" /></return-response>',
    mistakes: ['<set-variable> is not allowed in <return-response>: it takes set-status, set-header, set-body'],
  },
};

describe('return-response', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
