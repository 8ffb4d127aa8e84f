import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LogRecord } from '@vigia/contract';
import type { SpoolBatch, SpoolPosition } from '@vigia/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeFrame } from './frame.ts';
import { openSpool, type SpoolOptions } from './open-spool.ts';
import { listSegments, segmentPath } from './segment.ts';
import { createShipper, type Shipper } from './shipper.ts';
import type { Spool } from './spool.ts';

const workspaceId = '11111111-1111-1111-1111-111111111111';
const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const record = (id: string, text = 'x'): LogRecord => ({
  id,
  rows: [{ table: 'T', workspaceId, values: { Text: text } }],
});

const writer = fileURLToPath(new URL('./spool-writer.fixture.mjs', import.meta.url));
/** What child processes run: Node 20 reads no TypeScript. */
const built = new URL('../dist/index.js', import.meta.url);
const dist = built.href;
const isBuilt = existsSync(built);
if (!isBuilt) console.warn('2 tests skipped: their child processes need the built room (npx tsc -b data-plane/record)');

let folder: string;
const owned: { close(): Promise<void> }[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigia-spool-'));
});
afterEach(async () => {
  for (const one of owned.splice(0).reverse()) await one.close();
  await rm(folder, { recursive: true, force: true });
});

const spoolOf = async (options: Partial<SpoolOptions> = {}): Promise<Spool> => {
  const spool = await openSpool({
    folder: join(folder, 'spools'),
    name: 'gateway-1',
    limitBytes: 1e9,
    segmentBytes: 1e6,
    overflow: 'block',
    durability: 'os',
    logger: quiet,
    ...options,
  });
  owned.push(spool);
  return spool;
};

