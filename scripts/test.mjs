/** `npm test`: format, lint, types, directions, all tests; ends with a line `N passed, N failed, N skipped`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

await prepare({ isQuiet: false, isForTests: true });

const run = (name, script, parameters) => {
  const startedAt = Date.now();
  const result = spawnSync(process.execPath, [script, ...parameters], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  console.log(`${name}: ${result.status === 0 ? 'ok' : 'failed'} (${((Date.now() - startedAt) / 1_000).toFixed(1)} s)`);
  return result.status === 0;
};
const module = (path) => join(root, 'node_modules', ...path.split('/'));

const folder = mkdtempSync(join(tmpdir(), 'vigia-test-'));
const report = join(folder, 'report.json');
const checks = [
  run('format and lint', module('@biomejs/biome/bin/biome'), ['ci', '.']),
  run('types of the tests', module('typescript/bin/tsc'), ['-p', 'tsconfig.tests.json']),
  run('directions', join(root, 'scripts', 'check-directions.mjs'), []),
  run('tests', module('vitest/vitest.mjs'), [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ]),
];

let counts = { passed: 0, failed: 1, skipped: 0 };
try {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  counts = {
    passed: numPassedTests,
    failed: numFailedTests > 0 ? numFailedTests : numFailedTestSuites,
    skipped: numPendingTests + numTodoTests,
  };
} catch (error) {
  console.error(`no test report: ${error.message}`);
}
rmSync(folder, { recursive: true, force: true });
const passed = counts.passed + checks.filter(Boolean).length;
const failed =
  counts.failed + checks.slice(0, 3).filter((ok) => !ok).length + (!checks[3] && counts.failed === 0 ? 1 : 0);
console.log(`${passed} passed, ${failed} failed, ${counts.skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
