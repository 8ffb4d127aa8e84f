import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, eventually, kql, run, type StartedSystem, startSystem, vigiaBin } from '@vigia/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, labOf } from './lab.ts';

describe('a start that cannot succeed ends with one clear line and a code that is not 0', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vigia-refused-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const up = (...flags: string[]) =>
    run([
      vigiaBin,
      'up',
      '--data',
      join(folder, 'data'),
      '--gateway-port',
      '0',
      '--management-port',
      '0',
      '--openai-port',
      '0',
      ...flags,
    ]);
  const oneLine = ({ code, stderr, stdout }: { code: number; stderr: string; stdout: string }) => {
    expect(code).not.toBe(0);
    expect(stdout + stderr).not.toMatch(/\n\s+at /);
    return stderr.trim();
  };

  it('a taken port', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    expect(oneLine(await up('--gateway-port', String(port)))).toMatch(new RegExp(`^Port ${port} .*--gateway-port\\.$`));
    await new Promise<void>((done) => server.close(() => done()));
  });

  it('a folder that cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(oneLine(await up('--data', join(folder, 'file', 'data')))).toMatch(/cannot be written/);
  });

  it('a folder from a newer version', async () => {
    mkdirSync(join(folder, 'newer'));
    writeFileSync(
      join(folder, 'newer', 'installation.json'),
      JSON.stringify({ format: 99, tenantId: 'x', subscriptionId: 'y' }),
    );
    expect(oneLine(await up('--data', join(folder, 'newer')))).toMatch(/newer Vigia/);
  });

  it('an unknown setting', async () => {
    expect(oneLine(await up('--gatewayport', '1'))).toMatch(/--gatewayport/);
  });

  it('an address that other machines reach, without a token', async () => {
    expect(oneLine(await up('--host', '0.0.0.0'))).toMatch(/VIGIA_MANAGEMENT_TOKEN/);
  });
});

