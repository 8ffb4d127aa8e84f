import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const convert = (attributes: string) => `<xml-to-json kind="direct" ${attributes} />`;
const xml = (body: string) => ({ headers: { 'Content-Type': 'text/xml' }, body });
const outbound = convert('apply="always"');
const cases: Record<string, PolicyCase> = {
  'an element is an object of its name': {
    given: { policy: '', outbound, answer: xml('<a><b>1</b></a>') },
    expect: { last: { body: '{"a":{"b":"1"}}', headers: { 'content-type': 'application/json' } } },
  },
  'attributes begin with @, text beside them is #text': {
    given: { policy: '', outbound, answer: xml('<a x="1">t</a>') },
    expect: { last: { body: '{"a":{"@x":"1","#text":"t"}}' } },
  },
  'elements of one name are an array': {
    given: { policy: '', outbound, answer: xml('<a><b>1</b><b>2</b><c/></a>') },
    expect: { last: { body: '{"a":{"b":["1","2"],"c":null}}' } },
  },
  'single ones too where the document says so': {
    given: {
      policy: '',
      outbound: convert('apply="always" always-array-child-elements="true"'),
      answer: xml('<a><b>1</b></a>'),
    },
    expect: { last: { body: '{"a":{"b":["1"]}}' } },
  },
  'entities and CDATA are text': {
    given: { policy: '', outbound, answer: xml('<a>&lt;&#65;<![CDATA[<b>]]></a>') },
    expect: { last: { body: '{"a":"<A<b>"}' } },
  },
  'applied by content type only to XML': {
    given: {
      policy: '',
      outbound: convert('apply="content-type-xml"'),
      answer: { headers: { 'Content-Type': 'text/plain' }, body: '<a/>' },
    },
    expect: { last: { body: '<a/>' } },
  },
  'a client that takes XML only keeps it': {
    given: { policy: '', outbound, requests: [{ headers: { Accept: 'application/xml' } }], answer: xml('<a/>') },
    expect: { last: { body: '<a/>' } },
  },
  'unless its Accept is not considered': {
    given: {
      policy: '',
      outbound: convert('apply="always" consider-accept-header="false"'),
      requests: [{ headers: { Accept: 'text/xml' } }],
      answer: xml('<a/>'),
    },
    expect: { last: { body: '{"a":null}' } },
  },
  'converts requests': {
    given: { policy: outbound, requests: [xml('<a>1</a>')] },
    expect: { last: { forwarded: [{ body: '{"a":"1"}' }] } },
  },
  'what is no XML is an error': {
    given: { policy: '', outbound, answer: xml('<a>') },
    expect: { last: { status: 500, error: { source: 'xml-to-json', reason: 'InvalidXml' } } },
  },
  'no entities of a document type': {
    given: { policy: '', outbound, answer: xml('<!DOCTYPE a><a>&b;</a>') },
    expect: { last: { status: 500, error: { reason: 'InvalidXml' } } },
  },
  'the other kind is refused by name': {
    given: '<xml-to-json kind="javascript-friendly" apply="always" />',
    mistakes: ["kind='javascript-friendly' is not run here"],
  },
};

describe('xml-to-json', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
