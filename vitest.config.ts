import { defineConfig } from 'vitest/config';

const reporters = ['default', './scripts/reporter.mjs'];

/** Three projects: `unit` does no I/O, `integration` uses real servers, `e2e` a real browser. */
export default defineConfig({
  test: {
    reporters,
    pool: 'threads',
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/*/test/**/*.test.ts', 'app/test/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/test/integration/**', '**/test/e2e/**'],
          pool: 'threads',
        },
      },
      {
        test: {
          name: 'integration',
          include: ['packages/*/test/integration/**/*.test.ts', 'app/test/integration/**/*.test.ts'],
          globalSetup: ['./packages/testing/src/global-setup.ts'],
          pool: 'forks',
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['packages/*/test/e2e/**/*.test.ts', 'app/test/e2e/**/*.test.ts'],
          globalSetup: ['./packages/testing/src/global-setup.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
