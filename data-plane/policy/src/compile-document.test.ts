import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from './run-policy.fixture.ts';

const fragments = [
  { id: 'set-a', document: '<fragment><set-variable name="a" value="@(context.Api.Id)" /></fragment>' },
  {
    id: 'answers',
    document: '<fragment><return-response><set-status code="299" reason="Fragment" /></return-response></fragment>',
  },
  { id: 'named', document: '<fragment><set-variable name="a" value="{{plain}}" /></fragment>' },
  { id: 'nested', document: '<fragment><include-fragment fragment-id="set-a" /></fragment>' },
  { id: 'wrong', document: '<fragment><set-variable value="x" /></fragment>' },
  {
    id: 'reads-answer',
    document: '<fragment><set-variable name="s" value="@(context.Response.StatusCode)" /></fragment>',
  },
];
const namedValues = [
  { name: 'plain', value: 'text' },
  { name: 'code', value: '@(1 + 2)' },
  { name: 'member', value: 'context.Api.Id' },
  { name: 'my-host', value: 'me.test' },
  { name: 'quoted', value: 'a "b" <c>' },
];
const variable = (value: string) => `<set-variable name="a" value="${value}" />`;

const cases: Record<string, PolicyCase> = {
  'a fragment stands in the place of its include': {
    given: { policy: '<include-fragment fragment-id="set-a" />', fragments },
    expect: { last: { variables: { a: 'openai' } } },
  },
  'ids of fragments are found in any case': {
    given: { policy: '<include-fragment fragment-id="SET-A" />', fragments },
    expect: { last: { variables: { a: 'openai' } } },
  },
  'a fragment stands in any section and sees what that section sees': {
    given: {
      policy: '',
      outbound: '<include-fragment fragment-id="reads-answer" />',
      fragments,
      answer: { status: 404 },
    },
    expect: { last: { variables: { s: 404 } } },
  },
  'a fragment stands in choose': {
    given: {
      policy: '<choose><when condition="@(true)"><include-fragment fragment-id="answers" /></when></choose>',
      fragments,
    },
    expect: { last: { status: 299, reason: 'Fragment', forwarded: [] } },
  },
  'a fragment may stand twice': {
    given: { policy: '<include-fragment fragment-id="set-a" /><include-fragment fragment-id="set-a" />', fragments },
    expect: { last: { variables: { a: 'openai' } } },
  },
  'named values in a fragment are filled in': {
    given: { policy: '<include-fragment fragment-id="named" />', fragments, namedValues },
    expect: { last: { variables: { a: 'text' } } },
  },
  'a fragment that does not exist is told': {
    given: { policy: '<include-fragment fragment-id="none" />', fragments },
    mistakes: ["The policy fragment 'none' does not exist."],
  },
  'a fragment includes no other': {
    given: { policy: '<include-fragment fragment-id="nested" />', fragments },
    mistakes: ['A fragment cannot include another fragment'],
  },
  'mistakes in a fragment are told where it is included': {
    given: { policy: '<include-fragment fragment-id="wrong" />', fragments },
    mistakes: ["In the fragment 'wrong': <set-variable> needs the attribute 'name'."],
  },
  'an include needs the id': {
    given: { policy: '<include-fragment />', fragments },
    mistakes: ["needs the attribute 'fragment-id'"],
  },
  'a named value is an attribute': {
    given: { policy: variable('{{plain}}'), namedValues },
    expect: { last: { variables: { a: 'text' } } },
  },
  'a named value is a part of an attribute': {
    given: { policy: variable('https://{{my-host}}/{{plain}}'), namedValues },
    expect: { last: { variables: { a: 'https://me.test/text' } } },
  },
  'a named value may be an expression': {
    given: { policy: variable('{{code}}'), namedValues },
    expect: { last: { variables: { a: 3 } } },
  },
  'a named value is a part of an expression': {
    given: { policy: variable('@({{member}} + "!")'), namedValues },
    expect: { last: { variables: { a: 'openai!' } } },
  },
  'a named value stands in a string of an expression': {
    given: { policy: variable('@("x-{{plain}}")'), namedValues },
    expect: { last: { variables: { a: 'x-text' } } },
  },
  'a named value stands in a text': {
    given: { policy: '<set-body>{{plain}} and {{ my-host }}</set-body>', namedValues },
    expect: { last: { forwarded: [{ body: 'text and me.test' }] } },
  },
  'a named value with quotes and brackets is text': {
    given: { policy: variable('{{quoted}}'), namedValues },
    expect: { last: { variables: { a: 'a "b" <c>' } } },
  },
  'a named value that does not exist is told': {
    given: { policy: variable('{{none}}'), namedValues },
    mistakes: ["Cannot find a property 'none'"],
  },
  'expressions hold quotes, brackets and generics as they are written': {
    given: variable('@(context.Variables.GetValueOrDefault<string>("none", "<>&amp;\'"))'),
    expect: { last: { variables: {} } },
  },
  'escaped expressions are the same': {
    given: variable('@(context.Variables.GetValueOrDefault&lt;string&gt;(&quot;none&quot;, &quot;x&quot;))'),
    expect: { last: { variables: { a: 'x' } } },
  },
  'a well-formed attribute in apostrophes holds quotes and entities': {
    given: `<set-variable name='a' value='@(1 &lt; 2 &amp;&amp; "x&amp;y" == "x&amp;y" ? "&lt;" : "")' />`,
    expect: { last: { variables: { a: '<' } } },
  },
  'entities among raw quotes are XML, since they are no C#': {
    given: variable('@(1 &lt; 2 &amp;&amp; "a" == "a" ? "yes" : "no")'),
    expect: { last: { variables: { a: 'yes' } } },
  },
  'entities in the strings of a raw expression are C#': {
    given: variable('@("&amp;" + (1 < 2))'),
    expect: { last: { variables: { a: '&amp;True' } } },
  },
  'an attribute may stand in apostrophes': {
    given: `<set-variable name='a' value='@("it" + "s")' />`,
    expect: { last: { variables: { a: 'its' } } },
  },
  'all mistakes are told at once': {
    given: '<set-header /><unknown /><set-status code="x" /><base>',
    mistakes: [
      "<set-header> needs the attribute 'name'",
      '<unknown> is not a policy',
      '<set-status> is not allowed in the section <inbound>',
      "The attribute 'code' of <set-status> must be a whole number",
      '<base> is not closed',
    ],
  },
  'a name that is nearly right is told': {
    given: '<setHeader name="a" />',
    mistakes: ['<setHeader> is not a policy.'],
  },
  'LastError has the id of the policy and its path': {
    given:
      '<choose><when condition="@(true)"><set-variable name="a" value="1" /><set-variable id="second" name="a" value="@(context.Variables["none"])" /></when></choose>',
    expect: {
      last: {
        error: {
          source: 'set-variable',
          reason: 'ExpressionValueEvaluationFailure',
          policyId: 'second',
          path: 'choose[1]/when[1]/set-variable[2]',
          section: 'inbound',
          scope: 'api',
        },
      },
    },
  },
  'an older trace has its message as its text': {
    given: '<trace source="s" severity="error">@("it is " + 1)</trace>',
    expect: { last: { traces: [{ source: 's', level: 'error', message: 'it is 1' }] } },
  },
  'a refused policy is told with its reason': {
    given: '<validate-client-certificate validate-trust="true" />',
    mistakes: ['`validate-client-certificate` is a policy of API Management that Vigia refuses'],
  },
};

describe('documents', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
