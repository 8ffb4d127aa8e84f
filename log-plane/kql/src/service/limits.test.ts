import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, openEngine } from '../../conformance/engine.ts';
import { createKqlCompiler, warmUp } from '../index.ts';

const compiler = createKqlCompiler({
  name: 'Workspace',
  tables: [
    {
      name: 'T',
      relation: `(select 1::bigint as a, 'x' as s, '{}' as d)`,
      columns: [
        { name: 'a', type: 'long' },
        { name: 's', type: 'string' },
        { name: 'd', type: 'dynamic' },
      ],
    },
  ],
});

let engine: Engine;
beforeAll(async () => {
  warmUp();
  engine = await openEngine();
});
afterAll(() => engine.close());

const chain = (count: number, first: string, next: (index: number) => string, last: string) =>
  [first, ...Array.from({ length: count - 1 }, (_, index) => next(index + 1)), last].join('\n');
const around = (open: string, inner: string, close: string) => (count: number) =>
  open.repeat(count) + inner + close.repeat(count);
const joined = (item: string, separator: string) => (count: number) => Array(count).fill(item).join(separator);

/** Everything that can be nested or repeated, by how often. */
const SHAPES: Readonly<Record<string, (count: number) => string>> = {
  parentheses: (n) => `print x = ${around('(', '1', ')')(n)}`,
  'unary minus': (n) => `print x = ${'- '.repeat(n)}1`,
  'minus signs without blanks': (n) => `print x = ${'-'.repeat(n)}1`,
  not: (n) => `print x = ${around('not(', 'true', ')')(n)}`,
  'arrays in a dynamic literal': (n) => `print x = dynamic(${around('[', '1', ']')(n)})`,
  'bags in a dynamic literal': (n) => `print x = dynamic(${around('{"a":', '1', '}')(n)})`,
  'arrays in text that is parsed': (n) => `print x = parse_json('${around('[', '1', ']')(n)}')`,
  'lets that build on each other': (n) =>
    chain(n, 'let v0 = 1;', (i) => `let v${i} = v${i - 1} + 1;`, `print v${n - 1}`),
  'lets that double': (n) =>
    chain(n, 'let v0 = a;', (i) => `let v${i} = v${i - 1} + v${i - 1};`, `print v${n - 1}`).replace('= a', '= 1'),
  'lets of tables': (n) => chain(n, 'let t0 = T;', (i) => `let t${i} = t${i - 1} | where a > ${i};`, `t${n - 1}`),
  'lets of functions': (n) =>
    chain(n, 'let f0 = (x: long) { x };', (i) => `let f${i} = (x: long) { f${i - 1}(x) + 1 };`, `print f${n - 1}(1)`),
  'functions that call twice': (n) =>
    chain(
      n,
      'let f0 = (x: long) { x };',
      (i) => `let f${i} = (x: long) { f${i - 1}(x) + f${i - 1}(x) };`,
      `print f${n - 1}(1)`,
    ),
  'unions in unions': (n) => around('union T, (', 'T', ')')(n),
  'a wide union': (n) => `union ${joined('T', ', ')(n)}`,
  'joins in joins': (n) => around('T | join kind=inner (', 'T', ') on a')(n),
  'joins one after another': (n) => `T${' | join kind=inner T on a'.repeat(n)}`,
  'case in case': (n) => `print x = ${around('case(true, 1, ', '1', ')')(n)}`,
  'a wide case': (n) => `print x = case(${'true, 1, '.repeat(n)}1)`,
  'iff in iff': (n) => `print x = ${around('iff(true, 1, ', '1', ')')(n)}`,
  and: (n) => `T | where ${joined('a == 1', ' and ')(n)}`,
  or: (n) => `T | where ${joined('s has "x"', ' or ')(n)}`,
  plus: (n) => `print x = ${joined('1', ' + ')(n)}`,
  pipes: (n) => `T${' | where a > 1'.repeat(n)}`,
  extends: (n) => `T${' | extend a = a + 1'.repeat(n)}`,
  'a wide extend': (n) => `T | extend ${Array.from({ length: n }, (_, i) => `c${i} = a + ${i}`).join(', ')}`,
  'a list of in': (n) => `T | where a in (${joined('1', ', ')(n)})`,
  'a path': (n) => `T | project x = d${'.a'.repeat(n)}`,
  'steps of a path': (n) => `T | project x = d${'[0]'.repeat(n)}`,
  toscalar: (n) => `print x = ${around('toscalar(print x = ', '1', ')')(n)}`,
  'open brackets': (n) => `print x = ${'['.repeat(n)}`,
  'open braces': (n) => `let f = () ${'{'.repeat(n)}`,
  quotes: (n) => `print x = ${'"'.repeat(n)}`,
  commas: (n) => `print x = ${','.repeat(n)}`,
  semicolons: (n) => ';'.repeat(n),
  'nothing but pipes': (n) => `T ${'|'.repeat(n)}`,
  words: (n) => 'a '.repeat(n),
  numbers: (n) => `print x = ${'9'.repeat(n)}`,
  'mv-apply in mv-apply': (n) => `T${around(' | mv-apply d on (take 1', '', ')')(n)}`,
  partition: (n) => around('T | partition by a (', 'take 1', ')')(n),
  'columns of an order': (n) => `T | order by ${joined('a', ', ')(n)}`,
  'a datatable': (n) => `datatable(a: long) [${joined('1', ', ')(n)}]`,
  comments: (n) => `${'// x\n'.repeat(n)}T`,
};

