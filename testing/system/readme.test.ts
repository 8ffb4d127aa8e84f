import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Addresses, vigiaBin } from '@vigia/testing';
import { describe, expect, it } from 'vitest';

/**
 * Does what the two READMEs say, in their order: every block marked `sh` is run by a shell as it is printed. Only the
 * ports and the data folders differ, so that a Vigia that runs already is not in the way.
 */
const root = join(import.meta.dirname, '..', '..');
const shell = promisify(execFile);

const blocksOf = (file: string): readonly string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block ?? '');

/** What a block has to print, by a part of its text; every other block of the READMEs only has to succeed. */
const expectations: readonly (readonly [part: RegExp, output: RegExp])[] = [
  [/test call/, /^200$[\s\S]*ApiManagementGatewayLogs[\s\S]*ChatCompletions_Create/m],
  [/"stream":true/, /^data: \{[\s\S]*^data: \[DONE\]/m],
  [/RequestBody/, /gpt-35-turbo +\d+/],
  [/markdown/, /\| gpt-35-turbo \| 3 \| \d+ \|/],
  [/policy show/, /<authentication-managed-identity resource="https:\/\/cognitiveservices\.azure\.com"/],
];

describe.each(['README.md', 'LEIAME.md'])('%s', (file) => {
  it('every command works as it is printed', { timeout: 300_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigia-readme-'));
    const blocks = blocksOf(file);
    let running: ChildProcess | undefined;
    let addresses: Addresses | undefined;
    let environment: NodeJS.ProcessEnv = process.env;
    const notMet = new Set(expectations);
    try {
      expect(blocks.length).toBeGreaterThan(8);
      for (const block of blocks) {
        if (block.startsWith('npm start')) {
          if (running) await stop(running);
          const data = join(folder, block.includes('--data') ? 'lab' : 'data');
          environment = { ...process.env, VIGIA_DATA: data };
          running = start(block.replace(/ --data \S+/, ''), environment);
          addresses = await waitUntilReady(environment);
          continue;
        }
        const outcome = shell('bash', ['-ec', asPrinted(block, addresses)], { cwd: root, env: environment });
        // The lab that is still to be done has steps missing, which is not a success.
        const { stdout, code } = await outcome.then(
          (done) => ({ ...done, code: 0 }),
          (failed: { stdout: string; stderr: string; code: number }) => failed,
        );
        const isToBeDone = block.includes('--data');
        expect([block, stdout.includes('✗'), code]).toEqual([block, isToBeDone, isToBeDone ? 1 : 0]);
        for (const expectation of expectations) {
          const [part, output] = expectation;
          if (!part.test(block)) continue;
          expect(stdout).toMatch(output);
          notMet.delete(expectation);
        }
      }
      expect([...notMet]).toEqual([]);
    } finally {
      if (running) await stop(running);
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

function start(command: string, environment: NodeJS.ProcessEnv): ChildProcess {
  const ports = { VIGIA_GATEWAY_PORT: '0', VIGIA_MANAGEMENT_PORT: '0', VIGIA_OPENAI_PORT: '0' };
  return spawn('bash', ['-c', `exec ${command}`], {
    cwd: root,
    env: { ...environment, ...ports },
    stdio: ['ignore', 'ignore', 'inherit'],
    // Ctrl-C in a terminal reaches npm and what it started.
    detached: true,
  });
}

async function stop(started: ChildProcess): Promise<void> {
  if (started.exitCode !== null || started.pid === undefined) return;
  const ended = new Promise((done) => started.once('exit', done));
  process.kill(-started.pid, 'SIGINT');
  await ended;
}

async function waitUntilReady(environment: NodeJS.ProcessEnv): Promise<Addresses> {
  const words = [vigiaBin, 'status', '--wait', '--timeout', '120', '--format', 'json'];
  const { stdout } = await shell(process.execPath, words, { env: environment });
  return (JSON.parse(stdout) as { addresses: Addresses }).addresses;
}

const asPrinted = (block: string, addresses: Addresses | undefined): string =>
  block
    .replaceAll('http://127.0.0.1:7080', addresses?.gateway ?? '')
    .replaceAll('http://127.0.0.1:7082', addresses?.openai ?? '')
    .replace(/ --data \S+/, '');
