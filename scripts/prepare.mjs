/**
 * Checks Node, installs the packages of the lock file where they are missing or older, and builds. To run Vigia needs the
 * compiler; the linter, the test runner and the clients that tests use are installed only where `isForTests`.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const stop = (line) => {
  console.error(line);
  process.exit(1);
};

export async function prepare({ isQuiet, isForTests = false }) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    stop(`Vigia needs Node.js 20.19 or newer; this is ${process.versions.node}.`);
  const say = (line) => {
    if (!isQuiet) console.log(line);
  };

  const stamp = join(root, 'node_modules', '.vigia-install');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(process.platform + process.arch)
    .digest('hex');
  const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  const isEnough = installed === `${wanted} all` || (!isForTests && installed === `${wanted} run`);
  if (!isEnough) {
    say('installing packages (once) …');
    const startedAt = Date.now();
    // The npm that runs this script, else the one on the path.
    const npm = process.env.npm_execpath;
    const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
    const install = spawnSync(
      command,
      [...first, 'ci', ...(isForTests ? [] : ['--omit=dev']), '--no-audit', '--no-fund', '--loglevel=error'],
      {
        cwd: root,
        stdio: ['ignore', 'inherit', 'inherit'],
        shell: process.platform === 'win32' && command === 'npm',
      },
    );
    if (install.error) stop(`npm could not be started (${install.error.message}); install Node.js with npm.`);
    if (install.status !== 0) stop('npm could not install the packages; its message is above.');
    mkdirSync(join(root, 'node_modules'), { recursive: true });
    writeFileSync(stamp, `${wanted} ${isForTests ? 'all' : 'run'}`);
    say(`installed in ${seconds(startedAt)}`);
  }

  const builtAt = Date.now();
  if (!existsSync(join(root, 'server', 'dist', 'up.js'))) say('building (once) …');
  const build = spawnSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (build.status !== 0) stop('the build failed; the messages are above.');
  if (Date.now() - builtAt > 3_000) say(`built in ${seconds(builtAt)}`);
}

const seconds = (since) => `${((Date.now() - since) / 1_000).toFixed(1)} s`;
