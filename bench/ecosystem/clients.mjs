// What a lent client does: transactions, settings, cursors, streams, COPY, notifications.
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import Cursor from 'pg-cursor';
import QueryStream from 'pg-query-stream';
import { openScene, showError, times } from './scene.mjs';

export async function clients(world) {
  const { seen, observe, pool } = await openScene(world);
  await observe('transaction', async () => {
    const client = await pool.connect();
    const answers = [];
    const run = async (text, values) =>
      answers.push(
        await client.query(text, values).then(
          ({ command, rowCount, rows }) => ({ command, rowCount, rows }),
          (error) => error.code,
        ),
      );
    try {
      await run('BEGIN');
      await run("insert into e.t (id, name) values (10, 'ten')");
      await run('savepoint s');
      await run("insert into e.t (id, name) values (11, 'one')");
      await run('select 1');
      await run('rollback to s');
      await run('insert into e.t (id, name) values ($1, $2)', [12, 'twelve']);
      await run('release s');
      answers.push((await pool.query('select count(*)::int as n from e.t where id >= 10')).rows);
      await run('COMMIT');
      answers.push((await pool.query('select id from e.t where id >= 10 order by id')).rows);
      await run('BEGIN');
      await run('delete from e.t where id >= 10');
      answers.push((await pool.query('select id from e.t where id >= 10 order by id')).rows);
      await run('ROLLBACK');
      answers.push((await pool.query('select id from e.t where id >= 10 order by id')).rows);
      await run('BEGIN');
      await run('select nope');
      await run('COMMIT');
    } finally {
      client.release();
    }
    return answers;
  });
  await observe('state of a session', async () => {
    const client = await pool.connect();
    try {
      await client.query('create temp table scratch (a int); insert into scratch values (1)');
      await client.query("set my.setting = 'x'");
      await client.query('set search_path = e');
      return [
        (await client.query('select a from scratch')).rows,
        (await client.query("select current_setting('my.setting') as s, current_schema as c")).rows,
        (await client.query('select name from t where id = 1')).rows,
      ];
    } finally {
      client.release(true);
    }
  });
  await observe('advisory lock', async () => {
    const [a, b] = [await pool.connect(), await pool.connect()];
    try {
      await a.query('select pg_advisory_lock(42)');
      const other = (await b.query('select pg_try_advisory_lock(42) as got')).rows;
      const through = (await pool.query('select pg_try_advisory_lock(42) as got')).rows;
      await a.query('select pg_advisory_unlock(42)');
      return [
        other,
        through,
        (await b.query('select pg_try_advisory_lock(42) as got, pg_advisory_unlock(42) as freed')).rows,
      ];
    } finally {
      a.release();
      b.release();
    }
  });
  await observe('notifications', async () => {
    const client = await pool.connect();
    const heard = [];
    client.on('notification', ({ channel, payload, processId }) =>
      heard.push({ channel, payload, process: typeof processId }),
    );
    await client.query('listen news');
    await pool.query("notify news, 'from the pool'");
    await pool.query('select pg_notify($1, $2)', ['news', 'by function']);
    for (let n = 0; n < 100 && heard.length < 2; n++) await new Promise((resolve) => setTimeout(resolve, 20));
    await client.query('unlisten *');
    client.removeAllListeners('notification');
    client.release();
    return heard;
  });
  await observe('notices', async () => {
    const client = await pool.connect();
    const heard = [];
    client.on('notice', ({ message, severity, constructor }) => heard.push([message, severity, constructor.name]));
    await client.query("do $$ begin raise notice 'hello'; raise warning 'careful'; end $$");
    client.release(true);
    return heard;
  });
  await observe('cursor', async () => {
    const client = await pool.connect();
    const cursor = client.query(new Cursor('select n from generate_series(1, $1::int) n', [10]));
    const parts = [await cursor.read(3), await cursor.read(3), await cursor.read(100), await cursor.read(1)];
    await cursor.close();
    client.release();
    return parts.map((rows) => rows.length);
  });
  await observe('cursor, closed early, as arrays', async () => {
    const client = await pool.connect();
    const cursor = client.query(
      new Cursor('select n, n * 2 from generate_series(1, 1000) n', [], { rowMode: 'array' }),
    );
    const rows = await cursor.read(2);
    await cursor.close();
    const after = await client.query('select 1 as n');
    client.release();
    return [rows, after.rows];
  });
  await observe('cursor, error', async () => {
    const client = await pool.connect();
    const cursor = client.query(new Cursor('select 10 / (5 - n) from generate_series(1, 10) n'));
    try {
      return [await cursor.read(3), await cursor.read(10).catch(showError)];
    } finally {
      await cursor.close().catch(() => undefined);
      client.release();
    }
  });
  await observe('stream', async () => {
    const client = await pool.connect();
    const stream = client.query(
      new QueryStream('select n, n::text as t from generate_series(1, 2500) n', [], { batchSize: 100 }),
    );
    let count = 0;
    let last;
    for await (const row of stream) {
      count += 1;
      last = row;
    }
    client.release();
    return [count, last, (await pool.query('select 1 as n')).rows];
  });
  await observe('stream, left early', async () => {
    const client = await pool.connect();
    const stream = client.query(new QueryStream('select n from generate_series(1, 100000) n'));
    let count = 0;
    for await (const row of stream) if ((count += row.n > 0) === 10) break;
    const after = await client.query('select 1 as n');
    client.release();
    return [count, after.rows];
  });
  await observe('copy in', async () => {
    const client = await pool.connect();
    try {
      const stream = client.query(copyFrom('copy e.v (a) from stdin with (format csv)'));
      await pipeline(Readable.from(['100\n', '101\n1', '02\n']), stream);
      return [
        stream.rowCount,
        (await client.query('select a from e.v where a >= 100 order by a')).rows,
        (await pool.query('select count(*)::int as n from e.v where a >= 100')).rows,
      ];
    } finally {
      client.release();
    }
  });
  await observe('copy in, refused', async () => {
    const client = await pool.connect();
    try {
      const stream = client.query(copyFrom('copy e.v (a) from stdin with (format csv)'));
      return [
        await pipeline(Readable.from(['x\n']), stream).catch(showError),
        (await client.query('select 1 as n')).rows,
      ];
    } finally {
      client.release();
    }
  });
  await observe('copy out', async () => {
    const client = await pool.connect();
    try {
      const stream = client.query(copyTo('copy (select n from generate_series(1, 20000) n) to stdout'));
      let length = 0;
      for await (const chunk of stream) length += chunk.length;
      return [stream.rowCount, length, (await client.query('select 1 as n')).rows];
    } finally {
      client.release();
    }
  });
  await observe('after copy', async () =>
    (await times(4, () => pool.query('select a from e.v where a = $1', [101]))).map(({ rows }) => rows),
  );
  await observe('events of a query', async () => {
    const client = await pool.connect();
    const query = client.query(new pg.Query('select n from generate_series(1, 3) n'));
    const heard = [];
    query.on('row', (row) => heard.push(row));
    const [end] = await once(query, 'end');
    client.release();
    return [heard, end?.command, end?.rowCount];
  });
  await observe('queued on a client', async () => {
    const client = await pool.connect();
    const answers = await Promise.all([1, 2, 3].map((n) => client.query('select $1::int as n', [n])));
    client.release();
    return answers.map(({ rows }) => rows);
  });
  await observe('released twice', async () => {
    const client = await pool.connect();
    client.release();
    client.release();
  });
  await observe('client', async () => {
    const client = await pool.connect();
    const what = {
      isClient: client instanceof pg.Client,
      name: client.constructor.name,
      process: typeof client.processID,
      escape: client.escapeLiteral("o'b"),
      identifier: client.escapeIdentifier('a"b'),
      status: client.getTransactionStatus(),
      host: typeof client.host,
      port: typeof client.port,
      database: typeof client.database,
      user: typeof client.user,
      secret: typeof client.secretKey,
    };
    await client.query('begin');
    const inside = client.getTransactionStatus();
    await client.query('rollback');
    client.release();
    return { what, inside, after: client.getTransactionStatus() };
  });
  await observe(
    'connect with a callback',
    () =>
      new Promise((resolve, reject) => {
        const returned = pool.connect((error, client, done) => {
          if (error) return reject(error);
          client.query('select 1 as n', (failure, result) => {
            done();
            resolve([returned, error, typeof done, failure, result.rows]);
          });
        });
      }),
  );
  await observe('type parsers of a client', async () => {
    const client = await pool.connect();
    client.setTypeParser(23, (value) => `int ${value}`);
    const own = await client.query('select 1::int4 as n');
    client.release(true);
    return [own.rows, (await pool.query('select 1::int4 as n')).rows];
  });
  return seen;
}
