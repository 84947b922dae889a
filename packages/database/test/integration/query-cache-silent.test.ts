import { queryInvalidations } from '@dataguardian/telemetry';
import { until } from '@dataguardian/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheWorld, type CacheWorld } from '../query-cache/world.ts';

/** Class of the locks that silent sessions hold. */
const RELAY_LOCK = 774_110_002;
const WRITE = 'update log set what = $2 where id = $1';
const READ = 'select what from log where id = $1';

let world: CacheWorld;
beforeEach(async () => {
  world = await cacheWorld();
  await world.postgres.execute("insert into log (what) select 'new' from generate_series(1, 20)");
});
afterEach(() => world.close());

async function silentCount(): Promise<number> {
  const { rows } = await world.outsider.query<{ count: number }>(
    `select count(*)::int as count from pg_locks l join pg_database d on d.oid = l.database
     where l.locktype = 'advisory' and l.classid = ${RELAY_LOCK} and d.datname = current_database()`,
  );
  return rows[0]?.count ?? 0;
}

/** Writes whose keys are known, until a session is trusted with them. */
async function makeSilent(): Promise<void> {
  await until(
    async () => {
      await world.database.query(WRITE, [20, 'earlier']);
      return (await silentCount()) > 0;
    },
    { what: 'a session whose triggers are silent' },
  );
}

const isSeenBy = (what: string, text: string, values: readonly unknown[]): Promise<unknown> =>
  until(async () => JSON.stringify((await world.other.query(text, values)).rows).includes(what), { intervalMs: 1 });

