// Migrations, formatted texts, claims of row-level security, and drivers of their own beside the pool.
import { failed, show, socketOf, TABLES, until } from './work.mjs';

export async function nodePgMigrate(world) {
  const { runner } = await import('node-pg-migrate');
  const { mkdtempSync, writeFileSync, rmSync } = await import('node:fs');
  const { join } = await import('node:path');
  const dir = mkdtempSync(join(import.meta.dirname, 'migrations-'));
  writeFileSync(
    join(dir, '1700000000000_first.mjs'),
    "export const up = (pgm) => { pgm.createTable('m', { id: 'id', a: { type: 'int', notNull: true } }); pgm.sql(\"insert into m (a) values (1)\"); }; export const down = (pgm) => pgm.dropTable('m');",
  );
  writeFileSync(
    join(dir, '1700000000001_second.mjs'),
    "export const up = (pgm) => { pgm.noTransaction(); pgm.createIndex('m', 'a', { concurrently: true }); }; export const down = (pgm) => pgm.dropIndex('m', 'a');",
  );
  const { pool } = world.openPool();
  const client = await pool.connect();
  const logger = { info() {}, warn() {}, error() {}, debug() {} };
  const options = {
    dbClient: client,
    dir,
    migrationsTable: 'pgmigrations',
    logger,
    count: Infinity,
    singleTransaction: false,
  };
  const up = await failed(runner({ ...options, direction: 'up' }).then((all) => all.map(({ name }) => name)));
  const again = await failed(runner({ ...options, direction: 'up' }).then((all) => all.length));
  const down = await failed(
    runner({ ...options, direction: 'down', count: 1 }).then((all) => all.map(({ name }) => name)),
  );
  client.release();
  rmSync(dir, { recursive: true });
  return {
    up: show(up),
    again: show(again),
    down: show(down),
    rows: show((await pool.query('select name from pgmigrations order by id')).rows),
    m: show((await pool.query('select * from m')).rows),
  };
}

export async function umzugOn(world) {
  const { Umzug } = await import('umzug');
  const { pool, announce } = world.openPool();
  await pool.query('create table done (name text primary key)');
  await announce();
  const storage = {
    logMigration: ({ name }) => pool.query('insert into done values ($1)', [name]),
    unlogMigration: ({ name }) => pool.query('delete from done where name = $1', [name]),
    executed: async () => (await pool.query('select name from done order by name')).rows.map(({ name }) => name),
  };
  const umzug = new Umzug({
    context: pool,
    storage,
    logger: undefined,
    migrations: [1, 2, 3].map((n) => ({
      name: `m${n}`,
      up: ({ context }) => context.query(`create table m${n} (a int)`),
      down: ({ context }) => context.query(`drop table m${n}`),
    })),
  });
  const seen = {};
  for (let round = 0; round < 3; round++) {
    seen[`up ${round}`] = show((await umzug.up()).map(({ name }) => name));
    seen[`executed ${round}`] = show((await umzug.executed()).map(({ name }) => name));
    seen[`down ${round}`] = show((await umzug.down({ to: 0 })).map(({ name }) => name));
    seen[`pending ${round}`] = show((await umzug.pending()).map(({ name }) => name));
  }
  return seen;
}

export async function pgFormat(world) {
  const { default: format } = await import('pg-format');
  const { pool, announce } = world.openPool();
  await pool.query(TABLES);
  await announce();
  const seen = {};
  for (let n = 0; n < 4; n++) {
    seen[`insert ${n}`] = show(
      (
        await pool.query(
          format('insert into authors (name, tags) values %L returning id', [
            [`a'${n}`, '{x}'],
            [`b"${n}`, null],
          ]),
        )
      ).rows,
    );
    seen[`read ${n}`] = show(
      (
        await pool.query(
          format('select %I, tags from authors where name in (%L) order by id', 'name', [`a'${n}`, `b"${n}`]),
        )
      ).rows,
    );
  }
  return seen;
}

/** As PostGraphile's `withPgClient` and every row-level-security middleware do it. */
export async function claims(world) {
  const { pool, announce } = world.openPool();
  await pool.query(
    "create table notes (owner text, v text); insert into notes select o, o || n from unnest(array['anna', 'bert']) o, generate_series(1, 3) n; alter table notes enable row level security; drop role if exists visitor; create role visitor; grant select, insert on notes to visitor; create policy own on notes using (owner = current_setting('jwt.claims.user', true))",
  );
  await announce();
  const withPgClient = async (user, work) => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query('select set_config(el->>0, el->>1, true) from json_array_elements($1::json) el', [
        JSON.stringify([
          ['role', 'visitor'],
          ['jwt.claims.user', user],
        ]),
      ]);
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  };
  const answers = [];
  for (let n = 0; n < 8; n++)
    answers.push(
      await withPgClient(
        n % 2 ? 'anna' : 'bert',
        async (client) => (await client.query('select v from notes order by v')).rows,
      ),
      (await pool.query('select count(*)::int as n from notes')).rows,
    );
  answers.push(
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        withPgClient(
          n % 2 ? 'anna' : 'bert',
          async (client) => (await client.query('select string_agg(v, $1 order by v) as all from notes', [','])).rows,
        ),
      ),
    ),
  );
  return { answers: show(answers) };
}

/** Drivers of their own, given only the address: they must not mind our pool beside them, nor it their writes. */
export async function strangers(world) {
  const { default: pgPromise } = await import('pg-promise');
  const { default: knexOf } = await import('knex');
  const { Sequelize, DataTypes } = await import('sequelize');
  const { default: createSubscriber } = await import('pg-listen');
  const { pool, announce } = world.openPool();
  await pool.query('create table shared (id int generated always as identity primary key, who text)');
  await announce();
  const seen = {};
  const read = async (who) => {
    // Their commits reach a cache within its lease: what matters is that they do.
    const ok = await until(
      async () => (await pool.query('select count(*)::int as n from shared where who = $1', [who])).rows[0].n === 1,
    );
    return [ok, (await pool.query('select who from shared where who = $1', [who])).rows];
  };
  for (let n = 0; n < 3; n++) await pool.query('select count(*)::int as n from shared where who = $1', ['pg-promise']);
  const pgp = pgPromise({ noWarnings: true });
  const db = pgp(world.connectionString);
  await db.tx((t) => t.none('insert into shared (who) values ($1)', ['pg-promise']));
  seen['pg-promise'] = show(await read('pg-promise'));
  await db.$pool.end();
  const knex = knexOf({ client: 'pg', connection: world.connectionString });
  await knex('shared').insert({ who: 'knex' });
  seen.knex = show(await read('knex'));
  await knex.destroy();
  const sequelize = new Sequelize(world.connectionString, {
    logging: false,
    dialectOptions: socketOf(world.connectionString),
  });
  const Shared = sequelize.define('shared', { who: DataTypes.TEXT }, { tableName: 'shared', timestamps: false });
  await Shared.create({ who: 'sequelize' });
  seen.sequelize = show(await read('sequelize'));
  await sequelize.close();
  const subscriber = createSubscriber({ connectionString: world.connectionString });
  const heard = [];
  subscriber.notifications.on('news', (payload) => heard.push(payload));
  await subscriber.connect();
  await subscriber.listenTo('news');
  await pool.query('select pg_notify($1, $2)', ['news', JSON.stringify({ n: 1 })]);
  seen['pg-listen'] = show([await until(() => heard.length === 1), heard]);
  await subscriber.close();
  return seen;
}
