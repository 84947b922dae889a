import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { createDatabase, PgCompatiblePool, type Database } from '@dataguardian/database';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@dataguardian/embedded-postgres';
import { createTestAuthority, until } from '@dataguardian/testing';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const authority = createTestAuthority();
const stranger = createTestAuthority();
// A loopback address of its own: the port belongs to the name of the socket and stays as it is.
const address = `127.${1 + (process.pid % 250)}.${1 + Math.floor(Math.random() * 250)}.${2 + Math.floor(Math.random() * 250)}`;
const ENCRYPTED = 'select ssl as encrypted from pg_stat_ssl where pid = pg_backend_pid()';

let dataDir: string;
let server: EmbeddedPostgres;
let url: string;
let open: Database[] = [];

/** Writes a file into the server's folder as the server's account, which alone may read its key. */
async function writeFile(client: Client, name: string, text: string): Promise<void> {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => client.escapeLiteral(line))
    .join(', ');
  await client.query(`copy (select unnest(array[${lines}])) to program 'umask 077; cat > ${name}'`);
}

async function useCertificateFor(name: string): Promise<void> {
  const { certificate, key } = authority.issue(name);
  const client = new Client({ connectionString: server.connectionString });
  await client.connect();
  await writeFile(client, 'server.crt', certificate);
  await writeFile(client, 'server.key', key);
  await writeFile(client, 'pg_hba.conf', 'local all all trust\nhostssl all all 127.0.0.0/8 trust');
  await client.query("alter system set ssl = 'on'");
  await client.query('select pg_reload_conf()');
  await client.end();
  await until(async () => (await isRefused({ ca: authority.certificate })) === (name !== address));
}

async function isRefused(ssl: ConnectionOptions): Promise<boolean> {
  const client = new Client({ connectionString: url, ssl });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return false;
  } catch {
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function connect(ssl: boolean | ConnectionOptions): Database {
  const database = createDatabase({ connectionString: url, ssl, minConnections: 0, queryCache: 'on' });
  open.push(database);
  return database;
}

async function refusalOf(ssl: boolean | ConnectionOptions): Promise<{ code: unknown; cause: unknown }> {
  const error: unknown = await connect(ssl)
    .query('select 1')
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  if (!(error instanceof Error) || !('code' in error)) throw new Error('It was not refused.');
  const { cause } = error;
  return { code: error.code, cause: cause instanceof Error && 'code' in cause ? cause.code : cause };
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'dataguardian-tls-'));
  server = await startEmbeddedPostgres({ dataDir, durability: 'none', settings: { listen_addresses: address } });
  const { username, pathname } = new URL(server.connectionString);
  url = `postgresql://${username}@${address}:5432${pathname}`;
  await useCertificateFor(address);
});

afterEach(async () => {
  await Promise.all(open.map((database) => database.close()));
  open = [];
});

afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('TLS to a real server', () => {
  it('carries statements on their own sessions, on lanes and in transactions', async () => {
    const database = connect({ ca: authority.certificate });
    for (let time = 0; time < 5; time++) expect((await database.query(ENCRYPTED)).rows).toEqual([{ encrypted: true }]);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        database.query<{ n: number; text: string }>("select $1::int as n, repeat('x', 3000) as text", [n]),
      ),
    );
    expect(answers.map(({ rows: [row] }) => row?.n)).toEqual(Array.from({ length: 50 }, (_, n) => n));
    const inside = await database.transaction(async (transaction) => (await transaction.query(ENCRYPTED)).rows);
    expect(inside).toEqual([{ encrypted: true }]);
  });

  it('carries what is listened to and what the query cache hears', async () => {
    const database = connect({ ca: authority.certificate });
    const heard: string[] = [];
    await database.listen('news', (payload) => heard.push(payload));
    await database.query("select pg_notify('news', 'good')");
    await until(async () => heard.length > 0);
    expect(heard).toEqual(['good']);
    await until(async () => database.statistics().queryCache?.state === 'open');
    // A session that is just starting has not come to its TLS yet.
    const { rows } = await database.query<{ plain: number }>(
      `select count(*)::int as plain from pg_stat_ssl join pg_stat_activity using (pid)
       where not ssl and client_addr is not null and state is distinct from 'starting'`,
    );
    expect(rows).toEqual([{ plain: 0 }]);
  });

  it('carries a pool in the place of pg.Pool', async () => {
    const pool = new PgCompatiblePool({ connectionString: url, ssl: { ca: authority.certificate } });
    expect((await pool.query(ENCRYPTED)).rows).toEqual([{ encrypted: true }]);
    await pool.end();
  });

  it('refuses a server whose certificate another authority signed', async () => {
    expect(await refusalOf({ ca: stranger.certificate })).toEqual({
      code: 'DATABASE_UNAVAILABLE',
      cause: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
  });

  it('refuses a server that the machine does not trust', async () => {
    expect(await refusalOf(true)).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });

  it('reaches no server without TLS that demands it', async () => {
    expect(await refusalOf(false)).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });

  it('refuses a server of another name', async () => {
    await useCertificateFor('elsewhere.example');
    expect(await refusalOf({ ca: authority.certificate })).toEqual({
      code: 'DATABASE_UNAVAILABLE',
      cause: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });
});
