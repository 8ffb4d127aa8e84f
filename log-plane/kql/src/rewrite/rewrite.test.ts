import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine } from '../../conformance/engine.ts';
import { bindQuery } from '../bind/bind-query.ts';
import { createKqlCompiler } from '../index.ts';
import type { KqlDatabase, KqlFacts } from '../interface.ts';
import { createGlobals } from '../service/database.ts';
import { L } from '../service/kusto.ts';
import { printText } from '../sql/print-literal.ts';
import { printQuery } from '../sql/print-query.ts';

/** JSON in text as clients and backends may send it, and what is none. */
const BODIES: readonly string[] = [
  '{"model":"gpt-4o","usage":{"total_tokens":12}}',
  '{"model":"gpt-4o", "usage" : {"total_tokens" : 12 , "x": [1, 2.50, null]}}',
  '{"model":"","usage":{"total_tokens":0}}',
  '{"model":"12","usage":{"total_tokens":"12"}}',
  '{"model":"true","usage":{"total_tokens":" 5 "}}',
  '{"model":"2026-01-02T03:04:05Z","usage":{"total_tokens":"1e3"}}',
  '{"model":"300000000000","usage":{"total_tokens":300000000000}}',
  '{"model":"00:00:10","usage":{"total_tokens":-7}}',
  '{"model":"3c0b1d2e-1111-2222-3333-444455556666","usage":{"total_tokens":9223372036854775807}}',
  '{"model":12,"usage":{"total_tokens":12.5}}',
  '{"model":1.50,"usage":{"total_tokens":12.0}}',
  '{"model":true,"usage":{"total_tokens":true}}',
  '{"model":null,"usage":{"total_tokens":null}}',
  '{"model":"null","usage":{"total_tokens":"null"}}',
  '{"model":["gpt-4o", 1],"usage":{"total_tokens":[12]}}',
  '{"model":{"name" : "x"},"usage":{"total_tokens":{"n": 1.0}}}',
  '{"model":"caf\\u00e9 \\"x\\" \\\\ / \\u0041","usage":{"total_tokens":1e3}}',
  '{"model":"a\\u0000b","usage":{"total_tokens":0.1e-7}}',
  '{"model":"😀","usage":{"total_tokens":18446744073709551615}}',
  '{"model":"x","usage":{"total_tokens":12345678901234567890123}}',
  '{"model":"x","usage":{"total_tokens":1e400}}',
  '{"model":"x","usage":{"total_tokens":-0}}',
  '{"model":"x","usage":{"total_tokens":-0.0}}',
  '{"model":"x","usage":{"total_tokens":NaN}}',
  '{"model":"first","model":"second","usage":{"total_tokens":1},"usage":{"total_tokens":2}}',
  '{"MODEL":"x","Usage":{"total_tokens":1}}',
  '{"model":"x","usage":"{\\"total_tokens\\": 3}"}',
  '{"model":"x","usage":[{"total_tokens":3}]}',
  '{"model":"x","usage":null}',
  '{"model":"x"}',
  '{"model":"x","usage":{"total_tokens":4},}',
  '[{"model":"x"}]',
  '"model"',
  '12',
  'null',
  '',
  ' ',
  'data: {"model":"x"}',
  '{"model":"cut","usage":{"total_to',
  '{"model":"\\ud800","usage":{"total_tokens":1}}',
];

/** As a store may keep them: the value where its own JSON is the JSON that stands there, else the JSON. */
const jsonAt = (path: string) =>
  `nullif(json_extract(case when json_valid("Body") then "Body" end, '${path}')::varchar, 'null')`;
const MODEL = `json_extract_string(${jsonAt('$.model')}, '$')`;
const isUsual = `to_json(${MODEL})::varchar = ${jsonAt('$.model')}`;
const total = `try_cast(${jsonAt('$.usage.total_tokens')} as bigint)`;
const isWhole = `${total}::varchar = ${jsonAt('$.usage.total_tokens')}`;
const facts: KqlFacts = {
  relation: `(select *, json_valid("Body") as "v", case when ${isUsual} then ${MODEL} end as "m", case when ${isUsual} then null else ${jsonAt('$.model')} end as "mr", case when ${isWhole} then ${total} end as "t", case when ${isWhole} then null else ${jsonAt('$.usage.total_tokens')} end as "tr" from logs)`,
  texts: [
    {
      column: 'Body',
      validity: 'v',
      paths: [
        { path: ['model'], type: 'string', value: 'm', rest: 'mr' },
        { path: ['usage', 'total_tokens'], type: 'long', value: 't', rest: 'tr' },
      ],
    },
  ],
};
const table = {
  name: 'Logs',
  relation: 'logs',
  columns: [
    { name: 'Id', type: 'long' },
    { name: 'Body', type: 'string' },
    { name: 'Bag', type: 'dynamic' },
    { name: 'Code', type: 'int' },
  ],
} as const;
const plain: KqlDatabase = { name: 'db', tables: [table] };
const rich: KqlDatabase = { name: 'db', tables: [{ ...table, facts }] };

