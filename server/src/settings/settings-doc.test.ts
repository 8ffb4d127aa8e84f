import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { settingsDoc } from './settings-doc.ts';

const file = join(import.meta.dirname, '..', '..', '..', 'docs', 'settings.md');

it('docs/settings.md is what the table of settings says', () => {
  if (process.env['UPDATE_DOCS']) writeFileSync(file, settingsDoc());
  expect(readFileSync(file, 'utf8')).toBe(settingsDoc());
});
