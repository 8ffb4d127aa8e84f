import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const liquid = (template: string) => `<set-body template="liquid">${template}</set-body>`;
const json = (body: unknown) => [{ headers: { 'Content-Type': 'application/json' }, body }];
const forwarded = (body: string) => ({ last: { forwarded: [{ body }] } });

const cases: Record<string, PolicyCase> = {
  'replaces the body and its length, not its type': {
    given: { policy: '<set-body>hello</set-body>', requests: json({ a: 1 }) },
    expect: {
      last: { forwarded: [{ body: 'hello', headers: { 'content-length': '5', 'content-type': 'application/json' } }] },
    },
  },
  'takes an expression': {
    given: {
      policy: '<set-body>@(context.Request.Body.As<string>(preserveContent: true) + "!")</set-body>',
      requests: [{ body: 'hi' }],
    },
    expect: forwarded('hi!'),
  },
  'takes a longer expression': {
    given: {
      policy:
        '<set-body>@{ var body = context.Request.Body.As<JObject>(true); body["user"] = context.Subscription.Id; return body.ToString(Newtonsoft.Json.Formatting.None); }</set-body>',
      requests: json({ a: 1 }),
    },
    expect: forwarded('{"a":1,"user":"sub-1"}'),
  },
  'in outbound it is the answer’s': {
    given: {
      policy: '',
      outbound: '<set-body>@("was " + context.Response.Body.As<string>())</set-body>',
      answer: { body: 'b' },
    },
    expect: { last: { body: 'was b' } },
  },
  'an empty one empties it': {
    given: { policy: '<set-body />', requests: [{ body: 'x' }] },
    expect: forwarded(''),
  },
  'XML in it is its text': {
    given: '<set-body><a b="1"><c>d</c></a></set-body>',
    expect: forwarded('<a b="1"><c>d</c></a>'),
  },
  'CDATA is its text': { given: '<set-body><![CDATA[<a>&amp;]]></set-body>', expect: forwarded('<a>&amp;') },
  'Liquid fills in members of a JSON body': {
    given: { policy: liquid('{"name": "{{body.customer.name}}"}'), requests: json({ customer: { name: 'Ada' } }) },
    expect: forwarded('{"name": "Ada"}'),
  },
  'Liquid has loops and conditions': {
    given: {
      policy: liquid('{% for item in body.items %}{% if item.on %}{{item.id}};{% endif %}{% endfor %}'),
      requests: json({ items: [{ id: 1, on: true }, { id: 2 }, { id: 3, on: true }] }),
    },
    expect: forwarded('1;3;'),
  },
  'Liquid has filters by their C# names': {
    given: {
      policy: liquid('{{body.a | Upcase}} {{body.b | Size}} {{body.d | Date: "MM/dd/yyyy"}}'),
      requests: json({ a: 'x', b: 'four', d: '2026-01-14T00:00:00Z' }),
    },
    expect: forwarded('X 4 01/14/2026'),
  },
  'Liquid reads XML bodies': {
    given: {
      policy: liquid('{"id": {{body.order.id}}}'),
      requests: [
        {
          headers: { 'Content-Type': 'text/xml' },
          body: '<s:body xmlns:s="u"><s:order><s:id>7</s:id></s:order></s:body>',
        },
      ],
    },
    expect: forwarded('{"id": 7}'),
  },
  'Liquid in the middle of XML': {
    given: { policy: liquid('<soap:Body><cust>{{body.cust}}</cust></soap:Body>'), requests: json({ cust: 'A' }) },
    expect: forwarded('<soap:Body><cust>A</cust></soap:Body>'),
  },
  'Liquid sees the context': {
    given: {
      policy: liquid(
        '{{context.Request.Method}} {{context.Request.Headers.x-a}} {{context.Api.Id}} {{context.Variables.v}}',
      ),
      requests: [{ headers: { 'x-a': '1' } }],
      variables: { v: 'w' },
    },
    expect: forwarded('POST 1 openai w'),
  },
  'a named value in a template is filled in, other names are the template’s': {
    given: {
      policy: liquid('{{host}} {{body.a}}'),
      namedValues: [{ name: 'host', value: 'h' }],
      requests: json({ a: 'b' }),
    },
    expect: forwarded('h b'),
  },
  'Liquid in return-response': {
    given: {
      policy: `<return-response><set-status code="200" />${liquid('{{body.a}}')}</return-response>`,
      requests: json({ a: 'b' }),
    },
    expect: { last: { status: 200, body: 'b' } },
  },
  'a body that is not what its type says fails': {
    given: { policy: liquid('{{body.a}}'), requests: [{ body: '{' }] },
    expect: { last: { status: 500, error: { source: 'set-body', reason: 'LiquidTemplateFailure' } } },
  },
  'a template reads no files': { given: liquid('{% include "/etc/passwd" %}'), expect: { last: { status: 500 } } },
  'a template that is wrong is told at save': {
    given: liquid('{% if body.a %}'),
    mistakes: ['The Liquid template has a mistake'],
  },
  'a filter that nobody knows is told at save': {
    given: liquid('{{body.a | Sparkle}}'),
    mistakes: ['Sparkle'],
  },
  'knows no other templates': { given: '<set-body template="razor">x</set-body>', mistakes: ['must be one of liquid'] },
};

describe('set-body', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