let engine: Awaited<ReturnType<typeof openEngine>>;
beforeAll(async () => {
  engine = await openEngine();
  await engine.run('create table logs ("Id" bigint, "Body" varchar, "Bag" varchar, "Code" integer)');
  for (const [id, body] of BODIES.entries())
    await engine.run(
      `insert into logs values (${id}, ${printText(body)}, case when json_valid(${printText(body)}) then nullif(${printText(body)}::json::varchar, 'null') end, ${id % 3 === 0 ? 200 : 404})`,
    );
});
afterAll(() => engine.close());

/** The SQL of a query without this room's rewriting. */
function unwritten(kql: string): string {
  const globals = createGlobals(plain);
  const code = L.KustoCode.ParseAndAnalyze(kql, globals);
  if (code === null) throw new Error('The parser returned nothing.');
  return printQuery(bindQuery(code, { database: plain, globals, text: kql, options: { now: 0n } }));
}

function rewritten(kql: string, database: KqlDatabase): string {
  const compiled = createKqlCompiler(database).compile(kql, { now: 0n });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics));
  return compiled.sql;
}

const CONVERSIONS =
  'tostring tolong toint toreal todecimal tobool todatetime totimespan toguid gettype isnull isnotnull isempty strlen'.split(
    ' ',
  );
const SPELLINGS: Readonly<Record<string, string>> = {
  model: "parse_json(Body)['model']",
  'total_tokens by dots': 'parse_json(Body).usage.total_tokens',
  'total_tokens through two parsings': "parse_json(parse_json(Body)['usage'])['total_tokens']",
  extract_json: "extract_json('$.usage.total_tokens', Body)",
  'a path that is not kept': 'parse_json(Body).usage.x[1]',
  'a path into a dynamic column': 'Bag.usage.total_tokens',
  'a key with signs': "parse_json(Body)['a/b~c\\\"*']",
};

/** Each by the whole of its rows, in order. */
const QUERIES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(SPELLINGS).map(([title, path]) => [
      `conversions of ${title}`,
      `Logs | extend ${CONVERSIONS.map((to) => `x_${to} = ${to}(${path})`).join(', ')} | project-away Body, Bag | order by Id asc`,
    ]),
  ),
  'a path by itself, and beside another':
    'Logs | project Id, parse_json(Body).model, parse_json(Body).usage | order by Id asc',
  'an extended bag':
    'Logs | extend b = parse_json(Body) | extend u = b.usage | project Id, m = tostring(b.model), t = todecimal(u.total_tokens), u | order by Id asc',
  'a filter by a path, others above':
    "Logs | where Code == 200 and tostring(parse_json(Body).model) != '' | extend t = tolong(parse_json(Body).usage.total_tokens) | where t > 1 | project Id, t | order by Id asc",
  'aggregates of one conversion':
    'Logs | extend t = parse_json(Body).usage.total_tokens | summarize sum(todecimal(t)), avg(todecimal(t)), max(todouble(t)), count() by m = tostring(parse_json(Body).model) | order by m asc',
  'a cut above what is computed':
    'Logs | extend m = tostring(parse_json(Body).model), t = tolong(parse_json(Body).usage.total_tokens) | where Code == 200 | top 5 by Id asc | project Id, m, t',
  'a cut by what is computed':
    'Logs | extend m = tostring(parse_json(Body).model), t = strlen(Body) | extend t2 = (t + 1) * 100 + Id | top 5 by t2 asc | project Id, m, t',
  'a let that is read twice':
    'let L = Logs | where Code == 200; L | extend m = tostring(parse_json(Body).model) | join kind=leftouter (L | extend t = tolong(parse_json(Body).usage.total_tokens) | project Id, t) on Id | project Id, m, t | order by Id asc',
  'an outer join that leaves bodies out':
    'Logs | where Id < 5 | project Id, k = Id + 2 | join kind=leftouter (Logs | where Id < 4) on $left.k == $right.Id | project Id, m = tostring(parse_json(Body).model), t = toint(parse_json(Body).usage.total_tokens) | order by Id asc',
  'a union of two uses':
    'Logs | union (Logs | where Code == 200) | summarize count(), sum(tolong(parse_json(Body).usage.total_tokens)) by m = tostring(parse_json(Body).model) | order by m asc',
  'only a count of rows':
    'let L = Logs | extend m = tostring(parse_json(Body).model); print n = toscalar(L | count), k = toscalar(L | summarize dcount(m))',
  'expanded elements':
    'Logs | mv-expand x = parse_json(Body).usage.x | project Id, x = tostring(x), m = tostring(parse_json(Body).model) | order by Id asc, x asc',
  'all columns, none of them hidden': 'Logs | where tostring(parse_json(Body).model) == "x" | order by Id asc',
  'the schema, no hidden column in it': 'Logs | getschema',
  'a word in any column': 'Logs | search "gpt" | order by Id asc',
  'as a condition in a list':
    'Logs | where tostring(parse_json(Body).model) in ((Logs | where Code == 200 | project tostring(parse_json(Body).model))) | project Id | order by Id asc',
  'substrings of a path':
    "Logs | project Id, s = substring(parse_json(Body).model, 0, indexof(parse_json(Body).model, '-')) | order by Id asc",
};

