import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const readJson = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));

it('NOTICE names the packages that run in the product, and no others', () => {
  const { workspaces } = readJson('package.json') as { workspaces: string[] };
  const used = workspaces
    .filter((folder) => folder !== 'testing')
    .flatMap((folder) => Object.keys(readJson(join(folder, 'package.json')).dependencies ?? {}))
    .filter((name) => !name.startsWith('@vigia/'));
  const named = [
    ...readFileSync(join(root, 'NOTICE'), 'utf8').matchAll(/^ {2}(\S+) .*\b(?:MIT|ISC|Apache-2\.0|BSD-\S+)$/gm),
  ];
  expect(named.map(([, name]) => name).sort()).toEqual([...new Set(used)].sort());
});

it('the lock file has the optional packages of every platform, and no registry’s host', () => {
  const text = readFileSync(join(root, 'package-lock.json'), 'utf8');
  for (const platform of ['darwin-arm64', 'linux-arm64', 'linux-x64', 'win32-x64'])
    expect(text).toContain(`"node_modules/@duckdb/node-bindings-${platform}"`);
  expect(text).not.toMatch(/"resolved": "https?:/);
});
