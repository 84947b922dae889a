// The pool itself: counts, events, options, its end.
import pg from 'pg';
import { openScene, showError } from './scene.mjs';

export async function pools(world) {
  const { seen, observe, pool, openPool } = await openScene(world);
  await observe('counts', async () => {
    const { pool: counted } = openPool({ max: 2 });
    const count = () => [counted.totalCount, counted.idleCount, counted.waitingCount, counted.expiredCount];
    const all = [count()];
    const a = await counted.connect();
    all.push(count());
    const b = await counted.connect();
    all.push(count());
    const waiting = counted.connect();
    all.push(count());
    a.release();
    all.push(count());
    const c = await waiting;
    all.push(count());
    b.release();
    c.release(true);
    all.push(count());
    return all;
  });
  await observe('events', async () => {
    const { pool: told } = openPool({ max: 2 });
    const heard = [];
    for (const event of ['connect', 'acquire', 'release', 'remove'])
      told.on(event, (...given) =>
        heard.push([
          event,
          ...given.map((one) => (one instanceof pg.Client ? 'client' : one instanceof Error ? one.message : one)),
        ]),
      );
    const client = await told.connect();
    client.release();
    const again = await told.connect();
    again.release(new Error('bad'));
    await told.query('select 1');
    await told.query('select nope').catch(() => undefined);
    const last = await told.connect();
    last.release(false);
    (await told.connect()).release(true);
    for (let n = 0; n < 50; n++) await new Promise((resolve) => setTimeout(resolve, 2));
    return heard;
  });
  await observe('instance', async () => ({
    isPool: pool instanceof pg.Pool,
    name: pool.constructor.name,
    prototype: Object.getPrototypeOf(pool).constructor.name,
    on: typeof pool.on,
    methods: ['connect', 'query', 'end', 'on', 'once', 'off', 'listeners', 'emit'].map((name) => typeof pool[name]),
    Client: typeof pool.Client,
    Promise: typeof pool.Promise,
    log: typeof pool.log,
    options: [
      pool.options.max,
      pool.options.min,
      typeof pool.options.connectionString,
      typeof pool.options.idleTimeoutMillis,
      typeof pool.options.maxUses,
      pool.options.allowExitOnIdle,
      pool.options.maxLifetimeSeconds,
    ],
    ending: pool.ending,
    ended: pool.ended,
    // oxlint-disable-next-line no-underscore-dangle -- read by users of `pg.Pool`
    clients: Array.isArray(pool._clients),
  }));
  await observe('methods taken off', async () => {
    const { query, connect } = pool;
    return [typeof query, typeof connect];
  });
  await observe('patched', async () => {
    const { pool: patched } = openPool({ max: 1 });
    const original = patched.query;
    let calls = 0;
    patched.query = function (...given) {
      calls += 1;
      return original.apply(this, given);
    };
    await patched.query('select 1');
    return calls;
  });
  await observe('waiting too long', async () => {
    const { pool: small } = openPool({ max: 1, connectionTimeoutMillis: 500 });
    const client = await small.connect();
    const refused = await small.connect().then(() => 'lent', showError);
    const asked = await small.query('select 1').then(() => 'answered', showError);
    client.release();
    return [refused, asked, (await small.query('select 1 as n')).rows];
  });
  await observe('end', async () => {
    const { pool: ending } = openPool({ max: 2 });
    await ending.query('select 1');
    const returned = await ending.end();
    return [
      returned,
      ending.ending,
      ending.ended,
      ending.totalCount,
      await ending.query('select 1').catch(showError),
      await ending.connect().catch(showError),
      await ending.end().catch(showError),
      await new Promise((resolve) => {
        ending.query('select 1', (error) => resolve(showError(error)));
      }),
      await new Promise((resolve) => {
        ending.connect((error) => resolve(showError(error)));
      }),
      await new Promise((resolve) => {
        ending.end((error) => resolve(error && showError(error)));
      }),
    ];
  });
  await observe(
    'end with a callback',
    () =>
      new Promise((resolve) => {
        const { pool: ending } = openPool({ max: 2 });
        ending.end((...given) => resolve(given));
      }),
  );
  await observe('end while lent', async () => {
    const { pool: ending } = openPool({ max: 2 });
    const client = await ending.connect();
    let ended = false;
    const end = ending.end().then(() => {
      ended = true;
    });
    const answer = (await client.query('select 1 as n')).rows;
    const before = ended;
    client.release();
    await end;
    return [answer, before, ended];
  });
  await observe('after all', () => pool.query('select 1 as n'));
  return seen;
}
