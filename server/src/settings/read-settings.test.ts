import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSettings } from './read-settings.ts';
import { environmentVariableOf, flagOf, settingKeys } from './settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigia-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (given: { flags?: string[]; environment?: Record<string, string>; file?: string }) => {
  if (given.file !== undefined) writeFileSync(join(folder, 'vigia.yaml'), given.file);
  return readSettings(['--data', folder, ...(given.flags ?? [])], given.environment ?? {}).settings;
};

describe('settings come from flags, then variables, then the file, then defaults', () => {
  it.each([
    ['nothing given', {}, 7080],
    ['the file alone', { file: 'gateway:\n  port: 1\n' }, 1],
    ['a dotted key in the file', { file: 'gateway.port: 1\n' }, 1],
    ['a variable over the file', { file: 'gateway:\n  port: 1\n', environment: { VIGIA_GATEWAY_PORT: '2' } }, 2],
    ['a flag over a variable', { environment: { VIGIA_GATEWAY_PORT: '2' }, flags: ['--gateway-port', '3'] }, 3],
    ['an empty file', { file: '' }, 7080],
  ])('%s', (_name, given, expected) => {
    expect(read(given)['gateway.port']).toBe(expected);
  });

  it.each([
    ['--single-process', true],
    ['--no-single-process', false],
  ])('%s', (flag, expected) => {
    expect(read({ flags: [flag] })['single-process']).toBe(expected);
  });
});

describe('a wrong key or value is named with where it stands', () => {
  it.each([
    ['an unknown flag', { flags: ['--gatway-port', '1'] }, /--gatway-port.*did you mean --gateway-port/],
    ['an unknown variable', { environment: { VIGIA_GATEWAY_PROT: '1' } }, /VIGIA_GATEWAY_PROT.*VIGIA_GATEWAY_PORT/],
    [
      'an unknown key in the file',
      { file: 'gateway:\n  prot: 1\n' },
      /vigia\.yaml: gateway\.prot is not a setting; did you mean gateway\.port/,
    ],
    ['a port that is no number', { flags: ['--gateway-port', 'x'] }, /flag --gateway-port has the value "x"/],
    ['a port out of range', { environment: { VIGIA_OPENAI_PORT: '70000' } }, /VIGIA_OPENAI_PORT has the value "70000"/],
    ['a level that does not exist', { file: 'log:\n  level: loud\n' }, /log\.level has the value "loud"/],
    ['a file that is not YAML', { file: 'gateway: [\n' }, /vigia\.yaml/],
    ['a wrong upstream', { file: 'openai:\n  upstreams:\n    - account: a\n' }, /openai\.upstreams.*deployment/s],
    [
      'a short token, without showing it',
      { environment: { VIGIA_MANAGEMENT_TOKEN: 'abc' } },
      /VIGIA_MANAGEMENT_TOKEN has the value \(secret\)/,
    ],
    [
      'a configuration file that is missing',
      { flags: ['--config', '/nowhere/vigia.yaml'] },
      /\/nowhere\/vigia\.yaml does not exist/,
    ],
  ])('%s', (_name, given, message) => {
    expect(() => read(given)).toThrow(message);
  });

  it('names all of them at once', () => {
    expect(() => read({ flags: ['--gateway-port', 'x'], environment: { VIGIA_LOG_LEVEL: 'loud' } })).toThrow(
      /--gateway-port[\s\S]*VIGIA_LOG_LEVEL|VIGIA_LOG_LEVEL[\s\S]*--gateway-port/,
    );
  });
});

it('gives every setting a flag and a variable of its own', () => {
  expect(new Set(settingKeys.map(flagOf)).size).toBe(settingKeys.length);
  expect(new Set(settingKeys.map(environmentVariableOf)).size).toBe(settingKeys.length);
});
