import { mkdtemp, open as openFile, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { isProblem } from '@vigia/problem';
import type { LogStore, StoreQuery } from '@vigia/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDuckDbStore } from './open-duckdb-store.ts';

const logger = { info: () => {}, warn: console.warn, error: console.error };
const WORKSPACE = '11111111-1111-1111-1111-111111111111';

let folder: string;
let opened: LogStore[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigia-store-'));
  opened = [];
});
afterEach(async () => {
  for (const store of opened) await store.close();
  await rm(folder, { recursive: true });
});

const open = async (memoryLimit = 300e6): Promise<LogStore> => {
  const store = await openDuckDbStore({ folder, memoryLimit, threads: 2, logger });
  opened.push(store);
  return store;
};

const long = (sql: string, more: Partial<StoreQuery> = {}): StoreQuery => ({
  sql,
  parameters: [],
  types: ['long'],
  maxRows: 10,
  timeoutMs: 20_000,
  ...more,
});

const bodies = (count: number, from: number) => ({
  source: 's',
  from: { segment: 1, offset: from },
  to: { segment: 1, offset: from + 1 },
  records: Array.from({ length: count }, (_, n) => ({
    id: String(n),
    rows: [
      {
        table: 'ApiManagementGatewayLogs',
        workspaceId: WORKSPACE,
        values: { ResponseBody: `${from} ${n} `.repeat(300) },
      },
    ],
  })),
});

