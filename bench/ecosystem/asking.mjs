// Every way to ask a pool, and what comes of it.
import pg from 'pg';
import { openScene, showError, showResult, times } from './scene.mjs';

export async function asking(world) {
  const { seen, observe, pool } = await openScene(world);
  await observe('configuration', () => pool.query({ text: 'select $1::int as n', values: [7] }));
  await observe('configuration and values', () => pool.query({ text: 'select $1::int as n' }, [8]));
  await observe('both values', () => pool.query({ text: 'select $1::int as n', values: [1] }, [8]));
  await observe('undefined keys', async () =>
    (
      await times(4, () =>
        pool.query({ text: 'select $1::int as n', values: [7], rowMode: undefined, name: undefined, types: undefined }),
      )
    ).map(showResult),
  );
  await observe('null values', () => pool.query('select 1 as n', null));
  await observe('named', async () =>
    (await times(4, (n) => pool.query({ name: 'mine', text: 'select $1::int as n', values: [n] }))).map(showResult),
  );
  await observe('named, another text', async () => {
    const client = await pool.connect();
    try {
      await client.query({ name: 'a', text: 'select 1' });
      return await client.query({ name: 'a', text: 'select 2' });
    } finally {
      client.release();
    }
  });
  await observe('own types of a query', async () =>
    (
      await times(4, () =>
        pool.query({ text: 'select 1::int8 as n, 2 as m', types: { getTypeParser: () => (value) => `<${value}>` } }),
      )
    ).map(showResult),
  );
  await observe('binary', async () =>
    (
      await times(4, () =>
        pool.query({ text: 'select 1::int4 as n, true as b, $1::int as v', values: [3], binary: true }),
      )
    ).map(showResult),
  );
  await observe('extended mode', () => pool.query({ text: 'select 1 as n', queryMode: 'extended' }));
  await observe('rows at a time', () => pool.query({ text: 'select generate_series(1, 5) as n', rows: 2 }));
  await observe('query_timeout passed', () => pool.query({ text: 'select pg_sleep(1)', query_timeout: 50 }));
  await observe('query_timeout kept', () => pool.query({ text: 'select 1 as n', query_timeout: 5_000 }));
  await observe('several commands', () => pool.query('select 1 as a; select 2 as b; select 3 as c where false'));
  await observe('several, one failing', () => pool.query('select 1 as a; select 1/0 as b'));
  await observe('empty', () => pool.query(''));
  await observe('semicolon', async () => (await times(4, () => pool.query('select 1 as n;'))).map(showResult));
  await observe('comment only', () => pool.query('-- nothing'));
  await observe('comment first', async () =>
    (await times(4, () => pool.query('/* a */ -- b\n select 1 as n'))).map(showResult),
  );
  await observe('DDL', () => pool.query('create table e.u (a int)'));
  await observe('update', () => pool.query('update e.t set n = n + 1 where id = 1'));
  await observe('update returning', () => pool.query('update e.t set n = n + $1 where id = 1 returning n', [1]));
  await observe('delete none', () => pool.query('delete from e.t where id = 77'));
  await observe('explain', async () => (await pool.query('explain (costs off) select 1')).rows);
  await observe('show', () =>
    pool.query('show timezone').then(({ rows, command, rowCount }) => ({ rows: rows.length, command, rowCount })),
  );
  await observe('do', () => pool.query('do $$ begin perform 1; end $$'));
  await observe('call', async () => {
    await pool.query('create procedure e.p(inout a int) language plpgsql as $$ begin a := a + 1; end $$');
    return pool.query('call e.p(1)');
  });
  await observe('values', async () =>
    (await times(4, () => pool.query('values (1, $1::text)', ['x']))).map(showResult),
  );
  await observe('table', async () => (await times(4, () => pool.query('table e.v'))).map(showResult));
  await observe('with', async () =>
    (await times(4, () => pool.query('with x as (select 1 as a) select * from x'))).map(showResult),
  );
  await observe('with that writes', () =>
    pool.query('with x as (insert into e.v values (2) returning a) select * from x'),
  );
  await observe('merge', () =>
    pool.query('merge into e.v using (values (3)) as s(a) on v.a = s.a when not matched then insert values (s.a)'),
  );
  await observe('for update', async () =>
    (await times(4, () => pool.query('select id from e.t where id = 1 for update'))).map(showResult),
  );
  await observe('long text', async () =>
    (await times(4, () => pool.query('select repeat($1, 100000) as v', ['é']))).map(({ rows }) => rows[0].v.length),
  );
  await observe('many rows', async () =>
    (await times(4, () => pool.query('select n, n::text as t from generate_series(1, 5000) n'))).map(
      ({ rows, rowCount }) => [rows.length, rowCount, rows.at(-1)],
    ),
  );
  await observe(
    'callback',
    () =>
      new Promise((resolve, reject) => {
        const returned = pool.query('select 1 as n', (error, result) =>
          error ? reject(error) : resolve([returned, error, showResult(result)]),
        );
      }),
  );
  await observe(
    'callback and values',
    () =>
      new Promise((resolve, reject) => {
        pool.query('select $1::int as n', [5], (error, result) => (error ? reject(error) : resolve(result)));
      }),
  );
  await observe(
    'callback, configuration',
    () =>
      new Promise((resolve, reject) => {
        pool.query({ text: 'select $1::int as n', values: [6] }, (error, result) =>
          error ? reject(error) : resolve(result),
        );
      }),
  );
  await observe(
    'callback, error',
    () =>
      new Promise((resolve) => {
        pool.query('select nope', (error, result) => resolve([showError(error), result]));
      }),
  );
  await observe('a function', () => pool.query(() => undefined));
  await observe('nothing', () => pool.query());
  await observe('null', () => pool.query(null));
  await observe('number', () => pool.query(5));
  await observe('no text', () => pool.query({ values: [1] }));
  await observe('values are no list', () => pool.query('select $1::int', 'x'));
  await observe('values are no list, in the configuration', () => pool.query({ text: 'select $1::int', values: 'x' }));
  await observe('Query', async () => {
    const query = new pg.Query('select 1 as n');
    return pool.query(query);
  });
  await observe('Query with values', async () => pool.query(new pg.Query('select $1::int as n', [3])));
  await observe('Query, error', async () => pool.query(new pg.Query('select nope')));

  await observe('context of the caller', async () => {
    const { AsyncLocalStorage } = await import('node:async_hooks');
    const storage = new AsyncLocalStorage();
    return storage.run('caller', () =>
      Promise.all(
        [1, 2, 3].map(async (n) => {
          await pool.query('select $1::int as n', [n]);
          return storage.getStore();
        }),
      ),
    );
  });
  await observe('template object', async () => {
    class Template {
      constructor(strings, values) {
        this.strings = strings;
        this.values = values;
      }
      get text() {
        return this.strings.join('$1');
      }
    }
    return (await times(4, () => pool.query(new Template(['select ', '::int as n'], [3])))).map(showResult);
  });
  await observe('configuration is left as it was', async () => {
    const config = { text: 'select $1::int as n', values: [1] };
    await pool.query(config);
    return config;
  });
  await observe('values changed at once', async () => {
    const values = [1];
    const running = times(1, () => pool.query('select $1::int as n', values));
    await running;
    values[0] = 2;
    return (await pool.query('select $1::int as n', values)).rows;
  });
  return seen;
}
