import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@dataguardian/embedded-postgres';
import { Client } from 'pg';

/** A database of the test's own on the shared server. */
export interface TestPostgres {
  /** Connects as the owner, who is a superuser. */
  readonly url: string;
  readonly databaseName: string;
  /** Runs one statement as the owner, over a connection of its own. */
  execute(sql: string): Promise<void>;
  /** Disconnects everybody and drops the database. */
  close(): Promise<void>;
}

/** Creates an empty database on the PostgreSQL that the global set-up started. */
export async function postgresForTest(): Promise<TestPostgres> {
  const shared = process.env['DATAGUARDIAN_TEST_POSTGRES'];
  if (shared === undefined)
    throw new Error('No shared PostgreSQL: put the test below test/integration or test/e2e, whose set-up starts one.');
  const databaseName = `test_${randomUUID().replaceAll('-', '')}`;
  await execute(shared, `create database ${databaseName}`);
  const url = new URL(shared);
  url.pathname = `/${databaseName}`;
  return {
    url: url.href,
    databaseName,
    execute: (sql) => execute(url.href, sql),
    close: () => execute(shared, `drop database if exists ${databaseName} with (force)`),
  };
}

/** A server of the test's own, for tests that kill it. */
export async function ownPostgresForTest(): Promise<EmbeddedPostgres & { readonly dataDir: string }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'dataguardian-own-'));
  const server = await startEmbeddedPostgres({ dataDir, durability: 'none' });
  return {
    ...server,
    dataDir,
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function execute(connectionString: string, sql: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
