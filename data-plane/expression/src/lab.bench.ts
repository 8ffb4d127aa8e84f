import { bench, describe } from 'vitest';
import { corpusContext } from '../conformance/corpus-context.ts';
import { loadCSharp } from './load-csharp.ts';

/** Expressions as gateways evaluate them for each request. */
const expressions = {
  'a header of the lab': '@(context.Request.Headers.GetValueOrDefault("x-user-id", "anonymous"))',
  'a subscription': '@(context.Subscription?.Id ?? "none")',
  'a variable': '@((string)context.Variables["name"] == "vigia")',
  'a condition': '@(context.Response.StatusCode == 429 || context.Response.StatusCode >= 500)',
  'an interpolated text': '@($"{context.Request.Method} {context.Request.Url.Path} {context.RequestId}")',
  'a body': '@((string)context.Request.Body.As<JObject>(preserveContent: true)["model"])',
  'a block': '@{ var n = 0; foreach (var c in "hello") { if (c == \'l\') n++; } return n; }',
} as const;

const context = corpusContext({
  context: {
    Request: {
      Headers: { 'X-User-Id': ['ana'] },
      Body: '{"model":"gpt-4o","messages":[{"role":"user","content":"Why?"}]}',
    },
    Response: { StatusCode: 200 },
    Subscription: { Id: 'sub-1', Key: 'k', Name: 'n' },
    Variables: { name: { type: 'System.String', value: 'vigia' } },
  },
});
const csharp = await loadCSharp();

describe('one evaluation', () => {
  for (const [name, text] of Object.entries(expressions)) {
    const compiled = csharp.compile(text);
    bench(name, () => {
      compiled.evaluate(context);
    });
  }
});
