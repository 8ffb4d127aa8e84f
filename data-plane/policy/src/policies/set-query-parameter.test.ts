import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const parameter = (name: string, values: string, action = 'override') =>
  `<set-query-parameter name="${name}" exists-action="${action}">${values}</set-query-parameter>`;
const value = (text: string) => `<value>${text}</value>`;
const requests = [{ path: '/a?v=1&w=2' }];
const url = (query: string) => ({ last: { forwarded: [{ url: `https://backend.test/openai/a${query}` }] } });
const cases: Record<string, PolicyCase> = {
  'override takes the place of what is there': {
    given: { policy: parameter('v', value('9')), requests },
    expect: url('?w=2&v=9'),
  },
  'override adds what is not there': {
    given: { policy: parameter('x', value('9')), requests },
    expect: url('?v=1&w=2&x=9'),
  },
  'skip leaves what is there': {
    given: { policy: parameter('v', value('9'), 'skip'), requests },
    expect: url('?v=1&w=2'),
  },
  'skip adds what is not there': {
    given: { policy: parameter('x', value('9'), 'skip'), requests },
    expect: url('?v=1&w=2&x=9'),
  },
  'append adds another one': {
    given: { policy: parameter('v', value('9'), 'append'), requests },
    expect: url('?v=1&w=2&v=9'),
  },
  'delete removes it': { given: { policy: parameter('v', '', 'delete'), requests }, expect: url('?w=2') },
  'several values are several parameters': {
    given: { policy: parameter('v', value('8') + value('9')), requests },
    expect: url('?w=2&v=8&v=9'),
  },
  'names and values may be expressions': {
    given: { policy: parameter('@("v")', value('@(context.Api.Id)')), requests },
    expect: url('?w=2&v=openai'),
  },
  'stands in inbound and backend only': {
    given: { policy: '', outbound: parameter('v', value('1')) },
    mistakes: ['is not allowed in the section <outbound>'],
  },
};

describe('set-query-parameter', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
