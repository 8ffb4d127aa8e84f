import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const store = (value: string, duration = 60) => `<cache-store-value key="k" value="${value}" duration="${duration}" />`;
const lookup = '<cache-lookup-value key="k" variable-name="found" />';
const stored = `<choose><when condition="@(context.Request.Headers.ContainsKey("x-store"))">${store('@(context.Request.IpAddress)')}</when></choose>${lookup}`;

const cases: Record<string, PolicyCase> = {
  'a value that was stored is found by the next request': {
    given: { policy: stored, requests: [{ headers: { 'x-store': '1' }, ip: '198.51.100.9' }, {}] },
    expect: { last: { variables: { found: '198.51.100.9' } } },
  },
  'without a value and a default the variable is not set': {
    given: {
      policy: `${lookup}<set-variable name="is-set" value="@(context.Variables.ContainsKey("found"))" />`,
    },
    expect: { last: { variables: { 'is-set': false } } },
  },
  'the default is taken where nothing is found': {
    given: '<cache-lookup-value key="k" default-value="other" variable-name="found" />',
    expect: { last: { variables: { found: 'other' } } },
  },
  'the default may be an expression of any type': {
    given: '<cache-lookup-value key="k" default-value="@(2 + 3)" variable-name="found" />',
    expect: { last: { variables: { found: 5 } } },
  },
  'a value is gone when its seconds are over': {
    given: { policy: stored, requests: [{ headers: { 'x-store': '1' } }, { after: 59_999 }, { after: 1 }] },
    expect: { outcomes: [{}, { variables: { found: '203.0.113.7' } }, { variables: {} }] },
  },
  'values keep their type': {
    given: `${store('@(new JObject(new JProperty("a", 7)))')}${lookup}<set-variable name="a" value="@((int)((JObject)context.Variables["found"])["a"])" />`,
    expect: { last: { variables: { a: 7 } } },
  },
  'the key may be an expression': {
    given:
      '<cache-store-value key="@("a" + 1)" value="v" duration="9" /><cache-lookup-value key="a1" variable-name="found" />',
    expect: { last: { variables: { found: 'v' } } },
  },
  'the last value stands': {
    given: `${store('one')}${store('two')}${lookup}`,
    expect: { last: { variables: { found: 'two' } } },
  },
  'a removed value is not found': {
    given: `${store('one')}<cache-remove-value key="k" />${lookup}`,
    expect: { last: { variables: {} } },
  },
  'what is not there may be removed': {
    given: '<cache-remove-value key="none" />',
    expect: { last: { status: 200 } },
  },
  'the policies stand in every section': {
    given: { policy: '', outbound: `${store('out')}${lookup}` },
    expect: { last: { variables: { found: 'out' } } },
  },
  'there is no external cache': {
    given: '<cache-lookup-value key="k" variable-name="v" caching-type="external" />',
    mistakes: ['No external cache is configured'],
  },
  'the internal cache may be asked for': {
    given: '<cache-lookup-value key="k" variable-name="v" caching-type="internal" />',
    mistakes: [],
  },
  'a store needs key, value and duration': {
    given: '<cache-store-value />',
    mistakes: ["attribute 'key'", "attribute 'value'", "attribute 'duration'"],
  },
};

describe('cache-lookup-value, cache-store-value, cache-remove-value', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
