/**
 * `npm run conformance [-- --kql DIR | --policies [DIR] | --expressions [DIR] …]`: builds the room that the flag names and
 * runs its corpus. Without such a flag: the KQL corpora.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const rooms = [
  { flag: '--policies', room: 'data-plane/policy' },
  { flag: '--expressions', room: 'data-plane/expression' },
  { flag: '--kql', room: 'log-plane/kql' },
];
const args = process.argv.slice(2);
const { room } = rooms.find(({ flag }) => args.some((arg) => arg === flag || arg.startsWith(`${flag}=`))) ?? rooms[2];
const project = join(room, 'tsconfig.conformance.json');
if (!existsSync(join(root, project))) {
  console.error(`${room} has no conformance run: ${project} does not exist.`);
  process.exit(1);
}

function run(command, parameters) {
  const { status, error } = spawnSync(command, parameters, { cwd: root, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

run(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-b', project]);
run(process.execPath, [join(room, 'dist', 'conformance', 'conformance', 'run.js'), ...args]);
