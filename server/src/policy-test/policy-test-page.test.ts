import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { testFileSchema } from './test-file-schema.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'policy-test.md'), 'utf8');

it('docs/policy-test.md names every key of a file of tests', () => {
  const keys = new Set<string>();
  JSON.stringify(z.toJSONSchema(testFileSchema), (name, value: unknown) => {
    if (name === 'properties') for (const key of Object.keys(value as object)) keys.add(key);
    return value;
  });
  expect(keys.size).toBeGreaterThan(40);
  const words = new Set(page.match(/[A-Za-z]+/g));
  expect([...keys].filter((key) => !words.has(key))).toEqual([]);
});