describe('a rewritten query has the rows of the one that was written', () => {
  it.each(Object.entries(QUERIES))('%s', async (_, kql) => {
    const rows = async (sql: string) => (await engine.run(sql)).map((row) => row.map(String));
    const expected = await rows(unwritten(kql));
    expect(expected.length).toBeGreaterThan(0);
    expect(await rows(rewritten(kql, plain)), 'without kept facts').toEqual(expected);
    expect(await rows(rewritten(kql, rich)), 'with kept facts').toEqual(expected);
  });
});

describe('what a query costs', () => {
  const cases: Readonly<
    Record<string, { readonly kql: string; readonly has?: RegExp; readonly lacks?: RegExp; readonly facts?: true }>
  > = {
    'paths of one text are read by one parse': {
      kql: 'Logs | project tostring(parse_json(Body).a), tolong(parse_json(Body).b.c), tostring(parse_json(Body).a)',
      has: /json_extract\(case when json_valid\((c\d+)\) then \1 end, \['\$\.a', '\$\.b\.c'\]\)/,
      lacks: /json_valid.*json_valid/,
    },
    'kept facts leave the text alone': {
      kql: 'Logs | summarize sum(tolong(parse_json(Body).usage.total_tokens)) by tostring(parse_json(Body).model)',
      facts: true,
      has: /"t" as/,
      lacks: /"Body" as c/,
    },
    'a text that is read anyway is known to be JSON or not': {
      kql: 'Logs | project tostring(parse_json(Body).other)',
      facts: true,
      lacks: /json_valid\(c/,
    },
    'a query without kept facts reads the plain table': { kql: 'Logs | count', facts: true, lacks: /"v"/ },
    'columns that nobody reads are not named': { kql: 'Logs | where Code == 200 | project Id', lacks: /Body|Bag/ },
    'values that nobody reads are not computed': { kql: 'Logs | extend x = strlen(Body) | count', lacks: /length/ },
    'what the order does not need is computed for the rows that are left': {
      kql: 'Logs | extend m = tostring(parse_json(Body).a) | top 3 by Id | project m',
      has: /json_extract_string.*limit 3/,
    },
    'conditions without paths come before the parsing': {
      kql: "Logs | where tostring(parse_json(Body).a) == 'x' and Code == 200 and tostring(parse_json(Body).b) == 'y'",
      has: /unnest\(.*where .*= 200.*where .*= 'x'.*= 'y'/,
    },
  };
  it.each(Object.entries(cases))('%s', (_, { kql, has, lacks, facts: kept }) => {
    const sql = rewritten(kql, kept === true ? rich : plain);
    if (has !== undefined) expect(sql).toMatch(has);
    if (lacks !== undefined) expect(sql).not.toMatch(lacks);
  });
});
