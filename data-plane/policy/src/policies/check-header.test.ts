import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const check = (values = '', more = 'ignore-case="true"') =>
  `<check-header name="x-key" failed-check-httpcode="401" failed-check-error-message="Not authorized" ${more}>${values}</check-header>`;
const refused = { status: 401, body: '{ "statusCode": 401, "message": "Not authorized" }', forwarded: [] };
const cases: Record<string, PolicyCase> = {
  'a header that is missing is refused as the document says': {
    given: check('<value>a</value>'),
    expect: {
      last: {
        ...refused,
        error: {
          source: 'check-header',
          reason: 'HeaderNotFound',
          message: 'Header x-key was not found in the request.',
        },
      },
    },
  },
  'a value that is not listed is refused': {
    given: { policy: check('<value>a</value>'), requests: [{ headers: { 'x-key': 'b' } }] },
    expect: {
      last: {
        ...refused,
        error: { reason: 'HeaderValueNotAllowed', message: 'Header x-key value of b is not allowed.' },
      },
    },
  },
  'any of the values passes': {
    given: { policy: check('<value>a</value><value>b</value>'), requests: [{ headers: { 'X-Key': 'b' } }] },
    expect: { last: { status: 200 } },
  },
  'case is ignored': {
    given: { policy: check('<value>ABC</value>'), requests: [{ headers: { 'x-key': 'abc' } }] },
    expect: { last: { status: 200 } },
  },
  'or not': {
    given: { policy: check('<value>ABC</value>', 'ignore-case="false"'), requests: [{ headers: { 'x-key': 'abc' } }] },
    expect: { last: refused },
  },
  'without values the header must be there': {
    given: { policy: check(), requests: [{ headers: { 'x-key': 'anything' } }, {}] },
    expect: { outcomes: [{ status: 200 }, refused] },
  },
  'values may be expressions': {
    given: { policy: check('<value>@("a" + "b")</value>'), requests: [{ headers: { 'x-key': 'ab' } }] },
    expect: { last: { status: 200 } },
  },
  'all its attributes are needed': {
    given: '<check-header />',
    mistakes: ["'name'", "'failed-check-httpcode'", "'failed-check-error-message'", "'ignore-case'"],
  },
};

describe('check-header', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
