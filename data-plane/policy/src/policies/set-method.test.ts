import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const method = (value: string) => ({ last: { forwarded: [{ method: value }] } });
const cases: Record<string, PolicyCase> = {
  'changes the method of the backend’s call': { given: '<set-method>PUT</set-method>', expect: method('PUT') },
  'takes an expression': { given: '<set-method>@("PA" + "TCH")</set-method>', expect: method('PATCH') },
  'blanks around it do not matter': { given: '<set-method> get </set-method>', expect: method('GET') },
  'needs a method': { given: '<set-method />', mistakes: ['<set-method> needs a text'] },
};

describe('set-method', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
