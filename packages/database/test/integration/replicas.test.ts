import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase } from '@dataguardian/database';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@dataguardian/embedded-postgres';
import { ownPostgresForTest, until } from '@dataguardian/testing';
import { Client } from 'pg';
import { expect, it } from 'vitest';

/** A streaming replica of a running server, made from a copy of its files taken by the backup functions. */
async function startReplica(
  primary: EmbeddedPostgres & { readonly dataDir: string },
): Promise<EmbeddedPostgres & { readonly dataDir: string }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'dataguardian-replica-'));
  const files = join(dataDir, 'postgres');
  const client = new Client({ connectionString: primary.connectionString });
  await client.connect();
  await client.query("select pg_backup_start('replica', true)");
  // A server that writes meanwhile may let files vanish; the log that is streamed later makes up for it.
  spawnSync('cp', ['-a', join(primary.dataDir, 'postgres'), files]);
  const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
  await client.end();
  rmSync(join(files, 'postmaster.pid'), { force: true });
  writeFileSync(join(files, 'backup_label'), rows[0]?.labelfile ?? '');
  writeFileSync(join(files, 'standby.signal'), '');
  const url = new URL(primary.connectionString);
  appendFileSync(
    join(files, 'postgresql.auto.conf'),
    `\nprimary_conninfo = 'host=${url.searchParams.get('host')} user=${url.username}'\n`,
  );
  spawnSync('chown', ['-R', '--reference', join(files, 'base'), files]);
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

it('answers reads from a replica that keeps up, and from the primary when none does', async () => {
  const primary = await ownPostgresForTest();
  const replica = await startReplica(primary);
  const database = createDatabase({
    connectionString: primary.connectionString,
    replicas: [replica.connectionString],
    maxReplicaLagMs: 2_000,
    minConnections: 0,
  });
  const where = async (text = 'select pg_is_in_recovery() as replica'): Promise<unknown> =>
    (await database.query<{ replica: boolean }>(text, [], { readFrom: 'replica' })).rows[0]?.replica;

  expect(await where()).toBe(false);
  await database.query('create table t (n int)');
  await until(async () => (await where()) === true);
  expect(database.statistics().replicas).toMatchObject([{ usable: true }]);
  expect((await database.query('select pg_is_in_recovery() as replica')).rows).toEqual([{ replica: false }]);

  await database.query('insert into t values (7)');
  await until(async () => (await database.query('select n from t', [], { readFrom: 'replica' })).rows.length === 1);
  expect(await where('insert into t values (8) returning pg_is_in_recovery() as replica')).toBe(false);

  // A replica that stops replaying grows old and is left alone.
  const client = new Client({ connectionString: replica.connectionString });
  await client.connect();
  await client.query('select pg_wal_replay_pause()');
  await until(async () => {
    await database.query('insert into t values (9)');
    return (await where()) === false;
  });
  expect(database.statistics().replicas[0]?.usable).toBe(false);
  await client.query('select pg_wal_replay_resume()');
  await client.end();
  await until(async () => (await where()) === true);

  await replica.stop();
  expect(await where()).toBe(false);
  await database.close();
  await primary.stop();
});
