import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const when = (condition: string, value: string) =>
  `<when condition="${condition}"><set-variable name="a" value="${value}" /></when>`;
const chosen = (a: string) => ({ last: { variables: { a } } });
const cases: Record<string, PolicyCase> = {
  'the first condition that is true wins': {
    given: `<choose>${when('@(false)', '1')}${when('@(true)', '2')}${when('@(true)', '3')}</choose>`,
    expect: chosen('2'),
  },
  'otherwise runs where none is true': {
    given: `<choose>${when('@(false)', '1')}<otherwise><set-variable name="a" value="2" /></otherwise></choose>`,
    expect: chosen('2'),
  },
  'without otherwise nothing runs': {
    given: `<choose>${when('@(false)', '1')}</choose>`,
    expect: { last: { status: 200, variables: {} } },
  },
  'conditions behind the first true one are not evaluated': {
    given: `<choose>${when('@(true)', '1')}${when('@((bool)context.Variables["none"])', '2')}</choose>`,
    expect: chosen('1'),
  },
  'a condition may be a literal': { given: `<choose>${when('true', '1')}</choose>`, expect: chosen('1') },
  'branches nest': {
    given: `<choose><when condition="@(true)"><choose>${when('@(true)', '1')}</choose></when></choose>`,
    expect: chosen('1'),
  },
  'what is not allowed in the section is not allowed in a branch': {
    given: '<choose><when condition="@(true)"><set-status code="200" /></when></choose>',
    mistakes: ['<set-status> is not allowed in the section <inbound>'],
  },
  'a condition that is no boolean fails': {
    given: `<choose>${when('@("maybe")', '1')}</choose>`,
    expect: { last: { status: 500, error: { source: 'choose', reason: 'ExpressionValueEvaluationFailure' } } },
  },
  'needs a when, and a when its condition': {
    given: '<choose /><choose><when /></choose>',
    mistakes: ['needs a child <when>', "<when> needs the attribute 'condition'"],
  },
  'base stands in no branch': {
    given: '<choose><when condition="@(true)"><base /></when></choose>',
    mistakes: ['<base/> stands only directly in a section'],
  },
};

describe('choose', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
