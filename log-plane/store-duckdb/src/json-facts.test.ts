import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type LogStore, type StoredFacts, tableSchema } from '@vigia/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hiddenColumns, knownColumn } from './json-facts.ts';
import { openDuckDbStore } from './open-duckdb-store.ts';

const logger = { info: () => {}, warn: console.warn, error: console.error };
const WORKSPACE = '11111111-1111-1111-1111-111111111111';
const TABLE = 'ApiManagementGatewayLogs';

/** Texts as clients and backends may send them. */
const BODIES: readonly string[] = [
  '{"model":"gpt-4o","usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}',
  '{ "model" : "gpt-4o" , "usage" : { "prompt_tokens" : 1 , "completion_tokens" : 2.50 , "total_tokens" : 3.0 } }',
  '{"model":"12","usage":{"prompt_tokens":"1","completion_tokens":" 2 ","total_tokens":"1e3"}}',
  '{"model":12,"usage":{"prompt_tokens":1e3,"completion_tokens":-0,"total_tokens":-0.0}}',
  '{"model":null,"usage":{"prompt_tokens":null,"completion_tokens":true,"total_tokens":[1]}}',
  '{"model":["a", 1],"usage":{"prompt_tokens":{"a" : 1},"completion_tokens":"","total_tokens":NaN}}',
  '{"model":"","usage":{"prompt_tokens":9223372036854775807,"completion_tokens":9223372036854775808,"total_tokens":1e400}}',
  '{"model":"null","usage":{"prompt_tokens":-9223372036854775808,"completion_tokens":18446744073709551615,"total_tokens":12345678901234567890123}}',
  '{"model":"caf\\u00e9 \\"x\\" \\\\ / 😀","usage":{"prompt_tokens":0.1e-7}}',
  '{"model":"a\\u0000b"}',
  '{"model":"first","model":"second","usage":{"total_tokens":1},"usage":{"total_tokens":2}}',
  '{"model":"x","usage":"{\\"total_tokens\\":3}"}',
  '{"model":"x","usage":[{"total_tokens":3}],}',
  '[{"model":"x"}]',
  '"model"',
  'null',
  '12',
  '',
  ' ',
  'data: {"model":"x"}',
  '{"model":"cut","usage":{"total_to',
  '{"model":"\\ud800"}',
  'half a pair \ud800',
  'a\0b',
];

