import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const replace = (from: string, to: string) => `<find-and-replace from="${from}" to="${to}" />`;
const cases: Record<string, PolicyCase> = {
  'replaces every place in the answer': {
    given: { policy: '', outbound: replace('a', 'o'), answer: { body: 'banana' } },
    expect: { last: { body: 'bonono', headers: { 'content-length': '6' } } },
  },
  'replaces in the request': {
    given: { policy: replace('secret', '***'), requests: [{ body: 'my secret' }] },
    expect: { last: { forwarded: [{ body: 'my ***' }] } },
  },
  'leaves a body without the text as it is': {
    given: { policy: '', outbound: replace('x', 'y'), answer: { body: 'banana' } },
    expect: { last: { body: 'banana' } },
  },
  'is text, not a pattern': {
    given: { policy: '', outbound: replace('.', '$&amp;'), answer: { body: 'a.b' } },
    expect: { last: { body: 'a$&b' } },
  },
  'takes expressions': {
    given: { policy: '', outbound: replace('@(context.Api.Id)', '@("x" + 1)'), answer: { body: 'openai' } },
    expect: { last: { body: 'x1' } },
  },
  'may replace by nothing': {
    given: { policy: '', outbound: replace('a', ''), answer: { body: 'banana' } },
    expect: { last: { body: 'bnn' } },
  },
  'has nothing to do without a body': {
    given: { policy: replace('a', 'b') },
    expect: { last: { status: 200 } },
  },
  'reads a compressed answer': {
    given: {
      policy: '',
      outbound:
        '<set-header name="Content-Encoding"><value>identity</value></set-header><find-and-replace from="a" to="o" />',
      answer: { body: 'banana' },
    },
    expect: {
      last: { body: 'bonono', headers: expect.not.objectContaining({ 'content-encoding': expect.anything() }) },
    },
  },
  'a body whose encoding nobody knows is an error, not left as it is': {
    given: {
      policy: '',
      outbound: replace('a', 'o'),
      answer: { headers: { 'Content-Encoding': 'zstd' }, body: 'banana' },
    },
    expect: { last: { status: 500, error: { source: 'find-and-replace', reason: 'UnreadableBody' } } },
  },
  'needs what it finds': { given: '<find-and-replace to="b" />', mistakes: ["needs the attribute 'from'"] },
};

describe('find-and-replace', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
