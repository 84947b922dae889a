// Reads after writes of every kind, schema changes, settings and search paths.
import { openScene, times } from './scene.mjs';

export async function freshness(world) {
  const { seen, observe, pool, announce, openPool } = await openScene(world);
  await observe('schema changes under prepared statements', async () => {
    await pool.query('create table e.w (a int); insert into e.w values (1)');
    await announce();
    const read = () =>
      times(4, () => pool.query('select * from e.w where a = $1', [1])).then((all) => all.map(({ rows }) => rows));
    const before = await read();
    await pool.query("alter table e.w add column b text default 'new'");
    const added = await read();
    await pool.query('alter table e.w alter column a type bigint');
    return [before, added, await read()];
  });
  await observe('discard', async () => {
    const client = await pool.connect();
    await client.query('discard all');
    await client.query('deallocate all');
    client.release();
    return (await times(4, () => pool.query('select id from e.t where id = $1', [1]))).map(({ rows }) => rows);
  });
  await observe('own writes', () =>
    times(10, async (n) => {
      await pool.query('update e.t set n = $1 where id = 2', [n]);
      return [
        (await pool.query('select n from e.t where id = 2')).rows,
        (await pool.query('select n from e.t where id = $1', [2])).rows,
        (await pool.query('select sum(n) as s from e.t')).rows,
      ];
    }),
  );
  await observe('writes on a client', () =>
    times(5, async (n) => {
      const client = await pool.connect();
      await client.query('update e.t set n = $1 where id = 2', [n + 50]);
      client.release();
      return (await pool.query('select n from e.t where id = 2')).rows;
    }),
  );
  await observe('writes in a transaction', () =>
    times(5, async (n) => {
      const client = await pool.connect();
      await client.query('begin');
      await client.query('update e.t set n = $1 where id = 2', [n + 90]);
      const [inside, outside] = [
        (await client.query('select n from e.t where id = 2')).rows,
        (await pool.query('select n from e.t where id = 2')).rows,
      ];
      await client.query(n % 2 === 0 ? 'commit' : 'rollback');
      client.release();
      return [inside, outside, (await pool.query('select n from e.t where id = 2')).rows];
    }),
  );
  await observe('writes by a function', async () => {
    await pool.query(
      "create function e.bump(int) returns void language sql as 'update e.t set n = n + 1 where id = $1'",
    );
    return times(5, async () => {
      await pool.query('select e.bump(2)');
      return (await pool.query('select n from e.t where id = 2')).rows;
    });
  });
  await observe('writes by a trigger and a cascade', async () => {
    await pool.query(
      'create table e.parent (id int primary key); create table e.child (id int primary key, parent int references e.parent on delete cascade); insert into e.parent values (1), (2); insert into e.child values (1, 1), (2, 2)',
    );
    await announce();
    const read = async () =>
      (await times(3, () => pool.query('select id from e.child order by id'))).map(({ rows }) => rows);
    const before = await read();
    await pool.query('delete from e.parent where id = 1');
    const after = await read();
    await pool.query('truncate e.parent cascade');
    return [before, after, await read()];
  });
  await observe('settings', async () => {
    await pool.query(
      "create table e.secret (owner text, v text); insert into e.secret values ('anna', 'A'), ('bert', 'B'); alter table e.secret enable row level security; alter table e.secret force row level security; drop role if exists reader; create role reader; grant usage on schema e to reader; grant select on e.secret to reader; create policy mine on e.secret using (owner = current_setting('app.user', true))",
    );
    await announce();
    return times(6, async (n) => {
      const client = await pool.connect();
      try {
        await client.query('begin');
        await client.query('set local role reader');
        await client.query("select set_config('app.user', $1, true)", [n % 2 === 0 ? 'anna' : 'bert']);
        const { rows } = await client.query('select v from e.secret');
        await client.query('commit');
        return rows;
      } finally {
        client.release();
      }
    });
  });
  await observe('search path of sessions', async () => {
    await pool.query(
      'create schema if not exists e2; create table if not exists e2.v (a int); truncate e2.v; insert into e2.v values (-1)',
    );
    await announce();
    const small = openPool({ max: 1 });
    await small.announce();
    const answers = [];
    for (const path of ['e', 'e2', 'e', 'e2']) {
      await small.pool.query(`set search_path = ${path}`);
      answers.push((await times(3, () => small.pool.query('select min(a) as a from v'))).map(({ rows }) => rows));
    }
    return answers;
  });

  return seen;
}
