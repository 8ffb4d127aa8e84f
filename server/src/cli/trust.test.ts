import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeRunFile } from '../data-folder/run-file.ts';
import { keepCertificates } from '../tls/keep-certificates.ts';
import { main } from './main.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigia-trust-'));
  for (const name of ['run', 'secrets']) mkdirSync(join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function vigia(...words: readonly string[]) {
  let out = '';
  let err = '';
  const code = await main([...words, '--data', folder], {
    env: {},
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    stdin: async () => '',
    columns: undefined,
  });
  return { code, out, err };
}

const makeAuthority = () => keepCertificates({ secretsFolder: join(folder, 'secrets'), host: '127.0.0.1' }, Date.now());
const running = (more: object) =>
  writeRunFile(join(folder, 'run'), {
    pid: 1,
    startedAt: '2026-01-01T00:00:00Z',
    dataFolder: folder,
    version: '0.1.0',
    addresses: { gateway: '', management: '', openai: 'http://127.0.0.1:7082' },
    tlsAddresses: {},
    tenantId: 't',
    subscriptionId: 's',
    resourceGroup: 'g',
    statusUrl: 'http://127.0.0.1:9',
    statusToken: 't',
    ...more,
  });

it('trust prints the authority’s file and a line for each system, also while nothing runs', async () => {
  const { authorityFile = '' } = await makeAuthority();
  const { code, out } = await vigia('trust');
  expect(code).toBe(0);
  for (const line of [
    `export NODE_EXTRA_CA_CERTS="${authorityFile}"`,
    `certutil -user -addstore Root "${authorityFile}"`,
    `security add-trusted-cert`,
    'sudo update-ca-certificates',
    'sudo update-ca-trust',
  ])
    expect(out).toContain(line);
  expect(await vigia('trust', '--path')).toEqual({ code: 0, out: `${authorityFile}\n`, err: '' });
});

it('trust says why there is nothing to trust', async () => {
  expect((await vigia('trust')).err).toMatch(
    /There is no certificate authority in .* yet; the first `vigia up` makes it/,
  );
  await makeAuthority();
  running({});
  const { code, err } = await vigia('trust');
  expect([code, err]).toEqual([1, expect.stringContaining('has no certificate authority of its own')]);
});

it('identity needs the data folder of a Vigia that runs', async () => {
  const { code, err } = await vigia('identity');
  expect([code, err]).toEqual([1, expect.stringContaining('holds the secrets of its identities')]);
});
