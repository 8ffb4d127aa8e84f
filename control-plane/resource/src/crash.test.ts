import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSnapshot } from './index.ts';
import {
  filesBelow,
  group,
  type Installation,
  labAtOnce,
  newInstallation,
  put,
  service,
  subscriptionId,
} from './installation.fixture.ts';

const writer = fileURLToPath(new URL('./store-writer.fixture.mjs', import.meta.url));
const built = new URL('../dist/index.js', import.meta.url);

let installation: Installation;
beforeEach(async () => {
  installation = await newInstallation();
});
afterEach(() => installation.remove());

const apis = 'Microsoft.ApiManagement/service/apis';

describe('a process that is killed while it writes', () => {
  // The child runs the built room: Node 20 does not run TypeScript.
  test.skipIf(!existsSync(built))(
    'leaves each list of changes done or undone, and nothing that was answered is lost',
    async () => {
      const store = await installation.open();
      await labAtOnce(store);
      await store.close();
      let highest = 0;
      for (let round = 0; round < 6; round += 1) {
        const answered = await runAndKill(round, 5 + round * 23);
        const again = await installation.open();
        expect(again.status().faults).toEqual([]);
        const found = again.list({ type: apis, under: service }).filter(({ name }) => name.startsWith('killed-'));
        for (const api of found) {
          // An API, its operation, its link, its subscription: one list of changes.
          expect(again.get(`${api.id}/operations/get`), api.name).toBeDefined();
          expect(again.get(`${service}/products/openai/apis/${api.name}`), api.name).toBeDefined();
          expect(again.secret(`${service}/subscriptions/${api.name}`, 'primaryKey'), api.name).toMatch(
            /^[0-9a-f]{32}$/,
          );
        }
        const names = new Set(found.map(({ name }) => name));
        for (const name of answered) expect(names.has(name), name).toBe(true);
        const version = again.status().snapshotVersion;
        expect(version).toBeGreaterThanOrEqual(highest + answered.length);
        highest = version;
        expect(
          await readSnapshot(join(installation.folder, 'snapshot', 'snapshot.sealed'), installation.masterKey),
        ).toEqual(again.snapshot());
        expect(leftovers()).toEqual([]);
        await again.close();
      }
      expect(highest).toBeGreaterThan(20);
    },
  );

  /** Names of APIs whose change was answered before the child was killed. */
  async function runAndKill(round: number, afterMs: number): Promise<readonly string[]> {
    const child = spawn(process.execPath, [writer, built.href, installation.folder, subscriptionId, String(round)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        if (text === '') setTimeout(() => child.kill('SIGKILL'), afterMs);
        text += chunk.toString('utf8');
      });
      child.on('close', () => resolve());
    });
    return text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line.startsWith('killed-'));
  }

  const leftovers = (): readonly string[] =>
    (readdirSync(installation.folder, { recursive: true }) as string[]).filter((name) => /journal|draft/.test(name));
});

describe('a write that fails', () => {
  test('is taken back whole, and said', async () => {
    const store = await installation.open();
    await labAtOnce(store);
    const config = filesBelow(installation.config);
    const snapshot = store.snapshot();
    // A file where a folder has to be made: the third of the files cannot be written.
    const blocked = join(installation.config, 'resourceGroups/rg-activategenai/service/apim-contoso/tags');
    writeFileSync(blocked, 'in the way');
    await expect(
      store.change([
        put(`${service}/products/p`, { displayName: 'P' }),
        put(`${service}/subscriptions/s`, { displayName: 's', scope: '/apis' }),
        put(`${service}/tags/t`, { displayName: 'T' }),
      ]),
    ).rejects.toMatchObject({ code: 'StorageFailed', status: 500 });
    rmSync(blocked);
    expect(filesBelow(installation.config)).toEqual(config);
    expect(store.get(`${service}/products/p`)).toBeUndefined();
    expect(store.secret(`${service}/subscriptions/s`, 'primaryKey')).toBeUndefined();
    expect(store.snapshot().services).toEqual(snapshot.services);

    await store.change([put(`${service}/products/p`, { displayName: 'P' })]);
    await store.close();
    const again = await installation.open();
    expect(again.status().faults).toEqual([]);
    expect(again.get(`${service}/products/p`)).toBeDefined();
    expect(again.get(`${service}/subscriptions/s`)).toBeUndefined();
  });

  test('of the news of it is said, and the change stays', async () => {
    const store = await installation
      .open({ publish: async () => Promise.reject(new Error('gateway is deaf')) })
      .catch((error: unknown) => error);
    expect(store).toMatchObject({ code: 'PublishFailed', message: expect.stringContaining('gateway is deaf') });
  });
});

describe('what is damaged is said by its name', () => {
  beforeEach(async () => {
    const store = await installation.open();
    await labAtOnce(store);
    await store.close();
  });

  test.each([
    ['snapshot/resources.log', /resources\.log is damaged in line 1\./],
    ['secrets/vault.sealed', /vault\.sealed cannot be opened with this installation's master key/],
    ['snapshot/snapshot.sealed', /snapshot\.sealed cannot be opened/],
  ])('%s', async (path, message) => {
    writeFileSync(join(installation.folder, path), 'rubbish\n');
    await expect(installation.open()).rejects.toThrow(message);
  });

  test('a log whose last line was cut goes on', async () => {
    const file = join(installation.folder, 'snapshot/resources.log');
    writeFileSync(file, '{"put":"/subscr', { flag: 'a' });
    const store = await installation.open();
    expect(store.status()).toMatchObject({ resources: 22, faults: [] });
  });
});

test('a log that is mostly history is kept short, and says the same', async () => {
  const store = await installation.open();
  await labAtOnce(store);
  await store.close();
  const file = join(installation.folder, 'snapshot/resources.log');
  const [line] = readFileSync(file, 'utf8').split('\n');
  appendFileSync(file, `${line}\n`.repeat(6000));
  const again = await installation.open();
  await again.change([put(`${service}/tags/t`, { displayName: 'T' })]);
  expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThan(30);
  const before = { status: again.status(), group: again.get(group), tag: again.get(`${service}/tags/t`) };
  await again.close();
  const last = await installation.open();
  expect({ status: last.status(), group: last.get(group), tag: last.get(`${service}/tags/t`) }).toEqual(before);
});
