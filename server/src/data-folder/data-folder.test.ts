import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolvePorts } from '../supervisor/ports.ts';
import { lockDataFolder } from './lock.ts';
import { openDataFolder, saveInstallation } from './open-data-folder.ts';

let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'vigia-folder-'));
});
afterEach(() => rmSync(path, { recursive: true, force: true }));

describe('the data folder', () => {
  it('keeps its ids over starts', () => {
    const first = openDataFolder(path, 'lab').installation;
    expect(openDataFolder(path, 'none').installation).toEqual(first);
    expect(first.example).toBe('lab');
  });

  it('refuses one that a newer Vigia wrote', () => {
    const { folder, installation } = openDataFolder(path, 'none');
    saveInstallation(folder, { ...installation, format: 99 });
    expect(() => openDataFolder(path, 'none')).toThrow(/newer Vigia \(format 99/);
  });

  it('refuses a file that is not its own', () => {
    writeFileSync(join(path, 'installation.json'), '{"half":');
    expect(() => openDataFolder(path, 'none')).toThrow(/installation\.json is not a file that Vigia wrote/);
  });

  it('names a folder that cannot be made', () => {
    writeFileSync(join(path, 'file'), '');
    expect(() => openDataFolder(join(path, 'file', 'inner'), 'none')).toThrow(/cannot be written \(ENOTDIR\).*--data/);
  });
});

describe('the lock', () => {
  it('is held by one and free after release', async () => {
    openDataFolder(path, 'none');
    const lock = await lockDataFolder(path);
    await expect(lockDataFolder(path)).rejects.toThrow(
      new RegExp(`in use by another Vigia \\(process ${process.pid}\\)`),
    );
    await lock.release();
    await (await lockDataFolder(path)).release();
  });

  it.each([
    ['that nobody holds any more', JSON.stringify({ pid: process.pid, port: 1, nonce: 'x' })],
    ['that was torn while written', '{"pid":'],
  ])('is taken over from a file %s', async (_name, content) => {
    openDataFolder(path, 'none');
    writeFileSync(join(path, 'run', 'lock.json'), content);
    await (await lockDataFolder(path)).release();
  });
});

describe('ports', () => {
  const wanted = (gateway: number) =>
    [
      { name: 'gateway', port: gateway, flag: '--gateway-port' },
      { name: 'management', port: 0, flag: '--management-port' },
      { name: 'openai', port: 0, flag: '--openai-port' },
    ] as const;

  it('0 becomes a number that can be listened on, a different one each', async () => {
    const ports = await resolvePorts('127.0.0.1', wanted(0));
    expect(new Set(Object.values(ports)).size).toBe(3);
    expect(Object.values(ports).every((port) => port > 0)).toBe(true);
  });

  it('a taken one is named with its flag', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    await expect(resolvePorts('127.0.0.1', wanted(port))).rejects.toThrow(
      `Port ${port} of 127.0.0.1 (gateway) is taken by another program; choose another with --gateway-port.`,
    );
    await new Promise<void>((done) => server.close(() => done()));
  });
});
