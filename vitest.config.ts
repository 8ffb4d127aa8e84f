import { defineConfig } from 'vitest/config';

/** Rooms are tested from their sources (condition `source`); the system tests start the built program. */
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'], externalConditions: ['source'] } },
  test: {
    include: ['*/src/**/*.test.ts', '*/*/src/**/*.test.ts', 'testing/system/**/*.test.ts', 'scripts/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
