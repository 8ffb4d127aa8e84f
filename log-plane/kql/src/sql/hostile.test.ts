import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, openEngine } from '../../conformance/engine.ts';
import { createRandom, type Random, randomOf } from '../../fuzz/random.ts';
import { createKqlCompiler, type KqlTable } from '../index.ts';
import { printText } from './print-literal.ts';
import { printName } from './print-name.ts';

/**
 * Texts, names and paths that look like SQL, like templates of ours, like escapes: the engine has to give back exactly
 * them. `VIGIA_HOSTILE_CASES=100000 npx vitest run log-plane/kql/src/sql/hostile.test.ts` tries more, `VIGIA_HOSTILE_SEED` others.
 */
const CASES = Number(process.env['VIGIA_HOSTILE_CASES'] ?? 3_000);
const SEED = Number(process.env['VIGIA_HOSTILE_SEED'] ?? 7);
/** Of one query. */
const BATCH = 10;

const PIECES: readonly string[] = [
  "'",
  "''",
  '"',
  '""',
  '\\',
  '\\\\',
  "\\'",
  '\\"',
  '`',
  '```',
  '--',
  '/*',
  '*/',
  ';',
  '; drop table logs; --',
  "' or '1'='1",
  "' union select 1 --",
  '") from logs --',
  '$1',
  '$$',
  '$tag$',
  '$&',
  "$'",
  '$`',
  '{0}',
  '{1}',
  '{*}',
  '{0*}',
  '%s',
  '%',
  '_',
  '\0',
  '\n',
  '\r',
  '\t',
  '\u0008',
  '\u001f',
  '\u007f',
  '\u0085',
  '\u00a0',
  '\u2028',
  '\u2029',
  '\ufeff',
  '\ufffd',
  '\uffff',
  '\u202e',
  'é',
  'é',
  'ß',
  'İ',
  '日本',
  '🎉',
  '👨‍👩‍👧',
  '\ud800',
  '\udc00',
  '[',
  ']',
  "['",
  "']",
  '[0]',
  '.',
  '..',
  '$.',
  '$',
  '*',
  '#',
  '@',
  '~',
  '^',
  '?',
  '(',
  ')',
  '{',
  '}',
  '|',
  ',',
  ':',
  '=',
  '<',
  '>',
  '&',
  '!',
  'x',
  'null',
  'true',
  'NaN',
  '0',
  '-1',
  '1e5',
  "E'x'",
  "x'41'",
  'c1',
  't1',
  'r0',
  'start',
  'end',
  '"x"',
  '{"a":1}',
  '[1]',
  '\\u0041',
  '\\x41',
  '\\n',
  'now()',
  ' ',
  '  ',
  'https://a/b?c=d&e=%20',
  'a,b',
  '\\0',
  'chr(0)',
  'select',
  'C:\\x\\',
];

function hostile(random: Random): string {
  const count = random.chance(0.05) ? 200 : random.whole(7);
  let text = '';
  for (let index = 0; index < count; index++)
    text += random.chance(0.8)
      ? random.pick(PIECES)
      : String.fromCharCode(random.whole(random.chance(0.5) ? 128 : 65_536));
  return text;
}

/** What the engine can hold of it: half a surrogate pair is no text. */
const held = (text: string): string => Buffer.from(text).toString();

/** The engine's client takes a byte order mark off the front of each value that it reads; it is in the engine. */
const read = (value: string): string => value.replace(/^\ufeff/, '');

/** The text as a literal of KQL, in one of its forms. */
function literal(random: Random, text: string): string {
  const form = random.whole(4);
  const isPlain = !/[\n\r\u0085\u2028\u2029\0]/.test(text);
  if (form === 0 && isPlain) return `@"${text.replaceAll('"', '""')}"`;
  if (form === 1 && isPlain) return `h@'${text.replaceAll("'", "''")}'`;
  return form === 2 ? escaped(text, '"') : escaped(text, "'");
}

function escaped(text: string, quote: string): string {
  let written = quote;
  for (const char of text.split('')) {
    const code = char.charCodeAt(0);
    if (char === quote || char === '\\') written += `\\${char}`;
    else if (
      code < 32 ||
      code === 127 ||
      (code >= 0x80 && code < 0xa0) ||
      (code >= 0xd800 && code < 0xe000) ||
      (code & 0xfff0) === 0x2020 ||
      code >= 0xfff0
    )
      written += `\\u${code.toString(16).padStart(4, '0')}`;
    else written += char;
  }
  return written + quote;
}

interface Case {
  /** An expression of type string. */
  readonly kql: string;
  readonly value: string;
}

