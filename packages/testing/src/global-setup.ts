import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@dataguardian/embedded-postgres';
import { prepareChromium } from './chromium.ts';

interface TestProject {
  readonly name: string;
}

/** Starts what all test files share, once a project: a PostgreSQL, and for `e2e` a browser that can be launched. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (project.name === 'e2e') process.env['DATAGUARDIAN_TEST_CHROMIUM'] = JSON.stringify(await prepareChromium());
  const dataDir = mkdtempSync(join(tmpdir(), 'dataguardian-test-'));
  const server = await startEmbeddedPostgres({ dataDir, durability: 'none', database: 'shared', maxConnections: 400 });
  process.env['DATAGUARDIAN_TEST_POSTGRES'] = server.connectionString;
  return async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}
