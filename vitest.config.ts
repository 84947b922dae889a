import { defineConfig } from 'vitest/config';

const reporters = ['default', './scripts/reporter.mjs'];

/** What servers, other processes and pages bring about may take a while on a busy machine. */
const patient = { poll: { timeout: 15_000 } };

/**
 * Four projects, one after the other: `unit` does no I/O, `integration` uses real servers, `e2e` a real browser, and
 * `measured` judges running programs by samples and clocks, for which it has the machine to itself.
 */
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
          exclude: ['**/node_modules/**', '**/test/{integration,e2e,measured}/**'],
          pool: 'threads',
          sequence: { groupOrder: 0 },
          // For simulations on a busy machine; what hangs is still found.
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{packages/*,app}/test/integration/**/*.test.ts', 'test/integration/**/*.test.ts'],
          globalSetup: ['./packages/testing/src/global-setup.ts'],
          pool: 'forks',
          expect: patient,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['packages/*/test/e2e/**/*.test.ts', 'app/test/e2e/**/*.test.ts'],
          globalSetup: ['./packages/testing/src/global-setup.ts'],
          pool: 'forks',
          expect: patient,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'measured',
          include: ['packages/*/test/measured/**/*.test.ts'],
          globalSetup: ['./packages/testing/src/global-setup.ts'],
          pool: 'forks',
          expect: patient,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
          testTimeout: 240_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
