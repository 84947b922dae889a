import { createDatabase, DatabaseError, type Database, type DatabaseOptions } from '@dataguardian/database';
import { createFaultProxy, postgresForTest, until, type FaultProxy, type TestPostgres } from '@dataguardian/testing';
import { poolLeaks, type LeakEvent } from '@dataguardian/telemetry';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let postgres: TestPostgres;
let open: Database[];
let proxies: FaultProxy[];

beforeEach(async () => {
  postgres = await postgresForTest();
  open = [];
  proxies = [];
});

afterEach(async () => {
  await Promise.all(open.map((database) => database.close()));
  await Promise.all(proxies.map((proxy) => proxy.close()));
  await postgres.close();
});

function connect(options: DatabaseOptions = {}): Database {
  const database = createDatabase({ connectionString: postgres.url, minConnections: 0, laneCount: 0, ...options });
  open.push(database);
  return database;
}

async function throughProxy(options: DatabaseOptions): Promise<{ proxy: FaultProxy; database: Database }> {
  const url = new URL(postgres.url);
  const host = url.searchParams.get('host') ?? url.hostname;
  const port = Number(url.port || 5432);
  const proxy = await createFaultProxy(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { port });
  proxies.push(proxy);
  url.searchParams.delete('host');
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  return { proxy, database: connect({ connectionString: url.href, ...options }) };
}

/** Sessions of the pool as the server sees them. */
async function backends(applicationName: string): Promise<number[]> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>(
    'select pid from pg_stat_activity where application_name = $1 and datname = current_database() order by pid',
    [applicationName],
  );
  await client.end();
  return rows.map(({ pid }) => pid);
}

