// A small real service: Fastify, PostgreSQL, cache, admission control, and people who come at random.
import { pbkdf2, pbkdf2Sync } from 'node:crypto';
import { Agent, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import fastify from 'fastify';
import {
  advisorMigrationSql,
  dashboardMigrationSql,
  dashboardRankingsMigrationSql,
  dashboardRecordingsMigrationSql,
  createDatabase,
  type Performance,
  type PerformanceOptions,
} from '../packages/performance/src/index.ts';
import type { Admission, RuntimeLimits } from '../packages/sessions/src/index.ts';
import { requests } from '../packages/telemetry/src/index.ts';

/** A shape of statement that needs an index. */
export type Shape = 'equality' | 'range' | 'join' | 'expression';

/** The service under load. */
export interface Service {
  readonly performance: Performance;
  readonly faults: { repeats: boolean; stalls: boolean };
  /** Requests at random moments, so many a second, from so many people. */
  load(route: string, perSecond: number, people?: number): void;
  /** Half of the load from now on. */
  halve(): void;
  relimit(limits: Partial<RuntimeLimits>): void;
  tableOf(shape: Shape): string;
  dropIndexes(): Promise<void>;
  close(): Promise<void>;
}

const ROWS = 60_000;
const TABLES: Readonly<Record<Shape, string>> = {
  equality: 'visits',
  range: 'events',
  join: 'lines',
  expression: 'people',
};
const STATEMENTS: Readonly<Record<Shape, string>> = {
  equality: 'select id, note from visits where person = $1',
  range: 'select id, note from events where at >= $1 and at < $1 + 40 order by at limit 20',
  join: 'select o.id, l.note from orders o join lines l on l.order_id = o.id where o.id = $1',
  expression: 'select id, note from people where lower(email) = $1',
};
const SCHEMA = `
create table visits as select n as id, n % 6000 as person, repeat('x', 120) as note from generate_series(1, ${ROWS}) n;
create table events as select n as id, (n * 7919) % ${ROWS} as at, repeat('x', 120) as note from generate_series(1, ${ROWS}) n;
create table orders as select n as id, n % 50 as state from generate_series(1, 10000) n;
alter table orders add primary key (id);
create table lines as select n as id, n % 10000 as order_id, repeat('x', 120) as note from generate_series(1, ${ROWS}) n;
create table people as select n as id, 'Person' || n || '@example.org' as email, repeat('x', 120) as note from generate_series(1, ${ROWS}) n;
create table team (id int primary key, name text);
insert into team select n, 'member ' || n from generate_series(1, 2000) n;
create index seeded_visits on visits (person);
create index seeded_events on events (at);
create index seeded_lines on lines (order_id);
create index seeded_people on people (lower(email));
analyze;
`;
const HASHED = promisify(pbkdf2);
const ROUNDS = 60_000;

type Wire = (options: PerformanceOptions) => Performance;

/** Opens the service on a database of its own. */
export async function openService(connectionString: string, wire: Wire): Promise<Service> {
  const owner = createDatabase({ connectionString, minConnections: 0, maxConnections: 4 });
  for (const statement of SCHEMA.split(';\n')) if (statement.trim() !== '') await owner.query(statement);
  await owner.query(advisorMigrationSql);
  await owner.query(dashboardMigrationSql);
  await owner.query(dashboardRankingsMigrationSql);
  await owner.query(dashboardRecordingsMigrationSql);
  const performance = wire({
    database: { connectionString, minConnections: 1, maxConnections: 12 },
    maintenance: owner,
    cache: { memoryMaxBytes: 64 * 1024 * 1024 },
    onFault: (component, error) => process.stderr.write(`${component}: ${String(error)}\n`),
  });
  const { database, cache } = performance;
  const items = cache.namespace<string>('items', { ttlMs: 600_000 });
  const settings = cache.namespace<string>('settings', { ttlMs: 4_000, graceMs: 60_000 });
  const faults = { repeats: false, stalls: false };
  let admission: Admission | undefined;
  const random = (below: number): number => Math.floor(Math.random() * below);

  const app = fastify();
  app.addHook('onResponse', (request, reply, done) => {
    requests.publish({
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? '',
      statusCode: reply.statusCode,
      durationMs: reply.elapsedTime,
      bytes: 0,
      userId: String(request.headers['x-user']),
      organisationId: undefined,
    });
    done();
  });
  await app.register(
    performance.admissionPlugin({
      userOf: (request) => String(request.headers['x-user']),
      onReady(ready) {
        admission = ready;
      },
    }),
  );
  const VALUES: Readonly<Record<Shape, () => unknown>> = {
    equality: () => random(6_000),
    range: () => random(ROWS),
    join: () => 1 + random(10_000),
    expression: () => `person${1 + random(ROWS)}@example.org`,
  };
  for (const [shape, valueOf] of Object.entries(VALUES) as [Shape, () => unknown][])
    app.get(`/${shape}`, async () => (await database.query(STATEMENTS[shape], [valueOf()])).rows.length);
  app.get('/work', async () => (await database.query('select pg_sleep(0.012 + 0.01 * random())')).rows.length);
  app.get('/item', () => {
    const key = Math.floor(40_000 ** Math.random());
    return items.getOrSet(String(key), async () => {
      await database.query('select note from visits where id = $1 limit 1', [key % 100]).catch(() => undefined);
      return 'x'.repeat(400);
    });
  });
  app.get('/settings', () =>
    settings.getOrSet(String(random(25)), async () => {
      await database.query('select name from team where id = 1');
      return 'the same';
    }),
  );
  app.get('/team', async () => {
    const ids = Array.from({ length: 15 }, () => 1 + random(2_000));
    if (!faults.repeats) return (await database.query('select id, name from team where id = any($1)', [ids])).rows;
    const members: unknown[] = [];
    for (const id of ids) members.push((await database.query('select name from team where id = $1', [id])).rows[0]);
    return members;
  });
  app.get('/sign-in', async () => {
    if (!faults.stalls) return (await HASHED('password', 'salt', ROUNDS, 32, 'sha256')).length;
    return pbkdf2Sync('password', 'salt', ROUNDS, 32, 'sha256').length;
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });

  let isOpen = true;
  let factor = 1;
  const ask = (route: string, user: string): void => {
    const request = get({ port, host: '127.0.0.1', path: `/${route}`, agent, headers: { 'x-user': user } }, (answer) =>
      answer.resume(),
    );
    request.on('error', () => undefined);
  };
  return {
    performance,
    faults,
    load(route, perSecond, people = 60) {
      const next = (): void => {
        if (!isOpen) return;
        ask(route, `user ${random(people)}`);
        setTimeout(next, (-Math.log(1 - Math.random()) * 1_000) / (perSecond * factor));
      };
      next();
    },
    halve() {
      factor = 0.5;
    },
    relimit: (limits) => admission?.relimit(limits),
    tableOf: (shape) => TABLES[shape],
    async dropIndexes() {
      for (const table of Object.values(TABLES)) await owner.query(`drop index seeded_${table}`);
    },
    async close() {
      isOpen = false;
      agent.destroy();
      await app.close();
      await performance.close();
      await owner.close();
    },
  };
}
