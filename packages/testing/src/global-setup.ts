import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@dataguardian/embedded-postgres';
import { prepareChromium } from './chromium.ts';
import { findRedisServer } from './redis-server-binary.ts';

interface TestProject {
  readonly name: string;
}

/** Starts what all test files share, once a project: a PostgreSQL, where needed a redis-server to run, and for `e2e` a browser that can be launched. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (project.name === 'e2e') process.env['DATAGUARDIAN_TEST_CHROMIUM'] = JSON.stringify(await prepareChromium());
  // Unpacked here, once, so that no test waits for it.
  findRedisServer();
  const dataDir = mkdtempSync(join(tmpdir(), 'dataguardian-test-'));
  const server = await startEmbeddedPostgres({ dataDir, durability: 'none', database: 'shared', maxConnections: 400 });
  process.env['DATAGUARDIAN_TEST_POSTGRES'] = server.connectionString;
  return async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}
