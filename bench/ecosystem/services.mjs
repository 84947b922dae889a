// Queues, sessions, limits and servers.
import { show, until } from './work.mjs';

export async function pgBoss(world) {
  const { PgBoss } = await import('pg-boss');
  const { pool, announce } = world.openPool();
  const db = { executeSql: (text, values) => pool.query(text, values) };
  const boss = new PgBoss({ db, supervise: true, schedule: false });
  const errors = [];
  boss.on('error', (error) => errors.push(error.message));
  await boss.start();
  await announce();
  await boss.createQueue('mail');
  const done = [];
  await boss.work('mail', { pollingIntervalSeconds: 0.5, batchSize: 5 }, async (jobs) => {
    for (const { data } of jobs) {
      if (data.n === 3) throw new Error('no');
      done.push(data.n);
    }
  });
  for (const n of [1, 2]) await boss.send('mail', { n });
  const all = await until(() => done.length === 2);
  const once = [await boss.send('mail', { n: 9 }, { singletonKey: 'x', startAfter: 60 }), await boss.fetch('mail')].map(
    (one) => typeof one,
  );
  await boss.stop({ graceful: true });
  const { rows } = await pool.query(
    "select state, count(*)::int from pgboss.job where name = 'mail' group by 1 order by 1",
  );
  return { all: show([all, done.toSorted()]), once: show(once), rows: show(rows), errors: show(errors) };
}

export async function graphileWorker(world) {
  const { run, makeWorkerUtils, Logger } = await import('graphile-worker');
  const { pool, announce } = world.openPool();
  const done = [];
  const logger = new Logger(() => () => undefined);
  const utils = await makeWorkerUtils({ pgPool: pool, logger });
  await utils.migrate();
  await announce();
  const runner = await run({
    pgPool: pool,
    logger,
    concurrency: 3,
    noHandleSignals: true,
    pollInterval: 500,
    taskList: {
      greet: async ({ n }, { withPgClient, query }) => {
        if (n === 3) throw new Error('no');
        await withPgClient((client) => client.query('select 1'));
        await query('select 1');
        done.push(n);
      },
    },
  });
  for (const n of [1, 2, 3, 4]) await utils.addJob('greet', { n }, { maxAttempts: 1 });
  const all = await until(() => done.length === 3);
  await runner.addJob('greet', { n: 5 });
  const notified = await until(() => done.length === 4);
  await runner.stop();
  await utils.release();
  const { rows } = await pool.query(
    'select attempts, last_error is not null as failed from graphile_worker.jobs order by id',
  );
  return { all: show([all, notified, done.toSorted()]), rows: show(rows) };
}

export async function connectPgSimple(world) {
  const { default: express } = await import('express');
  const { default: session } = await import('express-session');
  const { default: connect } = await import('connect-pg-simple');
  const { pool, announce } = world.openPool();
  const Store = connect(session);
  const store = new Store({ pool, createTableIfMissing: true, pruneSessionInterval: false });
  const app = express()
    .use(session({ store, secret: 's', resave: false, saveUninitialized: true }))
    .get('/', (request, response) => {
      request.session.visits = (request.session.visits ?? 0) + 1;
      response.json({ visits: request.session.visits });
    })
    .get('/out', (request, response) => request.session.destroy(() => response.json({ out: true })));
  const server = await new Promise((resolve) => {
    const one = app.listen(0, () => resolve(one));
  });
  const url = `http://127.0.0.1:${server.address().port}`;
  const first = await fetch(url);
  const cookie = first.headers.get('set-cookie').split(';')[0];
  await announce();
  const visits = [await first.json()];
  for (let n = 0; n < 6; n++) visits.push(await (await fetch(url, { headers: { cookie } })).json());
  visits.push(
    await (await fetch(`${url}/out`, { headers: { cookie } })).json(),
    await (await fetch(url, { headers: { cookie } })).json(),
  );
  server.close();
  return { visits: show(visits), rows: show((await pool.query('select count(*)::int as n from session')).rows) };
}

export async function rateLimiterFlexible(world) {
  const { RateLimiterPostgres } = await import('rate-limiter-flexible');
  const { pool, announce } = world.openPool();
  const limiter = await new Promise((resolve, reject) => {
    const one = new RateLimiterPostgres({ storeClient: pool, points: 5, duration: 60, tableName: 'limits' }, (error) =>
      error ? reject(error) : resolve(one),
    );
  });
  await announce();
  const answers = [];
  for (let n = 0; n < 7; n++)
    answers.push(
      await limiter.consume('anna').then(
        ({ consumedPoints, remainingPoints }) => [consumedPoints, remainingPoints],
        ({ consumedPoints, remainingPoints }) => ['refused', consumedPoints, remainingPoints],
      ),
      (await limiter.get('anna'))?.consumedPoints,
    );
  await limiter.delete('anna');
  answers.push(await limiter.get('anna'));
  return { answers: show(answers) };
}

export async function fastifyPostgres(world) {
  const { default: fastify } = await import('fastify');
  const { default: plugin } = await import('@fastify/postgres');
  const { default: pg } = await import('pg');
  const app = fastify();
  await app.register(plugin, { connectionString: world.connectionString, pg: { ...pg, Pool: world.Pool } });
  app.get('/', async () => (await app.pg.query('select $1::int as n', [1])).rows);
  app.get('/transact', () =>
    app.pg.transact(async (client) => {
      await client.query('create table if not exists t (a int)');
      await client.query('insert into t values (1)');
      return (await client.query('select count(*)::int as n from t')).rows;
    }),
  );
  app.get('/callback', (_, reply) => {
    app.pg.connect((error, client, release) => {
      if (error) return reply.send(error);
      client.query('select 2 as n', (failure, result) => {
        release();
        reply.send(failure ?? result.rows);
      });
    });
  });
  app.get('/error', () => app.pg.query('select nope'));
  const answers = [];
  for (let n = 0; n < 4; n++)
    for (const url of ['/', '/transact', '/callback', '/error']) answers.push((await app.inject({ url })).json());
  await app.close();
  return { answers: show(answers) };
}