/** Ways of a text through the compiler, each with what has to come back. */
const WAYS: readonly ((random: Random) => Case)[] = [
  (random) => {
    const text = hostile(random);
    return { kql: literal(random, text), value: held(text) };
  },
  (random) => {
    const [a, b] = [hostile(random), hostile(random)];
    return { kql: `strcat(${literal(random, a)}, ${literal(random, b)})`, value: held(a) + held(b) };
  },
  (random) => {
    const [key, text] = [hostile(random), hostile(random)];
    const bag = JSON.stringify({ other: 1, [held(key)]: held(text) });
    return { kql: `tostring(parse_json(${literal(random, bag)})[${literal(random, key)}])`, value: held(text) };
  },
  (random) => {
    const [key, text] = [hostile(random), hostile(random)];
    return {
      kql: `tostring(bag_pack(${literal(random, key)}, ${literal(random, text)})[${literal(random, key)}])`,
      value: held(text),
    };
  },
  (random) => {
    const [key, inner, text] = [hostile(random), hostile(random), hostile(random)];
    const bag = JSON.stringify({ [held(key)]: [{ [held(inner)]: held(text) }] });
    return {
      kql: `tostring(dynamic(${bag})[${literal(random, key)}][0][${literal(random, inner)}])`,
      value: held(text),
    };
  },
  (random) => {
    const [before, text, after] = [hostile(random), hostile(random), hostile(random)];
    return {
      kql: `iff(strcat(${[before, text, after].map((part) => literal(random, part)).join(', ')}) contains_cs ${literal(random, text)}, 'yes', 'no')`,
      value: 'yes',
    };
  },
  (random) => {
    const text = hostile(random);
    const written = literal(random, text);
    return {
      kql: `iff(${written} in (${literal(random, `${text}x`)}, ${literal(random, text)}) and ${written} == ${literal(random, text)} and ${written} startswith_cs ${literal(random, text)}, ${written}, "no")`,
      value: held(text),
    };
  },
  (random) => {
    const [text, other] = [hostile(random), hostile(random)];
    return {
      kql: `replace_string(strcat("<", ${literal(random, `${text}|`)}, ">"), ${literal(random, `${text}|`)}, ${literal(random, other)})`,
      value: `<${held(other)}>`,
    };
  },
  (random) => {
    const text = `a${hostile(random)}b`;
    return {
      kql: `iff(${literal(random, text)} matches regex strcat("^", regex_quote(${literal(random, text)}), "$"), 'yes', 'no')`,
      value: 'yes',
    };
  },
  (random) => {
    const text = hostile(random);
    return { kql: `tostring(toscalar(print x = ${literal(random, text)}))`, value: held(text) };
  },
];

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const compiler = createKqlCompiler({ name: 'Empty', tables: [] });

async function rowOf(kql: string, from = compiler): Promise<readonly unknown[]> {
  const compiled = from.compile(kql, { now: 0n });
  if (!compiled.ok) throw new Error(`${compiled.diagnostics[0]?.message}\n${kql}`);
  const rows = await engine.run(compiled.sql).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${kql}\n${compiled.sql}`);
  });
  expect(rows.length, kql).toBe(1);
  return rows[0] ?? [];
}

describe('the engine gives back exactly the text', () => {
  it(`of ${CASES} hostile strings and paths`, { timeout: 600_000 }, async () => {
    for (let index = 0; index < CASES / BATCH; index++) {
      const random = randomOf(SEED, index);
      const cases = Array.from({ length: BATCH }, () => random.pick(WAYS)(random));
      const row = await rowOf(`print ${cases.map(({ kql }, column) => `x${column} = ${kql}`).join(', ')}`);
      for (const [column, { kql, value }] of cases.entries())
        if (row[column] !== read(value)) expect(row[column], `seed ${SEED}, batch ${index}: ${kql}`).toBe(read(value));
    }
  });

  it('of hostile columns that a query names', { timeout: 600_000 }, async () => {
    for (let index = 0; index < CASES / BATCH / 10; index++) {
      const random = randomOf(SEED + 1, index);
      const names = [...new Set(Array.from({ length: 4 }, () => `n${hostile(random)}`))];
      const quoted = names.map((name) => `[${escaped(name, "'")}]`);
      const values = names.map(() => hostile(random));
      const kql = `datatable(${quoted.map((name) => `${name}: string`).join(', ')}) [${values.map((value) => literal(random, value)).join(', ')}]
        | extend duplicate = ${quoted[0]} | where ${quoted[0]} == duplicate | summarize take_any(*) by ${quoted[0]} | project ${quoted.join(', ')}`;
      const compiled = compiler.compile(kql, { now: 0n });
      if (!compiled.ok) throw new Error(`${compiled.diagnostics[0]?.message}\n${kql}`);
      expect(compiled.columns.map(({ name }) => name)).toEqual(names);
      expect(await rowOf(kql)).toEqual(values.map((value) => read(held(value))));
    }
  });

  it('of hostile tables and columns that a store has', { timeout: 600_000 }, async () => {
    for (let index = 0; index < CASES / 100; index++) {
      const random = randomOf(SEED + 2, index);
      // A store's names have no NUL and are text.
      const nameOf = (prefix: string) =>
        held(
          held(`${prefix}${hostile(random)}`)
            .replaceAll('\0', '')
            .slice(0, 60),
        );
      const columns = [
        ...new Map(
          Array.from({ length: 3 }, (_, at) => nameOf(`c${at}`)).map((name) => [name.toLowerCase(), name]),
        ).values(),
      ];
      const name = nameOf(`t${index}`);
      const values = columns.map(() => held(hostile(random)));
      await engine.run(
        `create or replace table ${printName(name)} as select ${columns.map((column, at) => `${printText(values[at] ?? '')} as ${printName(column)}`).join(', ')}`,
      );
      const table: KqlTable = {
        name,
        relation: printName(name),
        columns: columns.map((column) => ({ name: column, type: 'string' })),
      };
      const quoted = columns.map((column) => `[${escaped(column, "'")}]`);
      const kql = `[${escaped(name, "'")}] | where isnotnull(${quoted[0]}) | project ${quoted.join(', ')}`;
      expect(await rowOf(kql, createKqlCompiler({ name: 'Hostile', tables: [table] }))).toEqual(values.map(read));
    }
  });

  it('the literals of KQL that this test writes are read as it means them', () => {
    const random = createRandom(1);
    expect(literal({ ...random, whole: () => 0 }, `a"b'c`)).toBe(`@"a""b'c"`);
    expect(escaped(`a"b'\\\n`, '"')).toBe(`"a\\"b'\\\\\\u000a"`);
  });
});
