import { join } from 'node:path';
import { expect, it } from 'vitest';
import { coverageMarkdown } from '../conformance/coverage.ts';

const page = join(import.meta.dirname, '..', '..', '..', 'docs', 'kql-coverage.md');

it('docs/kql-coverage.md is what the registries say', async () => {
  await expect(coverageMarkdown()).toMatchFileSnapshot(page);
});
