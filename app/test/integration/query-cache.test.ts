import { randomUUID } from 'node:crypto';
import type { Queryable, QueryResult } from '@dataguardian/performance';
import { postgresForTest, until, type TestPostgres } from '@dataguardian/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findMe, listUsers } from '../../src/features/accounts/repository.ts';
import { findFinding, groupFindings, listFindings } from '../../src/features/findings/repository.ts';
import { readOverview } from '../../src/features/overview/repository.ts';
import { readSettings } from '../../src/features/retention/settings.ts';
import { findScan, listScans, listSkipped } from '../../src/features/scans/repository.ts';
import { listShares } from '../../src/features/scans/shares-repository.ts';
import { readsOf, type Tenant, withTenant } from '../../src/server/tenant.ts';
import { appWorld, type AppWorld } from './app-world.ts';

type Question = (sql: Queryable) => Promise<unknown>;

const SETTINGS = ['app.organisation_id', 'app.user_id', 'app.role'];

/** Somebody of an organisation with one scan of three findings. */
interface Organisation {
  readonly admin: Tenant & { readonly userId: string };
  readonly analyst: Tenant & { readonly userId: string };
  readonly scanId: string;
  readonly findingId: string;
}

async function fill(world: AppWorld, organisationId: string): Promise<Organisation> {
  const [adminId, analystId, scanId, findingId] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  await withTenant(world.context.database, { organisationId }, async (sql) => {
    for (const [id, role] of [
      [adminId, 'admin'],
      [analystId, 'analyst'],
    ])
      await sql.query(
        `insert into users (id, organisation_id, email, password_hash, role) values ($1, $2, $3, 'none', $4)`,
        [id, organisationId, `${id}@example.org`, role],
      );
    await sql.query(
      `insert into scans (id, organisation_id, created_by, name, source_kind, source_label, source_sealed, status, finished_at)
       values ($1, $2, $3, $4, 'path', '/srv', '\\x00', 'completed', now())`,
      [scanId, organisationId, analystId, `scan of ${organisationId}`],
    );
    for (const [index, id] of [findingId, randomUUID(), randomUUID()].entries())
      await sql.query(
        `insert into findings (id, organisation_id, scan_id, batch, type, category, severity, score, reasons, item,
           location, location_key, masked, fingerprint, context)
         values ($1, $2, $3, 1, 'BSN', 'identifier', 3, 0.9, '{}', 'a.txt', '{"item":"a.txt"}', $4, '12*****82', '\\x02', '…')`,
        [id, organisationId, scanId, Buffer.from([index])],
      );
    await sql.query(
      `insert into skipped_items (organisation_id, scan_id, item, code, reason) values ($1, $2, 'b.bin', 'BINARY', 'binary')`,
      [organisationId, scanId],
    );
  });
  return {
    admin: { organisationId, userId: adminId, role: 'admin' },
    analyst: { organisationId, userId: analystId, role: 'analyst' },
    scanId,
    findingId,
  };
}

/** Everything that pages ask of the repositories, by name. */
function questions(of: Organisation, { userId }: Organisation['admin']): Readonly<Record<string, Question>> {
  const { scanId, findingId } = of;
  const list = (more: object) => (sql: Queryable) =>
    listFindings(sql, { scanId }, { sort: 'severity', limit: 50, ...more });
  return {
    overview: readOverview,
    'all scans': (sql: Queryable) => listScans(sql, { limit: 25 }),
    'some scans': (sql: Queryable) => listScans(sql, { limit: 25, status: ['completed'], q: 'scan' }),
    'one scan': (sql: Queryable) => findScan(sql, scanId),
    'what was skipped': (sql: Queryable) => listSkipped(sql, scanId, { limit: 10 }),
    'who sees the scan': (sql: Queryable) => listShares(sql, scanId),
    'worst findings': list({}),
    'newest findings': list({ sort: 'newest' }),
    'findings by place': list({ sort: 'place', q: 'a.' }),
    'findings of a kind': list({ severity: ['high'], status: ['open'], category: ['identifier'], type: ['BSN'] }),
    'findings of all scans': (sql: Queryable) => listFindings(sql, {}, { sort: 'score', limit: 2 }),
    'findings by file': (sql: Queryable) => groupFindings(sql, { scanId }, { group: 'file' }),
    'one finding': (sql: Queryable) => findFinding(sql, findingId),
    settings: readSettings,
    users: listUsers,
    me: (sql: Queryable) => findMe(sql, userId),
  };
}

/** Asks, and says where every statement's answer came from. */
async function ask(
  world: AppWorld,
  tenant: Tenant,
  question: Question,
): Promise<{ readonly answer: unknown; readonly verdicts: readonly unknown[] }> {
  const reads = readsOf(world.context.database, tenant);
  const verdicts: unknown[] = [];
  const answer = await question({
    async query<Row extends object>(text: string, values?: readonly unknown[]): Promise<QueryResult<Row>> {
      const result = await reads.query<Row>(text, values);
      verdicts.push('verdict' in result ? result.verdict : undefined);
      return result;
    },
  });
  return { answer, verdicts };
}