describe('a session that carries known writes only', () => {
  it('writes what the next own read sees, and others within a lease', async () => {
    const { database, other, warm } = world;
    await makeSilent();
    let silentRounds = 0;
    for (let round = 0; round < 20; round++) {
      await warm(READ, [3]);
      await warm(READ, [3], other);
      await database.query(WRITE, [3, `round ${round}`]);
      expect((await database.query(READ, [3])).rows).toEqual([{ what: `round ${round}` }]);
      await isSeenBy(`round ${round}"`, READ, [3]);
      // One that is not used for seconds speaks again.
      if ((await silentCount()) > 0) silentRounds += 1;
    }
    expect(silentRounds).toBeGreaterThan(0);
  });

  it('speaks again for transactions, lent sessions and whatever is not known', async () => {
    const { warm } = world;
    // Without a lane, which carries reads alone.
    const database = await world.connect({ laneCount: 0, maxConnections: 2 });
    const read = 'select n from animal where id = 1';
    const speaking = "select coalesce(current_setting('dgopt.known', true), '') as known, pg_backend_pid() as id";
    const write = 'update animal set n = n + 1 where id = 1';
    const ways: readonly (() => Promise<unknown>)[] = [
      () =>
        database.transaction(async (sql) => {
          expect((await sql.query(speaking)).rows).toMatchObject([{ known: '' }]);
          await sql.query(`do $$ begin ${write}; end $$`);
        }),
      () =>
        database.withConnection(async (sql) => {
          expect((await sql.query(speaking)).rows).toMatchObject([{ known: '' }]);
          await sql.query(`do $$ begin ${write}; end $$`);
        }),
      () => database.query(`do $$ begin ${write}; end $$`),
      async () => {
        const client = await database.asPgPool().connect();
        await client.query(`do $$ begin ${write}; end $$`);
        client.release();
      },
    ];
    for (const way of ways) {
      // Every session of the pool, so that there is no other to take.
      await until(async () => {
        await Promise.all([1, 2].map((id) => database.query(WRITE, [id, 'all'])));
        return (await silentCount()) === 2;
      });
      await warm(read, [], database);
      const [before] = (await database.query<{ n: number }>(read)).rows;
      await way();
      expect((await database.query(read)).rows).toEqual([{ n: (before?.n ?? 0) + 1 }]);
      await isSeenBy(`:${(before?.n ?? 0) + 1}}`, read, []);
    }
  });

  it('is nothing for tables whose defaults, checks and references run or reach more', async () => {
    const { database, postgres, warm } = world;
    await postgres.execute(`
      create function told(t text) returns text language plpgsql as $f$ begin update animal set n = n + 1 where id = 1; return t; end $f$;
      create table teller (id int primary key, what text default told('x'), n int check (told(n::text) is not null));
      insert into teller select g, 'a', 1 from generate_series(1, 5) g`);
    await database.installInvalidation({ tables: ['teller'] });
    const read = 'select n from animal where id = 1';
    for (let round = 0; round < 8; round++) {
      await warm(read);
      const [before] = (await database.query<{ n: number }>(read)).rows;
      await database.query('update teller set n = n + 1 where id = $1', [2]);
      const { rows } = await database.query<{ n: number }>(read);
      expect(rows).not.toEqual([before]);
      expect(rows).toEqual(await world.truth(read));
    }
    expect(await silentCount()).toBe(0);
    // One that cascades is told of by the triggers of what it reaches.
    for (let round = 0; round < 6; round++) await database.query('delete from shop where id = $1', [100 + round]);
    expect(await silentCount()).toBe(0);
  });

  it('is doubted when the schema changed while it waited', async () => {
    const { database, other, outsider, warm } = world;
    const read = 'select n from animal where id = 1';
    await makeSilent();
    await outsider.query('begin');
    await outsider.query(`
      create function spread() returns trigger language plpgsql as $f$
        begin perform pg_advisory_xact_lock(4712); update animal set n = 4711 where id = 1; return null; end $f$;
      create trigger spread after update on log for each row execute function spread()`);
    await outsider.query('select pg_advisory_lock(4712)');
    const heard = new Promise<void>((resolve) => {
      let count = 0;
      const stop = queryInvalidations.subscribe(({ origin }) => {
        // Once in each of the two.
        if (origin === 'schema') count += 1;
        if (count < 2) return;
        stop();
        resolve();
      });
    });
    const writing = database.query(WRITE, [20, 'later']);
    await until(async () => {
      const { rows } = await outsider.query<{ count: number }>(
        "select count(*)::int as count from pg_locks where relation = 'log'::regclass and not granted",
      );
      return (rows[0]?.count ?? 0) > 0;
    });
    await outsider.query('commit');
    // The change of the schema is heard, and answers of after it are in memory, before the trigger it brought writes.
    await heard;
    await warm(read);
    await warm(read, [], other);
    await outsider.query('select pg_advisory_unlock(4712)');
    await writing;
    expect((await database.query(read)).rows).toEqual([{ n: 4711 }]);
    await isSeenBy('4711', read, []);
  });

  it('speaks again when it is not used, and when its process is not heard any more', async () => {
    const { outsider } = world;
    await makeSilent();
    await until(async () => (await silentCount()) === 0, { what: 'unused sessions to speak again' });
    await makeSilent();
    await outsider.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name like '% cache' and datname = current_database()",
    );
    await world.database.query(WRITE, [5, 'unheard']);
    await isSeenBy('unheard', READ, [5]);
    expect((await world.database.query(READ, [5])).rows).toEqual([{ what: 'unheard' }]);
  });

  it('that the server has put out is replaced', async () => {
    const { database, outsider } = world;
    await makeSilent();
    // Whoever is lent it next would find it closed.
    const { rows: putOut } = await outsider.query<{ pid: number }>(
      `select l.pid, pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database
       where l.locktype = 'advisory' and l.classid = ${RELAY_LOCK} and d.datname = current_database()`,
    );
    expect(await database.transaction(async (sql) => (await sql.query('select 1 as one')).rows)).toEqual([{ one: 1 }]);
    // The server puts it out when it comes to it, and only then lets go of its lock.
    await until(async () => {
      const { rows } = await outsider.query('select from pg_stat_activity where pid = any($1)', [
        putOut.map(({ pid }) => pid),
      ]);
      return rows.length === 0;
    });
    expect(await silentCount()).toBe(0);
  });
});
