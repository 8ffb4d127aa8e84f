import { describe, expect, it } from 'vitest';
import { corpusContext } from './corpus-case.ts';
import { ExpressionError } from './csharp.ts';
import { loadCSharp } from './load-csharp.ts';

const hostile: readonly string[] = [
  '@(context.constructor)',
  '@(context.__proto__)',
  '@(context.GetType())',
  '@("".GetType().Assembly)',
  '@(typeof(string).Assembly.GetType("System.IO.File"))',
  '@(context.Variables.constructor)',
  '@(context.Request.constructor)',
  '@("a".constructor)',
  '@("a".prototype)',
  '@(context.toString())',
  '@(context.hasOwnProperty("a"))',
  '@(process.exit())',
  '@(globalThis)',
  '@(require("fs"))',
  '@(eval("1"))',
  '@(System.IO.File.ReadAllText("/etc/passwd"))',
  '@(new System.Net.WebClient())',
  '@(System.Diagnostics.Process.Start("sh"))',
  '@(System.Environment.GetEnvironmentVariable("PATH"))',
  '@(Environment.Exit(1))',
  '@(Activator.CreateInstance(null))',
  '@(System.Reflection.Assembly.Load("x"))',
  '@(AppDomain.CurrentDomain)',
  '@(Type.GetType("System.String"))',
  '@(System.Threading.Thread.Sleep(100000))',
  '@(context.services)',
  '@(context.Request.headers)',
  '@(new JObject().constructor)',
  '@(new JObject().properties)',
  '@{ while (true) { } return 1; }',
  '@{ for (;;) { } return 1; }',
  '@{ for (int i = 0; i < 2000000000; i++) { } return 1; }',
  '@{ do { } while (true); return 1; }',
  '@{ var s = "x"; while (true) { s = s + s; } return s; }',
  '@{ var l = new List<int>(); while (true) { l.Add(1); } return 1; }',
  '@(new byte[2000000000])',
  '@("x".PadLeft(2000000000))',
  '@{ try { while (true) { } } catch (Exception e) { return "caught"; } return 1; }',
  '@{ while (true) { try { while (true) { } } finally { continue; } } return 1; }',
  '@(Regex.IsMatch("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a+)+$"))',
  '@(dynamic.x)',
  '@{ unsafe { int* p = null; } return 1; }',
];

describe('hostile expressions', () => {
  it.each(hostile)('%s is refused or stopped', async (expression) => {
    const csharp = await loadCSharp();
    const compiled = csharp.compile(expression);
    const started = performance.now();
    expect(() => compiled.evaluate(corpusContext({ id: '', expression, expected: {} }))).toThrow(ExpressionError);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
  it('values named like members of a prototype are only values', async () => {
    const csharp = await loadCSharp();
    const run = (text: string) =>
      csharp.compile(text).evaluate(corpusContext({ id: '', expression: text, expected: {} }));
    expect(run('@(JObject.Parse("{}")["__proto__"] == null)')).toBe(true);
    expect(run('@(context.Variables.ContainsKey("constructor"))')).toBe(false);
  });
});