/** The promise is one second on a machine of its own; the tests share theirs with others. */
const PATIENCE = 4_000;

function outcomeOf(text: string): { readonly sql?: string; readonly code?: string } {
  const start = performance.now();
  const compiled = compiler.compile(text, { now: 0n });
  expect(performance.now() - start).toBeLessThan(PATIENCE);
  if (compiled.ok) return { sql: compiled.sql };
  expect(compiled.diagnostics.length).toBeGreaterThan(0);
  expect(compiled.diagnostics.length).toBeLessThanOrEqual(201);
  return { code: compiled.diagnostics[0]?.code ?? '' };
}

describe('5,000 of anything is refused or compiled, soon', () => {
  it.each(Object.keys(SHAPES))('%s', (name) => {
    outcomeOf(SHAPES[name]?.(5_000) ?? '');
  });
});

describe('what is just not refused, the engine runs', () => {
  const most: Readonly<Record<string, number>> = {
    parentheses: 180,
    not: 60,
    'lets that build on each other': 220,
    'lets that double': 13,
    'lets of tables': 200,
    'lets of functions': 60,
    'unions in unions': 40,
    'joins one after another': 30,
    'case in case': 60,
    and: 480,
    or: 480,
    plus: 220,
    pipes: 430,
    extends: 200,
    'a path': 400,
    'a list of in': 2_000,
    'a datatable': 2_000,
  };
  it.each(Object.entries(most))('%s: %i', async (name, count) => {
    const { sql, code } = outcomeOf(SHAPES[name]?.(count) ?? '');
    expect(code).toBeUndefined();
    await engine.run(sql ?? '');
  });
});

describe('a megabyte is refused or compiled, soon', () => {
  const limit = { now: 0n, maxTextLength: 2_000_000 };
  const texts: Readonly<Record<string, string>> = {
    'one string': `print x = "${'a'.repeat(1_000_000)}"`,
    'one comment': `// ${'a'.repeat(1_000_000)}\nT`,
    'one name': 'a'.repeat(1_000_000),
    'one number': `print x = ${'1'.repeat(1_000_000)}`,
    blanks: `T${' '.repeat(1_000_000)}| count`,
    'lines of pipes': `T${'\n| where a > 1'.repeat(70_000)}`,
  };
  it.each(Object.keys(texts))('%s', (name) => {
    expect(compiler.compile(texts[name] ?? '', { now: 0n })).toMatchObject({ diagnostics: [{ code: 'kql.tooLong' }] });
    if (name === 'lines of pipes') return;
    const start = performance.now();
    compiler.compile(texts[name] ?? '', limit);
    expect(performance.now() - start).toBeLessThan(PATIENCE);
  });
});

it('names that double are counted before they are analysed', () => {
  const text = `let t0 = T;\n${Array.from({ length: 40 }, (_, i) => `let t${i + 1} = union t${i}, t${i};`).join('\n')}\nt40`;
  const start = performance.now();
  expect(compiler.compile(text, { now: 0n })).toMatchObject({
    diagnostics: [{ code: 'kql.tooComplex', message: 'Written out, the names of let are read more than 20000 times.' }],
  });
  expect(performance.now() - start).toBeLessThan(PATIENCE);
});

it('analysis that would take hours is given up', () => {
  const text = `T${Array.from({ length: 40 }, (_, i) => ` | as t${i} | union t${i}`).join('')}`;
  expect(compiler.compile(text, { now: 0n })).toMatchObject({
    diagnostics: [{ code: 'kql.tooComplex', message: 'The query is too complex. Its analysis takes too long.' }],
  });
});
