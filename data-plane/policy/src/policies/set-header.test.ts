import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const header = (name: string, values: string, action?: string) =>
  `<set-header name="${name}"${action === undefined ? '' : ` exists-action="${action}"`}>${values}</set-header>`;
const value = (text: string) => `<value>${text}</value>`;
const requests = [{ headers: { 'X-A': 'old' } }];
const sent = (headers: object) => ({ last: { forwarded: [{ headers }] } });
const cases: Record<string, PolicyCase> = {
  'override takes the place of what is there': {
    given: { policy: header('x-a', value('new'), 'override'), requests },
    expect: sent({ 'x-a': 'new' }),
  },
  'override is what it does where nothing is said': {
    given: { policy: header('x-a', value('new')), requests },
    expect: sent({ 'x-a': 'new' }),
  },
  'skip leaves what is there, and sets what is not': {
    given: { policy: header('x-a', value('new'), 'skip') + header('x-b', value('b'), 'skip'), requests },
    expect: sent({ 'x-a': 'old', 'x-b': 'b' }),
  },
  'append adds to what is there, on one line': {
    given: { policy: header('x-a', value('new'), 'append'), requests },
    expect: sent({ 'x-a': 'old,new' }),
  },
  'delete removes it, whatever its case': {
    given: { policy: header('x-A', '', 'delete'), requests },
    expect: sent(expect.not.objectContaining({ 'x-a': expect.anything() })),
  },
  'override without a value removes it': {
    given: { policy: header('x-a', '', 'override'), requests },
    expect: sent(expect.not.objectContaining({ 'x-a': expect.anything() })),
  },
  'several values are one line': {
    given: header('x-a', value('1') + value('2')),
    expect: sent({ 'x-a': '1,2' }),
  },
  'names and values may be expressions': {
    given: header('@("x-" + context.Api.Id)', value('@((1 + 1).ToString())')),
    expect: sent({ 'x-openai': '2' }),
  },
  'in outbound it is the answer’s': {
    given: { policy: '', outbound: header('x-a', value('1')) },
    expect: { last: { headers: { 'x-a': '1' } } },
  },
  'in on-error it is the answer’s': {
    given: {
      policy: '<set-variable name="x" value="@(context.Variables["none"])" />',
      onError: header('x-a', value('@(context.LastError.Source)')),
    },
    expect: { last: { status: 500, headers: { 'x-a': 'set-variable' } } },
  },
  'headers of the transport cannot be set': {
    given: header('Transfer-Encoding', value('chunked')),
    mistakes: ["The header 'Transfer-Encoding' cannot be set"],
  },
  'knows its actions': {
    given: header('x-a', '', 'remove'),
    mistakes: ['must be one of override, skip, append, delete'],
  },
  'needs a name': { given: '<set-header />', mistakes: ["needs the attribute 'name'"] },
};

describe('set-header', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
