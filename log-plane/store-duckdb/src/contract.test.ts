import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logStoreContract } from '@vigia/store';
import { afterEach, beforeEach, describe, it } from 'vitest';
import { openDuckDbStore } from './open-duckdb-store.ts';

const logger = { info: () => {}, warn: console.warn, error: console.error };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigia-store-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('DuckDB as a log store', () => {
  it.each(Object.entries(logStoreContract))('%s', (_, check) =>
    check((schemas) =>
      openDuckDbStore({
        folder,
        memoryLimit: 500e6,
        threads: 2,
        logger,
        ...(schemas === undefined ? {} : { schemas }),
      }),
    ),
  );
});
