import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const filter = (action: string, children: string) => `<ip-filter action="${action}">${children}</ip-filter>`;
const one = '<address>203.0.113.7</address>';
const range = '<address-range from="203.0.113.1" to="203.0.113.9" />';
const cases: Record<string, PolicyCase> = {
  'allow lets a listed address in': { given: filter('allow', one), expect: { last: { status: 200 } } },
  'allow keeps every other address out': {
    given: { policy: filter('allow', one), requests: [{ ip: '198.51.100.1' }] },
    expect: {
      last: {
        status: 403,
        body: '{ "statusCode": 403, "message": "Forbidden" }',
        error: { source: 'ip-filter', reason: 'CallerIpNotAllowed' },
      },
    },
  },
  'forbid keeps a listed address out': {
    given: filter('forbid', one),
    expect: { last: { status: 403, error: { reason: 'CallerIpBlocked' } } },
  },
  'forbid lets every other address in': {
    given: { policy: filter('forbid', one), requests: [{ ip: '198.51.100.1' }] },
    expect: { last: { status: 200 } },
  },
  'a range has both its ends': {
    given: {
      policy: filter('allow', range),
      requests: [{ ip: '203.0.113.1' }, { ip: '203.0.113.9' }, { ip: '203.0.113.10' }],
    },
    expect: { outcomes: [{ status: 200 }, { status: 200 }, { status: 403 }] },
  },
  'knows IPv6': {
    given: { policy: filter('allow', '<address>2001:db8::1</address>'), requests: [{ ip: '2001:db8:0::1' }] },
    expect: { last: { status: 200 } },
  },
  'an IPv4 address in IPv6 is one': {
    given: { policy: filter('allow', one), requests: [{ ip: '::ffff:203.0.113.7' }] },
    expect: { last: { status: 200 } },
  },
  'an address that is none is refused': {
    given: { policy: filter('allow', one), requests: [{ ip: 'unknown' }] },
    expect: { last: { status: 403, error: { reason: 'FailedToParseCallerIP' } } },
  },
  'addresses may be expressions': {
    given: filter('allow', '<address>@(context.Request.IpAddress)</address>'),
    expect: { last: { status: 200 } },
  },
  'CIDR is no address': {
    given: filter('allow', '<address>10.0.0.0/8</address>'),
    mistakes: ["'10.0.0.0/8' is not an IP address"],
  },
};

describe('ip-filter', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