/** Changes the closed file from outside, as another version would. */
async function change(...statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(join(folder, 'logs.duckdb'));
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

const sampleAt = (TimeGenerated: string) => ({
  table: 'VigiaMetricSample',
  workspaceId: WORKSPACE,
  values: { TimeGenerated, Value: 1 },
});

describe('what cannot be opened is one clear problem', () => {
  const file = () => join(folder, 'logs.duckdb');
  const broken: Readonly<Record<string, readonly [code: string, prepare: () => Promise<unknown>]>> = {
    'a file that is no database': ['LogStoreDamaged', () => writeFile(file(), 'no database at all, '.repeat(1000))],
    'a file of another kind, but short': ['LogStoreDamaged', () => writeFile(file(), 'x')],
    'a database that was cut': [
      'LogStoreDamaged',
      async () => {
        await fill();
        const handle = await openFile(file(), 'r+');
        await handle.truncate(Math.floor((await stat(file())).size / 3));
        await handle.close();
      },
    ],
    'a database with damaged headers': [
      'LogStoreDamaged',
      async () => {
        await fill();
        const bytes = await readFile(file());
        bytes.fill(0xaa, 4_096, 12_288);
        await writeFile(file(), bytes);
      },
    ],
    'a layout of a newer version': [
      'LogStoreTooNew',
      async () => {
        await fill();
        await change('update internal.format set version = 99');
      },
    ],
    'a file of a newer engine': [
      'LogStoreTooNew',
      async () => {
        await fill();
        // The header: a checksum of 8 bytes (an xor of its words, each times a constant), the mark DUCK, the version.
        const bytes = await readFile(file());
        const before = bytes.readBigUInt64LE(8);
        bytes.writeUInt32LE(9_999, 12);
        const share = (word: bigint): bigint => BigInt.asUintN(64, word * 0xbf58476d1ce4e5b9n);
        const checksum = bytes.readBigUInt64LE(0) ^ share(before) ^ share(bytes.readBigUInt64LE(8));
        bytes.writeBigUInt64LE(checksum, 0);
        await writeFile(file(), bytes);
      },
    ],
    'a column of another type': [
      'LogStoreIncompatible',
      async () => {
        await fill();
        await change('alter table "ApiManagementGatewayLogs" alter "ResponseCode" type VARCHAR');
      },
    ],
    'a file that is open already': ['LogStoreInUse', () => open()],
  };
  const fill = async (): Promise<void> => {
    const store = await open();
    await store.append(bodies(100, 0));
    await store.close();
  };

  it.each(Object.entries(broken))('%s', async (_, [code, prepare]) => {
    await prepare();
    const error = await open().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(isProblem(error) ? error.code : error).toBe(code);
    expect(error).toMatchObject({ status: 503, message: expect.stringContaining(file()) });
  });

  it('and opens once the damage is moved away', async () => {
    await writeFile(file(), 'no database');
    await expect(open()).rejects.toMatchObject({ code: 'LogStoreDamaged' });
    await rm(file());
    expect((await (await open()).append(bodies(1, 0))).rows).toBe(1);
  });
});

describe('the memory limit', () => {
  it.each([
    ['2GB', true],
    ['512 MiB', true],
    [300e6, true],
    ['plenty', false],
    ["1GB'; --", false],
  ])('%s', async (memoryLimit, isUsable) => {
    const opening = openDuckDbStore({ folder, memoryLimit, threads: 1, logger });
    if (isUsable) opened.push(await opening);
    else await expect(opening).rejects.toThrow('such as 2GB');
  });
});

describe('the engine is locked', () => {
  it.each([
    "select count(*) from read_csv('/etc/passwd')",
    "select count(*) from read_text('/etc/passwd')",
    "select count(*) from glob('/etc/*')",
    "select count(*) from '/etc/passwd.csv'",
    "select count(*) from sniff_csv('/etc/passwd')",
    "copy (select 1) to '/tmp/vigia-store-out.csv'",
    "attach '/tmp/vigia-store-other.duckdb'",
    'install httpfs',
    'load httpfs',
    "set memory_limit = '100GB'",
    'reset lock_configuration',
    'checkpoint logs',
    'drop table logs.main."AppTraces"',
    'call force_checkpoint()',
    'pragma database_list',
    'explain select 1',
    'select 1; select 2',
    'with gone as (delete from logs.main."AppTraces" returning 1) select count(*) from gone',
    'select * from query(\'drop table logs.main."AppTraces"\')',
    'create temp table t as select 1',
    'use memory',
  ])('%s', async (sql) => {
    const store = await open();
    await expect(store.query(long(sql))).rejects.toThrow();
    expect((await store.query(long(`select count(*) from ${store.relation('AppTraces', WORKSPACE)}`))).rows).toEqual([
      [0n],
    ]);
  });
});

describe("the engine's errors are problems that show nothing of it", () => {
  it.each([
    ['LowMemoryCondition', "select count(distinct range || repeat('x', 2000)) from range(3000000)"],
    ['NumericOverflow', 'select sum(x) from (select 9223372036854775807 + range as x from range(10))'],
    ['ValueOutOfRange', 'select sqrt(-1 - range) from range(10)'],
    ['ConversionFailed', "select cast('secret ' || range as bigint) from range(10)"],
    [
      'ConversionFailed',
      "select case when range = 90000 then cast('secret' as bigint) else range end from range(100000)",
    ],
    ['ListTooLong', "select error('A list of more than 1048576 elements.')"],
    ['InvalidValue', "select regexp_matches('secret' || range, '(') from range(10)"],
  ])('%s: %s', async (code, sql) => {
    const store = await open(60e6);
    const error = await store.query(long(sql, { maxRows: 200_000 })).catch((reason: unknown) => reason);
    expect(isProblem(error) ? error.code : error).toBe(code);
    expect(String(error)).not.toMatch(/secret|select|range\(|\/tmp/);
    // And the store goes on.
    expect((await store.query(long('select 1'))).rows).toEqual([[1n]]);
  });
});

describe('reading', () => {
  it('leaves out the columns that a query does not name', async () => {
    const store = await open();
    await store.append(bodies(50, 0));
    await store.append({
      ...bodies(0, 1),
      records: [{ id: 'm', rows: [sampleAt('2025-01-01'), sampleAt('2026-01-01')] }],
    });
    const plan = async (select: string): Promise<string> => {
      // What the engine would read, by its own plan.
      const instance = await DuckDBInstance.create(':memory:');
      const connection = await instance.connect();
      await connection.run(`attach '${join(folder, 'logs.duckdb')}' as logs (read_only)`);
      const rows = await connection.runAndReadAll(`explain ${select}`);
      connection.closeSync();
      instance.closeSync();
      return rows.getRows().flat().join('\n');
    };
    const relation = store.relation('ApiManagementGatewayLogs', WORKSPACE);
    const minutes = store.relation('AzureMetrics', WORKSPACE);
    await store.close();
    expect(await plan(`select count(*) from ${relation} where "ResponseCode" = 200`)).not.toContain('Body');
    expect(await plan(`select "ResponseBody" from ${relation}`)).not.toContain('RequestBody');
    // A time on minutes reaches the samples as a filter of their scan, by which whole blocks are skipped.
    const scan = (await plan(`select sum("Total") from ${minutes} where "TimeGenerated" >= 639000000000000000`)).split(
      'SCAN',
    )[1];
    expect(scan).toMatch(/vigia_minute\s*>/);
  });

  it('finds rows that wait in the write-ahead log and rows that are folded into the file', async () => {
    const store = await open();
    for (let from = 0; from < 5; from += 1) await store.append(bodies(2_000, from));
    await store.close();
    const again = await open();
    await again.append(bodies(3, 5));
    const sql = `select count(*), count(distinct "ResponseBody") from ${again.relation('ApiManagementGatewayLogs', WORKSPACE)}`;
    expect((await again.query(long(sql, { types: ['long', 'long'] }))).rows).toEqual([[10_003n, 10_003n]]);
  });
});
