import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDuckDbStore } from './open-duckdb-store.ts';

const logger = { info: () => {}, warn: console.warn, error: console.error };
const WORKSPACE = '11111111-1111-1111-1111-111111111111';
const writer = fileURLToPath(new URL('./store-writer.fixture.mjs', import.meta.url));
/** What child processes run: Node 20 reads no TypeScript. */
const built = new URL('../dist/index.js', import.meta.url);
const canRun = existsSync(built) && process.platform !== 'win32';
if (!canRun)
  console.warn('4 tests skipped: their child processes need the built room (npx tsc -b log-plane/store-duckdb)');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigia-crash-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Starts the writer; `onLine` may end it. Resolves with all that it said. */
async function runWriter(
  parameters: readonly string[],
  options: {
    readonly limitBlocks?: number;
    readonly onLine?: (lines: readonly string[], kill: () => void) => void;
  } = {},
): Promise<readonly string[]> {
  const limit = options.limitBlocks === undefined ? '' : `ulimit -f ${options.limitBlocks}; `;
  const child = spawn(
    'bash',
    ['-c', `${limit}exec "$0" "$@"`, process.execPath, writer, built.href, folder, ...parameters],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  const lines = (): readonly string[] => said.split('\n').slice(0, -1);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    options.onLine?.(lines(), () => child.kill('SIGKILL'));
  });
  await new Promise((resolve) => child.on('close', resolve));
  return lines();
}

/** What the file holds, by another opening. */
async function contents(): Promise<{ readonly offset: number; readonly logs: number; readonly usage: number }> {
  const store = await openDuckDbStore({ folder, memoryLimit: 500e6, threads: 2, logger });
  try {
    const count = async (table: string): Promise<number> => {
      const sql = `select count(*) from ${store.relation(table, WORKSPACE)}`;
      const { rows } = await store.query({ sql, parameters: [], types: ['long'], maxRows: 1, timeoutMs: 20_000 });
      return Number(rows[0]?.[0]);
    };
    return {
      offset: (await store.deliveredUpTo('crash'))?.offset ?? 0,
      logs: await count('ApiManagementGatewayLogs'),
      usage: await count('VigiaTokenUsage'),
    };
  } finally {
    await store.close();
  }
}

describe('a killed process', () => {
  it.skipIf(!canRun)(
    'leaves every batch that it told as kept, and rows and place in step',
    async () => {
      let kept = 0;
      let before = 0;
      // Small batches end in the write-ahead log, large ones make it fold into the file while the process is killed.
      for (const [kilobytes, batches] of [
        ['16', 1],
        ['16', 10],
        ['16000', 3],
        ['16000', 4],
      ] as const) {
        const lines = await runWriter(['Infinity', kilobytes], {
          onLine: (said, kill) => {
            if (said.length >= batches) kill();
          },
        });
        expect(lines.filter((line) => !/^\d+$/.test(line))).toEqual([]);
        const told = Number(lines.at(-1));
        const { offset, logs, usage } = await contents();
        expect(offset).toBeGreaterThanOrEqual(told);
        // The batch on its way may be in or not.
        expect(offset - told).toBeLessThanOrEqual(100);
        expect(usage).toBe(logs);
        kept += (Math.ceil(Number(kilobytes) / 8) * (offset - before)) / 100;
        before = offset;
        expect(logs).toBe(kept);
      }
    },
    60_000,
  );
});

describe('a full disk', () => {
  it.skipIf(!canRun).each([
    ['the write-ahead log cannot grow', 8_000, '800', 20],
    ['the file cannot grow: the engine gives up and is opened again', 70_000, '16000', 11],
  ])('refuses batches whole, and what was kept stays readable: %s', async (_, limitBlocks, kilobytes, rounds) => {
    const lines = await runWriter([String(rounds), kilobytes], { limitBlocks });
    const told = lines.filter((line) => /^\d/.test(line));
    const refused = lines.filter((line) => line.startsWith('!'));
    expect(told.length).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(0);
    expect(told.length + refused.length).toBe(rounds);
    const { offset, logs, usage } = await contents();
    expect(offset).toBeGreaterThanOrEqual(told.length * 100);
    expect(logs).toBe((offset / 100) * (Number(kilobytes) / 8));
    expect(usage).toBe(logs);
    expect(lines.at(-1)).toBe(`=${logs}`);
  });
});

describe('a second process', () => {
  it.skipIf(!canRun)('is refused while the first has the file', async () => {
    let refusal: Promise<unknown> | undefined;
    await runWriter(['Infinity', '8'], {
      onLine: (_, kill) => {
        refusal ??= contents().then(
          () => 'opened',
          (error: unknown) => error,
        );
        void refusal.then(kill);
      },
    });
    expect(await refusal).toMatchObject({ code: 'LogStoreInUse', status: 503 });
  });
});
