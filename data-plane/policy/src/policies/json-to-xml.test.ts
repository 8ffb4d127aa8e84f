import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const convert = (attributes = 'apply="always"') => `<json-to-xml ${attributes} />`;
const answer = (body: unknown) => ({ headers: { 'Content-Type': 'application/json' }, body });
const cases: Record<string, PolicyCase> = {
  'an object with one member is its element': {
    given: { policy: '', outbound: convert(), answer: answer({ a: { b: 1, c: true } }) },
    expect: { last: { body: '<a><b>1</b><c>true</c></a>', headers: { 'content-type': 'application/xml' } } },
  },
  'several members stand in Document': {
    given: { policy: '', outbound: convert(), answer: answer({ a: 1, b: 'x' }) },
    expect: { last: { body: '<Document><a>1</a><b>x</b></Document>' } },
  },
  'an array is an element each': {
    given: { policy: '', outbound: convert(), answer: answer({ list: { item: [1, 2] } }) },
    expect: { last: { body: '<list><item>1</item><item>2</item></list>' } },
  },
  '@ makes an attribute, #text the text': {
    given: { policy: '', outbound: convert(), answer: answer({ a: { '@id': 7, '#text': 'x' } }) },
    expect: { last: { body: '<a id="7">x</a>' } },
  },
  'text is escaped, names are encoded': {
    given: { policy: '', outbound: convert(), answer: answer({ 'a b': '<&>' }) },
    expect: { last: { body: '<a_x0020_b>&lt;&amp;&gt;</a_x0020_b>' } },
  },
  'null is an empty element': {
    given: { policy: '', outbound: convert(), answer: answer({ a: null }) },
    expect: { last: { body: '<a />' } },
  },
  'applied by content type only to JSON': {
    given: {
      policy: '',
      outbound: convert('apply="content-type-json"'),
      answer: { headers: { 'Content-Type': 'text/plain' }, body: '{"a":1}' },
    },
    expect: { last: { body: '{"a":1}' } },
  },
  'a client that takes JSON only keeps it': {
    given: {
      policy: '',
      outbound: convert(),
      requests: [{ headers: { Accept: 'application/json' } }],
      answer: answer({ a: 1 }),
    },
    expect: { last: { body: '{"a":1}' } },
  },
  'what is no JSON is an error': {
    given: { policy: '', outbound: convert(), answer: { body: 'x' } },
    expect: { last: { status: 500, error: { source: 'json-to-xml', reason: 'InvalidJson' } } },
  },
  'attributes of namespaces are refused by name': {
    given: '<json-to-xml apply="always" namespace-separator="_" />',
    mistakes: ["The attribute 'namespace-separator' of <json-to-xml> is known, but Vigia refuses it"],
  },
};

describe('json-to-xml', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