/** A store that keeps batches in a file, one line each, and knows after a restart what it has. */
class FileStore {
  readonly #path: string;
  failures = 0;
  constructor(path: string) {
    this.#path = path;
  }
  async #batches(): Promise<SpoolBatch[]> {
    const text = await readFile(this.#path, 'utf8').catch(() => '');
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }
  async append(batch: SpoolBatch) {
    if (this.failures > 0) {
      this.failures -= 1;
      // Half of the failures come after the write, as a lost connection does.
      if (this.failures % 2 === 0) await this.#write(batch);
      throw new Error('the store is away');
    }
    return this.#write(batch);
  }
  async #write(batch: SpoolBatch) {
    await appendFile(this.#path, `${JSON.stringify(batch)}\n`);
    return { isDuplicate: false, rows: batch.records.length, rejected: [] };
  }
  async deliveredUpTo(source: string): Promise<SpoolPosition | undefined> {
    return (await this.#batches()).findLast((batch) => batch.source === source)?.to;
  }
  async ids(): Promise<string[]> {
    return (await this.#batches()).flatMap((batch) => batch.records.map(({ id }) => id));
  }
  async records(): Promise<LogRecord[]> {
    return (await this.#batches()).flatMap((batch) => batch.records);
  }
}

const storeOf = () => new FileStore(join(folder, 'store.jsonl'));
const shipperTo = async (store: FileStore, more = {}): Promise<Shipper> => {
  const shipper = createShipper({ folder: join(folder, 'spools'), store, logger: quiet, pollMs: 50, ...more });
  owned.push(shipper);
  await shipper.start();
  return shipper;
};
const until = async (isTrue: () => boolean | Promise<boolean>, ms = 5_000): Promise<void> => {
  const end = Date.now() + ms;
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error('it did not come true in time');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};

describe('from the spool to the store', () => {
  it('delivers records in order, once, over segments, and deletes what is delivered and closed', async () => {
    const spool = await spoolOf({ segmentBytes: 2_000 });
    const store = storeOf();
    const shipper = await shipperTo(store, { maxRecords: 7 });
    const ids = Array.from({ length: 100 }, (_, n) => `r${n}`);
    for (const id of ids) await spool.write(record(id, 'é'.repeat(20)));
    await shipper.flush();
    expect(await store.ids()).toEqual(ids);
    await until(async () => (await listSegments(join(folder, 'spools', 'gateway-1'))).length === 1);
    expect(shipper.status()).toMatchObject({ records: 100, rows: 100, rejected: 0 });
  });

  it('takes all writes of one tick together, also one longer than a batch', async () => {
    const spool = await spoolOf();
    const store = storeOf();
    const long = record('long', 'y'.repeat(50_000));
    await Promise.all([spool.write(record('a')), spool.write(long), spool.write(record('b'))]);
    const shipper = await shipperTo(store, { maxBytes: 1_000 });
    await shipper.flush();
    expect(await store.records()).toEqual([record('a'), long, record('b')]);
  });

  it('finds new spools, and new data within a moment', async () => {
    const store = storeOf();
    const shipper = await shipperTo(store, { pollMs: 10_000 });
    const spool = await spoolOf({ name: 'azure' });
    await spool.write(record('first'));
    await until(async () => (await store.ids()).length === 1);
    const times: number[] = [];
    for (let n = 0; n < 10; n += 1) {
      const start = performance.now();
      await spool.write(record(`r${n}`));
      await until(() => shipper.status().records === n + 2);
      times.push(performance.now() - start);
    }
    expect(times.toSorted((a, b) => a - b)[5]).toBeLessThan(50);
  });

  it('goes on after a restart without a record twice', async () => {
    const store = storeOf();
    const spool = await spoolOf();
    await spool.write(record('a'));
    const first = await shipperTo(store);
    await first.flush();
    await first.close();
    await spool.write(record('b'));
    await spool.close();
    const again = await spoolOf();
    await again.write(record('c'));
    const second = await shipperTo(store);
    await second.flush();
    expect(await store.ids()).toEqual(['a', 'b', 'c']);
  });

  it('keeps trying while the store fails, also where it took the batch before it failed', async () => {
    const store = storeOf();
    store.failures = 3;
    const spool = await spoolOf();
    const shipper = await shipperTo(store);
    await spool.write(record('a'));
    await until(() => shipper.status().spools[0]?.trouble === 'the store is away' || store.failures === 0);
    await spool.write(record('b'));
    await shipper.flush();
    expect(await store.ids()).toEqual(['a', 'b']);
    expect(shipper.status().spools[0]?.trouble).toBeUndefined();
  });

  it('passes over damage in the middle and says so in the store', async () => {
    const store = storeOf();
    const spool = await spoolOf();
    await spool.write(record('a'));
    await spool.write(record('lost'));
    await spool.write(record('b'));
    await spool.close();
    const [segment = 0] = await listSegments(join(folder, 'spools', 'gateway-1'));
    const file = await open(segmentPath(join(folder, 'spools', 'gateway-1'), segment), 'r+');
    await file.write('#', 8 + encodeFrame(record('a')).length + 30);
    await file.close();
    const again = await spoolOf();
    await again.write(record('c'));
    const shipper = await shipperTo(store);
    await shipper.flush();
    const records = await store.records();
    expect(records.map(({ id }) => id)).toEqual(['a', expect.stringMatching(/^loss-gateway-1-/), 'b', 'c']);
    expect(records[1]?.rows).toMatchObject([
      {
        table: 'VigiaCaptureLoss',
        workspaceId,
        values: { Source: 'gateway-1', LostBytes: encodeFrame(record('lost')).length },
      },
    ]);
    expect(shipper.status().spools[0]?.damaged).toBe(1);
  });
});

describe('a torn end', () => {
  const whole = encodeFrame(record('torn'));
  it.each([
    ['one byte', whole.subarray(0, 1)],
    ['half a head', whole.subarray(0, 7)],
    ['a head', whole.subarray(0, 12)],
    ['all but the last byte', whole.subarray(0, -1)],
    ['zeros', Buffer.alloc(100)],
    ['a frame with a wrong check sum', Buffer.concat([whole.subarray(0, -1), Buffer.from('!')])],
  ])('of %s is cut, and no whole record with it', async (_title, torn) => {
    const spool = await spoolOf();
    await spool.write(record('a'));
    await spool.close();
    const [segment = 0] = await listSegments(join(folder, 'spools', 'gateway-1'));
    const path = segmentPath(join(folder, 'spools', 'gateway-1'), segment);
    const { size } = await stat(path);
    await appendFile(path, torn);
    const again = await spoolOf();
    expect((await stat(path)).size).toBe(size);
    await again.write(record('b'));
    const store = storeOf();
    await (await shipperTo(store)).flush();
    expect(await store.ids()).toEqual(['a', 'b']);
  });

  it('is waited for where its writer may still be at it', async () => {
    const spool = await spoolOf();
    await spool.write(record('a'));
    await spool.close();
    const [segment = 0] = await listSegments(join(folder, 'spools', 'gateway-1'));
    const path = segmentPath(join(folder, 'spools', 'gateway-1'), segment);
    const store = storeOf();
    const shipper = await shipperTo(store);
    await appendFile(path, whole.subarray(0, 20));
    await shipper.flush();
    expect(await store.ids()).toEqual(['a']);
    await appendFile(path, whole.subarray(20));
    await until(async () => (await store.ids()).length === 2);
  });
});

describe('a full spool', () => {
  it('refuses under block, and takes requests again when there is room', async () => {
    const spool = await spoolOf({ limitBytes: 3_000, segmentBytes: 1_000 });
    expect(spool.admit()).toBe(true);
    let kept = 0;
    await expect(
      (async () => {
        for (; kept < 100; kept += 1) await spool.write(record(`r${kept}`, 'x'.repeat(100)));
      })(),
    ).rejects.toMatchObject({ code: 'ServiceUnavailable', status: 503 });
    expect(kept).toBeGreaterThan(5);
    expect(spool.admit()).toBe(false);
    expect(spool.state()).toMatchObject({ blocked: 1, shed: 0, trouble: expect.stringContaining('3000') });
    const store = storeOf();
    const shipper = await shipperTo(store);
    await until(() => spool.admit());
    await spool.write(record('after'));
    await shipper.flush();
    expect(await store.ids()).toEqual([...Array.from({ length: kept }, (_, n) => `r${n}`), 'after']);
  });

  it('sheds and counts under shed, and the count is itself a record', async () => {
    const spool = await spoolOf({ limitBytes: 3_000, segmentBytes: 1_000, overflow: 'shed' });
    for (let n = 0; n < 40; n += 1) {
      expect(spool.admit()).toBe(true);
      await spool.write(record(`r${n}`, 'x'.repeat(100)));
    }
    const { shed } = spool.state();
    expect(shed).toBeGreaterThan(20);
    const store = storeOf();
    await shipperTo(store);
    await until(async () => (await store.ids()).some((id) => id.startsWith('loss-')));
    const records = await store.records();
    expect(records.length - 1).toBe(40 - shed);
    expect(records.at(-1)?.rows).toMatchObject([
      { table: 'VigiaCaptureLoss', workspaceId, values: { LostRecords: shed, LostRows: shed } },
    ]);
  });

  it('is refused with its folder named where that is no folder', async () => {
    await writeFile(join(folder, 'spools'), '');
    await expect(spoolOf()).rejects.toMatchObject({
      code: 'SpoolUnavailable',
      message: expect.stringContaining('gateway-1'),
    });
  });
});

describe('a disk that takes only a part of a write', () => {
  it.skipIf(!isBuilt || process.platform === 'win32')(
    'keeps exactly what it said it keeps',
    async () => {
      const writer = fileURLToPath(new URL('./spool-writer.fixture.mjs', import.meta.url));
      const dist = new URL('../dist/index.js', import.meta.url).href;
      const store = storeOf();
      const shipper = await shipperTo(store);
      // A file may have 100 blocks: the writes that reach the border are cut, as on a full disk.
      const child = spawn(
        'bash',
        [
          '-c',
          'ulimit -f 100; exec "$0" "$@"',
          process.execPath,
          writer,
          dist,
          join(folder, 'spools'),
          'a',
          '60',
          '1e9',
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      const code = await new Promise((resolve) => child.on('close', resolve));
      expect(code).toBe(0);
      const lines = said.split('\n').filter(Boolean);
      expect(lines.length).toBe(180);
      expect(lines.filter((line) => line.startsWith('!')).length).toBeGreaterThan(1);
      await shipper.flush();
      const kept = lines.filter((line) => !line.startsWith('!'));
      expect((await store.ids()).toSorted()).toEqual(kept.toSorted());
      expect(shipper.status().spools[0]?.damaged).toBe(0);
    },
    30_000,
  );
});

describe('a writer that is killed', () => {
  it.skipIf(!isBuilt)(
    'loses no record that it was told is kept, and none comes twice',
    async () => {
      const store = storeOf();
      const acknowledged: string[] = [];
      let shipper = await shipperTo(store);
      for (let round = 0; round < 10; round += 1) {
        const child = spawn(process.execPath, [writer, dist, join(folder, 'spools'), String(round)], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        let said = '';
        const gone = new Promise<void>((resolve) => child.on('close', () => resolve()));
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          said += text;
        });
        await until(() => said.includes('\n'), 10_000);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
        child.kill('SIGKILL');
        await gone;
        // The last line may be half said: that record counts as not acknowledged.
        acknowledged.push(...said.split('\n').slice(0, -1));
        if (round % 3 === 0) {
          await shipper.close();
          shipper = await shipperTo(store);
        }
      }
      await shipper.flush();
      const ids = await store.ids();
      const delivered = new Set(ids);
      expect(acknowledged.length).toBeGreaterThan(50);
      expect(acknowledged.filter((id) => !delivered.has(id))).toEqual([]);
      expect(ids.length).toBe(delivered.size);
      expect(await readdir(join(folder, 'spools'))).toEqual(['gateway-1']);
    },
    60_000,
  );
});