async function warm(world: AppWorld, tenant: Tenant, question: Question): Promise<unknown> {
  let last: unknown;
  await until(
    async () => {
      const { answer, verdicts } = await ask(world, tenant, question);
      last = answer;
      return verdicts.every((verdict) => verdict === 'hit');
    },
    { what: 'memory to answer' },
  );
  return last;
}

const open = (world: AppWorld): Promise<unknown> =>
  until(() => world.context.database.statistics().queryCache?.state === 'open', { what: 'the query cache to open' });

describe('the query cache of the platform', () => {
  let world: AppWorld;
  let ours: Organisation;
  let theirs: Organisation;

  beforeAll(async () => {
    world = await appWorld();
    const [one, two] = [randomUUID(), randomUUID()];
    await world.context.ownerDatabase.query("insert into organisations (id, name) values ($1, 'One'), ($2, 'Two')", [
      one,
      two,
    ]);
    ours = await fill(world, one);
    theirs = await fill(world, two);
    await open(world);
  });
  afterAll(() => world.close());

  it.each(['admin', 'analyst'] as const)('answers everything that the pages of an %s ask from memory', async (role) => {
    const refusals: unknown[] = [];
    for (const [name, question] of Object.entries(questions(ours, ours[role])))
      await question({
        async query<Row extends object>(text: string, values?: readonly unknown[]): Promise<QueryResult<Row>> {
          const explained = await world.context.database.explainCaching(text, {
            settings: Object.fromEntries(SETTINGS.map((setting) => [setting, ''])),
          });
          if (!explained.cacheable) refusals.push([name, explained.code, explained.reason]);
          return readsOf(world.context.database, ours[role]).query<Row>(text, values);
        },
      });
    expect(refusals).toEqual([]);
    for (const question of Object.values(questions(ours, ours[role]))) await warm(world, ours[role], question);
  });

  it('gives from memory what the database gives', async () => {
    for (const question of Object.values(questions(ours, ours.analyst))) {
      const remembered = await warm(world, ours.analyst, question);
      const asked = await withTenant(world.context.database, ours.analyst, question, { readOnly: true });
      expect(remembered).toEqual(asked);
    }
  });

  it('never gives a row of another organisation, whoever asked for it before', async () => {
    const attackers: readonly Tenant[] = [
      theirs.admin,
      theirs.analyst,
      { ...theirs.admin, userId: ours.admin.userId },
      { ...theirs.analyst, userId: ours.analyst.userId },
      { organisationId: theirs.admin.organisationId },
      { organisationId: '', userId: ours.admin.userId, role: 'admin' },
    ];
    for (const [name, question] of Object.entries(questions(ours, ours.admin))) {
      await warm(world, ours.admin, question);
      await warm(world, ours.analyst, question);
      for (const attacker of attackers) {
        const { answer } = await ask(world, attacker, question);
        const again = await warm(world, attacker, question);
        for (const text of [JSON.stringify(answer), JSON.stringify(again)]) {
          const leaked = [ours.scanId, ours.findingId, ours.admin.organisationId, ours.analyst.userId].filter(
            (secret) => (text ?? '').includes(secret),
          );
          expect([name, attacker, leaked]).toEqual([name, attacker, []]);
        }
      }
    }
  });

  it("never gives an analyst another analyst's scan", async () => {
    const other: Tenant = { ...ours.analyst, userId: randomUUID() };
    const question = (sql: Queryable) => findScan(sql, ours.scanId);
    expect(await warm(world, ours.analyst, question)).toMatchObject({ id: ours.scanId });
    expect((await ask(world, other, question)).answer).toBeUndefined();
    expect(await warm(world, other, question)).toBeUndefined();
  });

  it.each(['the application', 'the owner'] as const)('shows what %s wrote at once', async (who) => {
    const { database, ownerDatabase } = world.context;
    const question = (sql: Queryable) => findScan(sql, ours.scanId);
    for (let count = 0; count < 20; count++) {
      await warm(world, ours.admin, question);
      const name = `${who} ${count}`;
      const write = (sql: Queryable) => sql.query('update scans set name = $2 where id = $1', [ours.scanId, name]);
      if (who === 'the owner') await write(ownerDatabase);
      else await withTenant(database, ours.admin, write);
      expect((await ask(world, ours.admin, question)).answer).toMatchObject({ name });
    }
  });

  it("keeps one organisation's answers while another's scan writes", async () => {
    const { database } = world.context;
    const { organisationId } = theirs.admin;
    for (const question of Object.values(questions(ours, ours.admin))) await warm(world, ours.admin, question);
    await withTenant(database, { organisationId }, async (sql) => {
      await sql.query('update scans set revision = revision + 1, done_items = done_items + 1 where id = $1', [
        theirs.scanId,
      ]);
      await sql.query(
        `insert into scan_chunks (scan_id, organisation_id, ordinal, payload_sealed, payload_digest) values ($1, $2, 1, '', '')`,
        [theirs.scanId, organisationId],
      );
      await sql.query(
        `insert into findings (organisation_id, scan_id, batch, type, category, severity, score, reasons, item, location,
           location_key, masked, fingerprint, context)
         select $1, $2, 2, 'BSN', 'identifier', 3, 0.9, '{}', 'b.txt', '{"item":"b.txt"}', decode(md5(g::text), 'hex'),
           '12*****82', '\\x03', '…' from generate_series(1, 500) g`,
        [organisationId, theirs.scanId],
      );
      await sql.query('update users set last_sign_in_at = now() where id = $1', [theirs.admin.userId]);
    });
    const verdicts = new Set<unknown>();
    await open(world);
    for (const question of Object.values(questions(ours, ours.admin)))
      for (const verdict of (await ask(world, ours.admin, question)).verdicts) verdicts.add(verdict);
    // On a machine that is late with everything the cache may close for a moment: then it asks, and forgets nothing.
    expect([verdicts.has('hit'), verdicts.has('miss')]).toEqual([true, false]);
    const question = questions(theirs, theirs.admin)['worst findings'] ?? readOverview;
    expect((await ask(world, theirs.admin, question)).answer).toMatchObject({ total: 503 });
  });

  it('shows at once that access was given and taken', async () => {
    const { database } = world.context;
    const reader: Tenant & { userId: string } = { ...ours.analyst, userId: randomUUID() };
    await withTenant(database, ours.admin, (sql) =>
      sql.query(
        `insert into users (id, organisation_id, email, password_hash, role) values ($1, $2, $3, 'none', 'analyst')`,
        [reader.userId, reader.organisationId, `${reader.userId}@example.org`],
      ),
    );
    const question = (sql: Queryable) => listFindings(sql, { scanId: ours.scanId }, { sort: 'severity', limit: 9 });
    expect(await warm(world, reader, question)).toMatchObject({ total: 0, items: [] });
    await withTenant(database, ours.admin, (sql) =>
      sql.query('insert into scan_shares (scan_id, user_id, organisation_id) values ($1, $2, $3)', [
        ours.scanId,
        reader.userId,
        reader.organisationId,
      ]),
    );
    expect((await ask(world, reader, question)).answer).toMatchObject({ total: 3 });
    await warm(world, reader, question);
    await withTenant(database, ours.admin, (sql) =>
      sql.query('delete from scan_shares where user_id = $1', [reader.userId]),
    );
    expect((await ask(world, reader, question)).answer).toMatchObject({ total: 0, items: [] });
  });
});