describe('the pool', () => {
  it('opens its least connections with the first use and keeps them', async () => {
    const database = connect({ minConnections: 4, idleTimeoutMs: 1, applicationName: 'keeps' });
    expect(await backends('keeps')).toEqual([]);
    await database.query('select 1');
    const first = await until(async () => {
      const pids = await backends('keeps');
      return pids.length === 4 ? pids : undefined;
    });
    await postgres.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'keeps'");
    await until(async () => {
      const pids = await backends('keeps');
      const areNew = pids.length === 4 && pids.every((pid) => !first.includes(pid));
      return areNew && database.statistics().pool.idle === 4;
    });
    expect(database.health().status).toBe('up');
  });

  it('closes what it does not need', async () => {
    const database = connect({ minConnections: 1, idleTimeoutMs: 1 });
    await database.withConnection(() =>
      database.withConnection(async () => {
        expect(database.statistics().pool.total).toBeGreaterThan(1);
      }),
    );
    await until(() => Promise.resolve(database.statistics().pool.total === 1));
    expect(database.statistics().pool).toMatchObject({ total: 1, idle: 1 });
  });

  it('replaces connections at the end of their lives, each at a time of its own', async () => {
    let next = 0;
    const database = connect({
      minConnections: 2,
      maxLifetimeMs: 300,
      random: () => (next = (next + 0.37) % 1),
      applicationName: 'ages',
    });
    await database.query('select 1');
    const first = await until(async () => {
      const pids = await backends('ages');
      return pids.length === 2 ? pids : undefined;
    });
    await until(async () => {
      const pids = await backends('ages');
      return pids.length === 2 && pids.every((pid) => !first.includes(pid));
    });
    expect((await database.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('changes its size while it works, within its limits', async () => {
    const database = connect({ minConnections: 2, maxConnections: 12 });
    database.resizePool(1);
    expect(database.statistics().pool.max).toBe(2);
    const answers = Promise.all(Array.from({ length: 20 }, () => database.query('select pg_sleep(0.005)')));
    database.resizePool(500);
    expect(database.statistics().pool.max).toBe(12);
    await answers;
    database.resizePool(3);
    await until(() => Promise.resolve(database.statistics().pool.total <= 3));
  });

  it('is not down because one attempt to connect failed while connections work', async () => {
    const { proxy, database } = await throughProxy({ maxConnections: 4 });
    await database.query('select 1');
    proxy.setFaults({ refuse: true });
    await database.withConnection(async (connection) => {
      const second = database.query('select 2').catch(() => undefined);
      await until(() => Promise.resolve(database.health().status === 'degraded'));
      expect((await connection.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      proxy.setFaults({});
      await second;
    });
    await database.query('select 1');
    await until(() => Promise.resolve(database.health().status === 'up'));
  });

  it('leaves no session behind for an attempt that took too long', async () => {
    const { proxy, database } = await throughProxy({ connectTimeoutMs: 500, applicationName: 'late' });
    proxy.setFaults({ latencyMs: 2_000 });
    await expect(database.query('select 1')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    proxy.setFaults({});
    await until(async () => (await backends('late')).length === 0 || database.statistics().pool.total > 0);
    await until(() => database.query('select 1'));
    await until(async () => (await backends('late')).length === database.statistics().pool.total);
    expect(database.statistics().pool.total).toBeGreaterThan(0);
  });

  it('notices an idle connection that the network has swallowed', async () => {
    const { proxy, database } = await throughProxy({ keepAliveMs: 50, connectTimeoutMs: 2_000, maxConnections: 1 });
    await database.query('select 1');
    proxy.setFaults({ blackhole: true });
    await until(() => Promise.resolve(database.statistics().pool.total === 0));
    proxy.setFaults({});
    expect((await until(() => database.query('select 1 as one'))).rows).toEqual([{ one: 1 }]);
  });

  it('gives nobody a session whose rollback was not answered', async () => {
    const { proxy, database } = await throughProxy({ maxConnections: 1, statementTimeoutMs: 5_000 });
    const failing = database.transaction(async (transaction) => {
      await transaction.query("select set_config('app.user', 'anna', false)");
      proxy.cut();
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    const { rows } = await until(() => database.query("select current_setting('app.user', true) as name"));
    expect(rows).toEqual([{ name: null }]);
    expect(database.statistics().holders).toEqual([]);
  });

  it('keeps its place when a transaction cannot even begin', async () => {
    const { proxy, database } = await throughProxy({ maxConnections: 1, acquireTimeoutMs: 5_000 });
    for (let round = 0; round < 3; round++) {
      const begun = database.transaction(
        () => {
          throw new Error('never reached');
        },
        { isolation: 'no such level' as 'serializable' },
      );
      await expect(begun).rejects.toMatchObject({ code: '42601' });
    }
    proxy.cut();
    await until(() => database.query('select 1'));
    expect(database.statistics().holders).toEqual([]);
  });

  it('takes connections away from who does not return them when it closes', async () => {
    const database = connect({ closeTimeoutMs: 100, applicationName: 'closes' });
    await database.asPgPool().connect();
    await database.close();
    await until(async () => (await backends('closes')).length === 0);
    await expect(database.query('select 1')).rejects.toMatchObject({ code: 'DATABASE_CLOSED' });
  });

  it('lends a session again only when what its borrower left running is over', async () => {
    const database = connect({ maxConnections: 1, acquireTimeoutMs: 5_000 });
    await database.query('create table t (n int)');
    const left: Promise<unknown>[] = [];
    await database.withConnection((connection) => {
      left.push(
        connection.query('insert into t select 1 from pg_sleep(0.05)'),
        connection.query('insert into t values (2)'),
      );
      return Promise.resolve();
    });
    expect((await database.query('select n from t order by n')).rows).toEqual([{ n: 1 }, { n: 2 }]);
    await Promise.all(left);
  });

  it('applies its timeouts to every session', async () => {
    const database = connect({ statementTimeoutMs: 1_234, lockTimeoutMs: 567, idleTransactionTimeoutMs: 89_000 });
    const names = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];
    const { rows } = await database.query('select name, setting from pg_settings where name = any($1) order by name', [
      names,
    ]);
    expect(rows).toEqual([
      { name: 'idle_in_transaction_session_timeout', setting: '89000' },
      { name: 'lock_timeout', setting: '567' },
      { name: 'statement_timeout', setting: '1234' },
    ]);
  });

  it('says at once that the server speaks no TLS when TLS is asked for', async () => {
    const { database } = await throughProxy({ ssl: { rejectUnauthorized: false } });
    const failure = await database.query('select 1').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DatabaseError);
    expect(String((failure as DatabaseError).cause)).toContain('SSL');
  });
});

describe('the leak report', () => {
  it('names who holds a connection, since when, what he sent last and where he asked', async () => {
    const leaks: LeakEvent[] = [];
    const stop = poolLeaks.subscribe((leak) => leaks.push(leak));
    const database = connect({ leakThresholdMs: 100 });
    const holdForLong = async (): Promise<void> => {
      await database.withConnection(async (connection) => {
        await connection.query("select 'secret' as word");
        await until(() => Promise.resolve(leaks.length > 0));
      });
    };
    await holdForLong();
    stop();
    expect(leaks).toHaveLength(1);
    expect(leaks[0]).toMatchObject({
      lastStatement: 'select ? as word',
      stack: expect.stringContaining('holdForLong'),
    });
    expect(leaks[0]?.heldMs).toBeGreaterThanOrEqual(100);
    expect(database.statistics()).toMatchObject({ leakCount: 1, holders: [] });
  });

  it('shows a client that somebody checked out and forgot', async () => {
    const database = connect({ leakThresholdMs: 50, closeTimeoutMs: 10 });
    const forget = async (): Promise<void> => {
      await (await database.asPgPool().connect()).query('select 1');
    };
    await forget();
    const holder = await until(async () => database.statistics().holders.find(({ leaking }) => leaking));
    expect(holder).toMatchObject({ lastStatement: 'select ?', stack: expect.stringContaining('forget') });
    expect(database.health()).toMatchObject({ status: 'degraded', detail: expect.stringContaining('leak threshold') });
  });
});