describe('a running system', () => {
  let system: StartedSystem;
  let lab: Lab;
  beforeAll(async () => {
    system = await startSystem({ example: 'lab-done' });
    lab = await labOf(system);
  }, 120_000);
  afterAll(async () => {
    await system.dispose();
  });
  const chat = (content: string, more: Record<string, unknown> = {}) =>
    call({
      url: `${system.addresses.gateway}/openai/deployments/gpt-35-turbo/chat/completions?api-version=2023-05-15`,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'api-key': lab.subscriptionKey },
      body: JSON.stringify({ messages: [{ role: 'user', content }], ...more }),
    });

  it('says in at most ten lines what runs where, with a curl and a query that work as printed', async () => {
    const lines = system.output().trim().split('\n');
    const from = lines.findIndex((line) => line.includes('ready'));
    expect(from).toBeGreaterThanOrEqual(0);
    const printed = lines.slice(from);
    expect(printed.length).toBeLessThanOrEqual(10);
    const curl = printed.find((line) => line.trim().startsWith('curl'));
    const query = printed.find((line) => line.includes('vigia query'));
    expect(curl).toBeDefined();
    expect(query).toBeDefined();
    const { execFileSync } = await import('node:child_process');
    const answer = execFileSync('bash', ['-c', String(curl)], { encoding: 'utf8' });
    expect(JSON.parse(answer).usage.total_tokens).toBeGreaterThan(0);
    await eventually(
      async () => execFileSync('bash', ['-c', String(query)], { encoding: 'utf8' }),
      (table) => table.includes('gpt-35-turbo'),
    );
  });

  it('is in use: a second one on the same folder is refused', async () => {
    const second = await run([
      vigiaBin,
      'up',
      '--data',
      system.folder,
      '--gateway-port',
      '0',
      '--management-port',
      '0',
      '--openai-port',
      '0',
    ]);
    expect(second.code).not.toBe(0);
    expect(second.stderr).toMatch(/in use by another Vigia/);
  });

  it('keeps secrets out of its configuration files and its logs', async () => {
    const { execFileSync } = await import('node:child_process');
    for (const secret of [lab.subscriptionKey, lab.accountKey]) {
      const found = execFileSync(
        'bash',
        ['-c', 'grep -rlF -- "$SECRET" config logs snapshot run secrets installation.json || true'],
        {
          cwd: system.folder,
          encoding: 'utf8',
          env: { ...process.env, SECRET: secret },
        },
      );
      expect(found).toBe('');
    }
  });

  it('a killed process comes back by itself and the others stay up', async () => {
    const before = await system.status();
    const monitor = before.processes.find(({ name }) => name === 'monitor');
    process.kill(Number(monitor?.pid), 'SIGKILL');
    // The gateway does not need the monitor.
    expect((await chat('while the monitor is away')).status).toBe(200);
    await system.waitUntilReady();
    const after = await system.status();
    for (const name of ['gateway', 'azure'])
      expect(after.processes.find((process) => process.name === name)?.pid).toBe(
        before.processes.find((process) => process.name === name)?.pid,
      );
    await eventually(
      () =>
        kql(
          system.addresses.management,
          lab.workspaceId,
          "ApiManagementGatewayLogs | where RequestBody has 'away' | count",
        ),
      ([row]) => row?.['Count'] === 1,
    );
  });

  it('SIGTERM lets the requests in flight end, stops within 5 s, and a restart finds everything', async () => {
    const [before] = await kql(system.addresses.management, lab.workspaceId, 'ApiManagementGatewayLogs | count');
    const answers = Promise.all(
      Array.from({ length: 8 }, (_, index) => chat(`last words ${index}`, { max_tokens: 200 })),
    );
    await eventually(
      () => system.status(),
      ({ processes }) => processes.length === 3,
    );
    const { code, milliseconds } = await system.stop();
    expect(code).toBe(0);
    expect(milliseconds).toBeLessThan(5_000);
    expect((await answers).map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    await system.start();
    const [after] = await kql(system.addresses.management, lab.workspaceId, 'ApiManagementGatewayLogs | count');
    expect(Number(after?.['Count'])).toBe(Number(before?.['Count']) + 8);
    expect(await labOf(system)).toEqual(lab);
    expect((await chat('after the restart')).status).toBe(200);
  });

  it('an edit by hand is in force within a second; one with a mistake keeps the last good state and is reported', async () => {
    const { execFileSync } = await import('node:child_process');
    const file = execFileSync('bash', ['-c', 'find config -name apiInformation.json | head -1'], {
      cwd: system.folder,
      encoding: 'utf8',
    }).trim();
    const path = join(system.folder, file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('"path": "openai"', '"path": "edited"'));
    await eventually(
      () =>
        call({
          url: `${system.addresses.gateway}/edited/deployments/gpt-35-turbo/chat/completions?api-version=1`,
          method: 'POST',
        }),
      ({ status }) => status === 401,
      { withinMs: 2_000 },
    );
    writeFileSync(path, '{ "properties": ');
    await eventually(
      async () => JSON.stringify(await system.status()),
      (status) => status.includes('apiInformation.json'),
    );
    expect(
      (
        await call({
          url: `${system.addresses.gateway}/edited/deployments/x/chat/completions?api-version=1`,
          method: 'POST',
        })
      ).status,
    ).toBe(401);
    writeFileSync(path, text);
    await eventually(
      () => chat('back again'),
      ({ status }) => status === 200,
      { withinMs: 2_000 },
    );
  });
});

it('--single-process runs the same system in one process', { timeout: 120_000 }, async () => {
  const system = await startSystem({ example: 'lab-done', flags: ['--single-process'] });
  try {
    const lab = await labOf(system);
    const { processes } = await system.status();
    expect(new Set(processes.map(({ pid }) => pid)).size).toBe(1);
    const found = await eventually(
      () => kql(system.addresses.management, lab.workspaceId, 'ApiManagementGatewayLogs | count'),
      ([row]) => Number(row?.['Count']) > 0,
    );
    expect(found).toHaveLength(1);
  } finally {
    await system.dispose();
  }
});