describe('the query cache of the platform on a server without superuser', () => {
  let postgres: TestPostgres;
  let owner: string;
  let url: string;

  beforeAll(async () => {
    postgres = await postgresForTest();
    owner = `owner_${randomUUID().slice(0, 8)}`;
    await postgres.execute(`do $$ begin create role dataguardian_app; exception when others then null; end $$`);
    await postgres.execute(`create role ${owner} login`);
    await postgres.execute(`grant dataguardian_app to ${owner}`);
    await postgres.execute(`grant all on schema public to ${owner}`);
    const address = new URL(postgres.url);
    address.searchParams.set('user', owner);
    url = address.href;
  });
  afterAll(async () => {
    await postgres.execute(`drop owned by ${owner} cascade`);
    await postgres.execute(`drop role ${owner}`);
    await postgres.close();
  });

  it('lets every read through and says why, where the owner may not set it up', async () => {
    const world = await appWorld({ databaseUrl: url });
    try {
      await open(world);
      const { organisation } = (await world.admin.send('GET', '/api/me')).json as { organisation: { id: string } };
      const tenant = { organisationId: organisation.id, userId: world.admin.userId, role: 'admin' };
      for (let count = 0; count < 3; count++)
        expect(await ask(world, tenant, listUsers)).toMatchObject({
          answer: [{ email: world.admin.email }],
          verdicts: [expect.not.stringMatching('hit')],
        });
      expect(world.logged.join('\n')).toContain('the query cache is not set up');
    } finally {
      await world.close();
    }
  });

  it('works once it is upgraded, and sees changes of the schema', async () => {
    await postgres.execute(`grant create on database ${postgres.databaseName} to ${owner}`);
    const world = await appWorld({ databaseUrl: url });
    try {
      await open(world);
      const { database, ownerDatabase } = world.context;
      const { organisation } = (await world.admin.send('GET', '/api/me')).json as { organisation: { id: string } };
      const tenant = { organisationId: organisation.id, userId: world.admin.userId, role: 'admin' };
      await warm(world, tenant, listUsers);
      expect(database.statistics().queryCache?.watchesSchema).toBe(false);
      await ownerDatabase.query("update users set name = 'Anna'");
      expect((await ask(world, tenant, listUsers)).answer).toMatchObject([{ name: 'Anna' }]);
      await warm(world, tenant, listUsers);
      await ownerDatabase.query('create policy users_nobody on users as restrictive to dataguardian_app using (false)');
      expect((await ask(world, tenant, listUsers)).answer).toEqual([]);
    } finally {
      await world.close();
    }
  });
});
