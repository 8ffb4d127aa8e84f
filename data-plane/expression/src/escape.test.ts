import { describe, expect, it } from 'vitest';
import { corpusContext } from '../conformance/corpus-context.ts';
import { deep, refused, stopped } from '../conformance/hostile.ts';
import { ExpressionError } from './csharp.ts';
import { loadCSharp } from './load-csharp.ts';

const run = async (expression: string): Promise<void> => {
  const csharp = await loadCSharp();
  csharp.compile(expression).evaluate(corpusContext({}));
};

describe('hostile expressions', () => {
  it.each(refused)('%s is refused when compiled', async (expression) => {
    const csharp = await loadCSharp();
    expect(csharp.compile(expression).diagnostics).not.toEqual([]);
  });
  it.each(stopped)('%s is stopped', async (expression) => {
    const started = performance.now();
    await expect(run(expression)).rejects.toThrow(ExpressionError);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
  it.each(deep.map((expression) => [expression.slice(0, 40), expression] as const))(
    '%s… ends',
    async (_shown, expression) => {
      const started = performance.now();
      const csharp = await loadCSharp();
      const compiled = csharp.compile(expression);
      try {
        compiled.evaluate(corpusContext({}));
      } catch (error) {
        expect(error).toBeInstanceOf(ExpressionError);
      }
      expect(performance.now() - started).toBeLessThan(5_000);
    },
  );
  it('there are a hundred of them', () => {
    expect(refused.length + stopped.length + deep.length).toBeGreaterThanOrEqual(100);
  });
  it('values named like members of a prototype are only values', async () => {
    const csharp = await loadCSharp();
    const value = (text: string) => csharp.compile(text).evaluate(corpusContext({}));
    expect(value('@(JObject.Parse("{}")["__proto__"] == null)')).toBe(true);
    expect(value('@(JObject.Parse("{\\"__proto__\\":{\\"a\\":1}}")["a"] == null)')).toBe(true);
    expect(value('@(context.Variables.ContainsKey("constructor"))')).toBe(false);
    expect(value('@(context.Request.Headers.ContainsKey("__proto__"))')).toBe(false);
    expect(value('@(new Dictionary<string, int>().ContainsKey("toString"))')).toBe(false);
    expect(value('@{ var d = new Dictionary<string, int>(); d["__proto__"] = 1; return d["__proto__"]; }')).toBe(1);
    expect(value('@(new JObject(new JProperty("__proto__", 1)).ToString(Newtonsoft.Json.Formatting.None))')).toBe(
      '{"__proto__":1}',
    );
  });
});
