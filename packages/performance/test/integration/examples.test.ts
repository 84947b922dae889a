import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { postgresForTest, type TestPostgres } from '@dataguardian/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = resolve(import.meta.dirname, '../../../../examples');
const run = promisify(execFile);
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await postgresForTest();
});
afterAll(() => postgres.close());

/** What each says when it has done its thing. */
const SAYS: Readonly<Record<string, RegExp>> = {
  'cache.ts': /^100 answers of 42, 1 load, health: (?:up|degraded)$/m,
  'database.ts': /^sum 42, doubled 84, \d+ connections$/m,
  'sessions-fastify.ts': /^with the cookie: \{"user":"anna"\}, without: \{"user":null\}$/m,
  'profiler.ts': /^derive a key: 5 calls, mean \d+ ms$/m,
  'dashboard-express.ts': /^administrator: 200, stranger: 404$/m,
  'performance.ts': /^hello, dashboard: 200, database: up$/m,
};

describe('the examples', () => {
  it.each(Object.entries(SAYS))('%s starts, does its thing and ends', async (file, says) => {
    const { stdout } = await run(process.execPath, ['--no-warnings', join(folder, file)], {
      env: { ...process.env, DATABASE_URL: postgres.url, REDIS_URL: '' },
      timeout: 55_000,
    });
    expect(stdout).toMatch(says);
  });

  it('are all run', () => {
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith('.ts'))
        .toSorted(),
    ).toEqual(Object.keys(SAYS).toSorted());
  });
});
