// Errors: of statements, of sessions that end, of calls that make no sense.
import { openScene, showError, showResult, times } from './scene.mjs';

export async function mistakes(world) {
  const { seen, observe, pool, openPool } = await openScene(world);
  for (const [name, text, values] of [
    ['syntax', 'selct 1'],
    ['unknown column', 'select nope from e.t'],
    ['unknown table', 'select * from e.nope'],
    ['division', 'select 1 / $1::int', [0]],
    ['not null', 'insert into e.t (id) values (5)'],
    ['unique', "insert into e.t (id, name) values (6, 'one')"],
    ['unique with values', 'insert into e.t (id, name) values ($1, $2)', [6, 'one']],
    ['check', 'insert into e.t (id, name) values (7, $1)', ['x'.repeat(30)]],
    ['foreign key', "insert into e.t (id, name, parent) values (8, 'eight', 99)"],
    [
      'raise',
      "do $$ begin raise exception 'custom' using errcode = 'P0099', detail = 'd', hint = 'h', column = 'c', table = 't', schema = 's', constraint = 'k', datatype = 'y'; end $$",
    ],
    ['cast', 'select $1::int', ['x']],
    ['parameter missing', 'select $1::int as n'],
    ['too many values', 'select 1 as n', [1]],
    ['too few values', 'select $1::int, $2::int', [1]],
    ['zero byte', 'select $1::text', ['a\0b']],
    ['type not found', 'select $1 as n', [1]],
    ['two types', 'select $1::int + $1::text', [1]],
    ['inner function', 'select e.f()'],
  ]) {
    if (name === 'inner function')
      await pool.query('create function e.f() returns int language plpgsql as $$ begin return (select 1/0); end $$');
    await observe(`error: ${name}`, async () =>
      times(5, () => pool.query(text, values).then(showResult, (error) => showError(error))),
    );
    await observe(`error in place of the caller: ${name}`, async () => {
      async function placeOfTheCaller() {
        await pool.query(text, values);
      }
      return placeOfTheCaller().then(
        () => 'no error',
        (error) => /placeOfTheCaller/.test(error.stack),
      );
    });
  }
  await observe('error on a client', async () => {
    const client = await pool.connect();
    try {
      return await client.query('select nope').catch(showError);
    } finally {
      client.release();
    }
  });
  await observe('statement timeout', async () => {
    const client = await pool.connect();
    try {
      await client.query('set statement_timeout = 30');
      return await client.query('select pg_sleep(2)').catch(showError);
    } finally {
      client.release(true);
    }
  });
  await observe('cancelled', async () => {
    const client = await pool.connect();
    try {
      const { rows } = await client.query('select pg_backend_pid() as pid');
      const running = client.query('select pg_sleep(5)').catch(showError);
      setTimeout(() => void pool.query('select pg_cancel_backend($1)', [rows[0].pid]), 50);
      return await running;
    } finally {
      client.release();
    }
  });
  await observe('killed while lent', async () => {
    const client = await pool.connect();
    const heard = [];
    client.on('error', (error) => heard.push(showError(error)));
    client.on('end', () => heard.push('end'));
    const { rows } = await client.query('select pg_backend_pid() as pid');
    const running = client.query('select pg_sleep(5)').catch(showError);
    await pool.query('select pg_terminate_backend($1)', [rows[0].pid]);
    const answer = await running;
    await new Promise((resolve) => setTimeout(resolve, 100));
    const later = await client.query('select 1').catch(showError);
    client.release();
    return { answer, later, heard };
  });
  await observe('killed while asked', async () => {
    const running = pool.query("select pg_sleep(5), 'kill me' as n").catch(showError);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query like '%''kill me''%' and pid <> pg_backend_pid() and state = 'active'",
    );
    return running;
  });
  await observe('after that', () => pool.query('select 1 as n'));
  await observe('killed while idle', async () => {
    const apart = openPool({ max: 2 });
    const heard = [];
    apart.pool.on('error', (error, client) =>
      heard.push([showError(error), client?.constructor?.name, error.client === client]),
    );
    const { rows } = await apart.pool.query('select pg_backend_pid() as pid');
    await new Promise((resolve) => setTimeout(resolve, 200));
    await pool.query('select pg_terminate_backend($1)', [rows[0].pid]);
    for (let n = 0; n < 100 && heard.length === 0; n++) await new Promise((resolve) => setTimeout(resolve, 20));
    return [heard.length, heard[0], (await apart.pool.query('select 2 as n')).rows];
  });

  return seen;
}