let folder: string;
let store: LogStore;
const open = async (): Promise<void> => {
  store = await openDuckDbStore({ folder, memoryLimit: 300e6, threads: 2, logger });
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigia-facts-'));
  await open();
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

/** The two bodies of a row differ, but for every third row. */
const append = (from: number) =>
  store.append({
    source: 's',
    from: { segment: 1, offset: from },
    to: { segment: 1, offset: from + 1 },
    records: BODIES.map((body, at) => ({
      id: String(at),
      rows: [
        {
          table: TABLE,
          workspaceId: WORKSPACE,
          values: {
            CorrelationId: `${from}-${String(at).padStart(2, '0')}`,
            BackendResponseBody: body,
            ResponseBody: at % 3 === 0 ? body : (BODIES[(at + 7) % BODIES.length] ?? ''),
            RequestBody: body,
          },
        },
      ],
    })),
  });

/** Changes the closed file from outside, as another version would. */
async function change(...statements: readonly string[]): Promise<void> {
  await store.close();
  const instance = await DuckDBInstance.create(join(folder, 'logs.duckdb'));
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
  await open();
}

const texts = async (sql: string, width: number) => {
  const { rows } = await store.query({
    sql,
    parameters: [],
    types: Array.from({ length: width }, () => 'dynamic' as const),
    maxRows: 10_000,
    timeoutMs: 20_000,
  });
  return rows;
};

function facts(): StoredFacts {
  const found = store.facts(TABLE, WORKSPACE);
  if (found === undefined) throw new Error('The table has no facts.');
  return found;
}

/** What the hidden columns say and what the texts say: JSON and plain text at each path, and whether there is JSON at all. */
async function bothReadings() {
  const { relation, texts: columns } = facts();
  const hidden: string[] = [];
  const read: string[] = [];
  for (const { column, validity, paths } of columns) {
    hidden.push(`"${validity}"::varchar`);
    read.push(`json_valid("${column}")::varchar`);
    for (const { path, value, rest } of paths) {
      const text = `case when json_valid("${column}") then "${column}" end`;
      const at = `'$.${path.join('.')}'`;
      hidden.push(
        `coalesce(to_json("${value}")::varchar, "${rest}")`,
        `coalesce("${value}"::varchar, json_extract_string("${rest}", '$'))`,
      );
      read.push(`nullif(json_extract(${text}, ${at})::varchar, 'null')`, `json_extract_string(${text}, ${at})`);
    }
  }
  const from = `from ${relation} order by "CorrelationId"`;
  return {
    hidden: await texts(`select ${hidden.join(', ')} ${from}`, hidden.length),
    read: await texts(`select ${read.join(', ')} ${from}`, read.length),
  };
}

const unfilled = async (): Promise<unknown> => {
  const sql = `select count(*)::varchar from logs.main."${TABLE}" where "${knownColumn(schema())}" is null`;
  return (await texts(sql, 1))[0]?.[0];
};

function schema() {
  const found = tableSchema(TABLE);
  if (found === undefined) throw new Error('The table is gone.');
  return found;
}

describe('hidden columns say what the texts say', () => {
  it('as they are written', async () => {
    expect((await append(0)).rejected).toEqual([]);
    const { hidden, read } = await bothReadings();
    expect(hidden).toHaveLength(BODIES.length);
    expect(hidden).toEqual(read);
    expect(await unfilled()).toBe('0');
  });

  it('a usual answer has its values in columns of their types, and nothing beside them', async () => {
    await append(0);
    const [model, total] = ['model', 'usage.total_tokens'].map((path) =>
      facts()
        .texts.find(({ column }) => column === 'BackendResponseBody')
        ?.paths.find((each) => each.path.join('.') === path),
    );
    const sql = `select "${model?.value}", "${total?.value}" + 0, "${model?.rest}", "${total?.rest}" from ${facts().relation} where "CorrelationId" = '0-00'`;
    const { rows } = await store.query({
      sql,
      parameters: [],
      types: ['string', 'long', 'dynamic', 'dynamic'],
      maxRows: 2,
      timeoutMs: 20_000,
    });
    expect(rows).toEqual([['gpt-4o', 3n, null, null]]);
  });

  it('in a file of a version without them, beside rows that have them', async () => {
    await append(0);
    const hidden = hiddenColumns(schema()).map(({ name }) => name);
    await change(...hidden.map((name) => `alter table "${TABLE}" drop column "${name}"`));
    await append(1);
    expect(await unfilled()).toBe(String(BODIES.length));
    const { hidden: found, read } = await bothReadings();
    expect(found).toHaveLength(2 * BODIES.length);
    expect(found).toEqual(read);
  });

  it('after a version with other facts wrote: what it did not fill is not taken for filled', async () => {
    await append(0);
    const model = facts().texts.find(({ column }) => column === 'BackendResponseBody')?.paths[0]?.value;
    await change(
      `alter table "${TABLE}" rename column "${knownColumn(schema())}" to vigia_facts_other`,
      `update "${TABLE}" set "${model}" = null`,
    );
    const { hidden, read } = await bothReadings();
    expect(hidden).toEqual(read);
  });

  it('nobody sees them in the table itself, and no writer fills them', async () => {
    await append(0);
    const { relation } = facts();
    expect(store.relation(TABLE, WORKSPACE)).not.toContain('vigia_');
    expect(relation).toContain('vigia_');
    const { rejected } = await store.append({
      source: 's',
      from: { segment: 1, offset: 1 },
      to: { segment: 1, offset: 2 },
      records: [{ id: 'r', rows: [{ table: TABLE, workspaceId: WORKSPACE, values: { vigia_RequestBody: true } }] }],
    });
    expect(rejected).toHaveLength(1);
  });
});
