import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const outbound = '<jsonp callback-parameter-name="cb" />';
const answer = { headers: { 'Content-Type': 'application/json' }, body: '{"a":1}' };
const cases: Record<string, PolicyCase> = {
  'wraps the answer into the callback': {
    given: { policy: '', outbound, answer, requests: [{ path: '/a?cb=show' }] },
    expect: { last: { body: 'show({"a":1})', headers: { 'content-type': 'application/javascript' } } },
  },
  'without the parameter nothing changes': {
    given: { policy: '', outbound, answer },
    expect: { last: { body: '{"a":1}', headers: { 'content-type': 'application/json' } } },
  },
  'takes a path of names': {
    given: { policy: '', outbound, answer, requests: [{ path: '/a?cb=app.show' }] },
    expect: { last: { body: 'app.show({"a":1})' } },
  },
  'refuses what is no identifier': {
    given: { policy: '', outbound, answer, requests: [{ path: '/a?cb=alert(1)' }] },
    expect: { last: { status: 400, error: { source: 'jsonp', reason: 'CallbackParameterInvalid' } } },
  },
  'the name may be an expression': {
    given: {
      policy: '',
      outbound: '<jsonp callback-parameter-name="@("c" + "b")" />',
      answer,
      requests: [{ path: '/a?cb=f' }],
    },
    expect: { last: { body: 'f({"a":1})' } },
  },
  'stands in outbound only, with a name': {
    given: '<jsonp />',
    mistakes: ['is not allowed in the section <inbound>', "needs the attribute 'callback-parameter-name'"],
  },
};

describe('jsonp', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
