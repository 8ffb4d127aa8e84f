import { describe, expect, it } from 'vitest';
import { runPolicy } from '../run-policy.fixture.ts';
import { createSecretMask } from './mask-secrets.ts';

const brief = ({ entries }: NonNullable<Awaited<ReturnType<typeof runPolicy>>['last']['trace']>) =>
  entries.map(({ place, depth, outcome, error }) => ({
    at: `${place.section} ${place.path} ${place.line}:${place.column}`,
    depth,
    ...(place.fragment === undefined ? {} : { fragment: place.fragment }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(error === undefined ? {} : { error: error.reason }),
  }));

describe('the trace of a request', () => {
  it('holds each policy that ran, with its place, in order', async () => {
    const { last } = await runPolicy({
      policy: `<policies><inbound><base />
  <choose>
    <when condition="@(false)"><set-method>PUT</set-method></when>
    <otherwise>
      <set-variable id="v" name="v" value="@(1 + 1)" />
      <include-fragment fragment-id="f" />
    </otherwise>
  </choose>
</inbound><backend><base /></backend>
<outbound><return-response><set-status code="204" reason="No Content" /></return-response></outbound></policies>`,
      fragments: [
        { id: 'f', document: '<fragment>\n <set-query-parameter name="q" exists-action="delete" /></fragment>' },
      ],
      isTraced: true,
    });
    expect(brief(last.trace as never)).toEqual([
      { at: 'inbound choose[1] 2:3', depth: 0 },
      { at: 'inbound choose[1]/otherwise[1]/set-variable[1] 5:7', depth: 2 },
      {
        at: 'inbound choose[1]/otherwise[1]/include-fragment[1]/set-query-parameter[1] 2:2',
        depth: 3,
        fragment: 'f',
      },
      { at: 'backend forward-request[1] 4:3', depth: 0 },
      { at: 'outbound return-response[1] 10:11', depth: 0, outcome: 'end' },
    ]);
    const entry = last.trace?.entries[1];
    expect(entry).toMatchObject({
      place: { policyId: 'v' },
      before: { variables: {} },
      after: { variables: { v: '2' } },
    });
    expect(entry?.before.variables).toEqual({});
    expect(entry?.elapsedMs).toBeGreaterThanOrEqual(0);
  });

  it('tells the error of the policy that failed, and of those around it', async () => {
    const { last } = await runPolicy({
      policy: `<retry condition="@(false)" count="1" interval="0"><set-variable name="v" value="@(int.Parse("x"))" /></retry>`,
      isTraced: true,
    });
    expect(brief(last.trace as never)).toMatchObject([
      { at: expect.stringContaining('inbound retry[1]'), error: 'ExpressionValueEvaluationFailure' },
      { at: expect.stringContaining('inbound retry[1]/set-variable[1]'), error: 'ExpressionValueEvaluationFailure' },
    ]);
  });

  it('keeps messages with the policy that wrote them', async () => {
    const { last } = await runPolicy({
      policy: '<trace source="me" severity="information"><message>hello</message></trace>',
      isTraced: true,
    });
    expect(last.trace?.entries[0]?.messages).toEqual([{ source: 'me', level: 'information', message: 'hello' }]);
  });

  it('shows no secret: neither keys nor tokens, in headers, URLs, bodies, variables', async () => {
    const { last } = await runPolicy({
      policy: `<authentication-managed-identity resource="r" output-token-variable-name="t" />
        <set-header name="X-Mine"><value>a {{s}} b</value></set-header>
        <set-variable name="jwt" value="eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.abc" />
        <set-body>{"secret":"{{s}}"}</set-body>
        <set-header name="Authorization"><value>@("Bearer " + (string)context.Variables["t"])</value></set-header>
        <trace source="x"><message>{{s}}</message></trace>`,
      namedValues: [{ name: 's', value: 'hush-hush', secret: true }],
      requests: [{ path: '/x?subscription-key=abc&q=1', headers: { 'api-key': 'k-1' } }],
      isTraced: true,
    });
    const text = JSON.stringify(last.trace);
    expect(text).not.toMatch(/hush-hush|k-1|eyJ|subscription-key=abc|token for r"/);
    expect(last.trace?.entries.at(-1)?.before.request).toMatchObject({
      url: 'https://backend.test/openai/x?subscription-key=***&q=1',
      headers: { 'api-key': '***', 'X-Mine': 'a *** b', Authorization: '***' },
      body: '{"secret":"***"}',
    });
  });
});

describe('createSecretMask', () => {
  it.each<[string, readonly string[], string]>([
    ['Authorization: Bearer abc.def', [], 'Authorization: Bearer ***'],
    ['a longer secret holds a shorter one: key-long', ['key', 'key-long'], 'a longer secret holds a shorter one: ***'],
    ['nothing to hide', [''], 'nothing to hide'],
  ])('%s', (text, values, expected) => expect(createSecretMask({ values }).text(text)).toBe(expected));
});
