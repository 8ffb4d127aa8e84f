import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { printPolicyCoverage } from './policy-coverage.ts';

const file = join(import.meta.dirname, '..', '..', '..', 'docs', 'policy-coverage.md');

it('docs/policy-coverage.md is what the registry says', () => {
  if (process.env['UPDATE_DOCS']) writeFileSync(file, printPolicyCoverage());
  expect(readFileSync(file, 'utf8')).toBe(printPolicyCoverage());
});
