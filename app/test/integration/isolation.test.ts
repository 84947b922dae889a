import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withTenant } from '../../src/server/tenant.ts';
import { appWorld, type AppWorld, type Visitor } from './app-world.ts';

interface Operation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
}

let world: AppWorld;
let stranger: Visitor;
/** Ids of the first organisation that the routes' parameters can name, by what the path says before `{id}`. */
let foreign: Readonly<Record<string, string>>;

beforeAll(async () => {
  world = await appWorld();
  stranger = await world.stranger();
  const { context, admin } = world;
  const { organisationId } = await whoIs(admin);
  const scanId = randomUUID();
  const findingId = randomUUID();
  const uploadId = randomUUID();
  await withTenant(context.database, { organisationId }, async (transaction) => {
    await transaction.query(
      `insert into scans (id, organisation_id, created_by, name, source_kind, source_label, source_sealed, status, finished_at)
       values ($1, $2, $3, 'secret plans', 'path', '/srv', '\\x00', 'completed', now())`,
      [scanId, organisationId, admin.userId],
    );
    await transaction.query(
      'insert into uploads (id, organisation_id, created_by, file_count, total_bytes) values ($1, $2, $3, 1, 1)',
      [uploadId, organisationId, admin.userId],
    );
    await transaction.query(
      `insert into findings (id, organisation_id, scan_id, batch, type, category, severity, score, reasons, item, location,
         location_key, masked, fingerprint, context)
       values ($1, $2, $3, 1, 'BSN', 'identifier', 3, 0.9, '{}', 'a.txt', '{"item":"a.txt"}', '\\x01', '12*****82', '\\x02', '…')`,
      [findingId, organisationId, scanId],
    );
  });
  const session = (await admin.send('GET', '/api/me/sessions')).json.items[0]?.id ?? '';
  foreign = { scans: scanId, findings: findingId, users: admin.userId, sessions: session, uploads: uploadId };
});

afterAll(() => world.close());

async function whoIs(visitor: Visitor): Promise<{ organisationId: string }> {
  return { organisationId: (await visitor.send('GET', '/api/me')).json.organisation.id };
}

function operations(): Operation[] {
  const { paths = {} } = world.app.swagger();
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item ?? {})
      .filter((method) => ['get', 'post', 'patch', 'delete'].includes(method))
      // The document is made by our own routes.
      .map((method) => ({ method: method.toUpperCase() as Operation['method'], path })),
  );
}

function fill(path: string, ids: (kind: string) => string): string {
  return path.replaceAll(/([\w-]+)\/\{[^}]+\}/g, (_, kind: string) => `${kind}/${ids(kind)}`);
}

/** Bodies that pass validation, so that the answer is about the thing and not about the body. */
const BODIES: Readonly<Record<string, unknown>> = {
  'PATCH /api/users/{id}': { disabled: true },
  'PATCH /api/findings/{id}': { status: 'confirmed' },
  'POST /api/scans/{id}/shares': { userId: randomUUID() },
};

describe('somebody of another organisation', () => {
  it('gets for everything of this one what a missing thing gives: 404', async () => {
    const withIds = operations().filter(({ path }) => path.includes('{'));
    expect(withIds.length).toBeGreaterThan(15);
    for (const { method, path } of withIds) {
      const body = BODIES[`${method} ${path}`];
      const theirs = await stranger.send(
        method,
        fill(path, (kind) => foreign[kind] ?? randomUUID()),
        body,
      );
      const missing = await stranger.send(
        method,
        fill(path, () => randomUUID()),
        body,
      );
      expect([method, path, theirs.status]).toEqual([method, path, 404]);
      expect([method, path, theirs.text]).toEqual([method, path, missing.text]);
    }
  });

  it('cannot name anything of this one in a body', async () => {
    const { admin } = world;
    const triage = (ids: readonly (string | undefined)[]) =>
      stranger.send('POST', '/api/findings/triage', { ids, status: 'confirmed' });
    const [theirs, missing] = [await triage([foreign['findings']]), await triage([randomUUID()])];
    expect([theirs.status, theirs.text]).toEqual([missing.status, missing.text]);
    const ofFinding = await admin.send('GET', `/api/scans/${foreign['scans']}/findings`);
    expect(ofFinding.json).toMatchObject({ items: [{ status: 'open' }] });

    const scan = (uploadId: string) =>
      stranger.send('POST', '/api/scans', { name: 'x', source: { kind: 'upload', uploadId } });
    const [ofThem, ofNobody] = [await scan(foreign['uploads'] ?? ''), await scan(randomUUID())];
    expect([ofThem.status, ofThem.text]).toEqual([ofNobody.status, ofNobody.text]);
    expect(ofThem.status).toBeGreaterThanOrEqual(400);

    const own = (await stranger.send('POST', '/api/scans/sample', {})).json.id;
    const share = (userId: string) => stranger.send('POST', `/api/scans/${own}/shares`, { userId });
    const [withThem, withNobody] = [await share(admin.userId), await share(randomUUID())];
    expect([withThem.status, withThem.text]).toEqual([withNobody.status, withNobody.text]);
    expect(withThem.text).not.toContain(admin.email);
    expect((await admin.send('GET', `/api/scans/${own}`)).status).toBe(404);
    await stranger.send('DELETE', `/api/scans/${own}`);
  });

  it('finds nothing of this one in any list', async () => {
    const lists = operations().filter(({ method, path }) => method === 'GET' && !path.includes('{'));
    expect(lists.length).toBeGreaterThan(8);
    const { organisationId } = await whoIs(world.admin);
    for (const { path } of lists.filter((operation) => !/stream|profile|metrics|performance/.test(operation.path))) {
      const { text } = await stranger.send('GET', path);
      for (const secret of [...Object.values(foreign), organisationId, 'secret plans', world.admin.email])
        expect([path, text.includes(secret)]).toEqual([path, false]);
    }
  });
});

describe('an administrator of another organisation', () => {
  it("cannot scan the machine's folders or network, nor open them", async () => {
    const scan = (source: object) => stranger.send('POST', '/api/scans', { name: 'x', source });
    const answers = [
      await scan({ kind: 'path', path: '/etc' }),
      await scan({ kind: 'website', url: 'http://127.0.0.1/', allowPrivate: true }),
      await stranger.send('PATCH', '/api/settings', { scanRoots: ['/'] }),
      await stranger.send('PATCH', '/api/settings', { allowPrivateAddresses: true }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect((await stranger.send('PATCH', '/api/settings', { retentionDays: 30 })).status).toBe(200);
  });

  it('sees nothing of how the machine is doing', async () => {
    for (const path of [
      '/api/performance/snapshot',
      '/api/performance/stream',
      '/admin/performance',
      '/api/organisations',
    ])
      expect([path, (await stranger.send('GET', path)).status]).toEqual([path, 404]);
  });
});

describe('nobody', () => {
  it('gets past signing in, whatever the route', async () => {
    const open = new Set(['/api/auth/login', '/api/auth/logout', '/health/live', '/health/ready', '/metrics']);
    for (const { method, path } of operations().filter((operation) => !open.has(operation.path))) {
      const { status } = await world.anybody().send(
        method,
        fill(path, (kind) => foreign[kind] ?? randomUUID()),
      );
      expect([method, path, [401, 404].includes(status)]).toEqual([method, path, true]);
    }
  });
});

describe('row-level security', () => {
  const tables = `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as closed from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'organisation_id'
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> 'sessions'`;

  it('closes every table that belongs to an organisation', async () => {
    const { rows } = await world.context.ownerDatabase.query<{ name: string; closed: boolean }>(tables);
    expect(rows.length).toBeGreaterThan(8);
    expect(rows.filter(({ closed }) => !closed)).toEqual([]);
  });

  it('shows a query without WHERE only the own organisation', async () => {
    const { rows } = await world.context.ownerDatabase.query<{ name: string }>(tables);
    const { organisationId } = await whoIs(stranger);
    for (const { name } of rows) {
      const seen = await withTenant(world.context.database, { organisationId }, (transaction) =>
        transaction.query<{ organisation_id: string }>(`select organisation_id from ${name}`),
      );
      expect([name, seen.rows.filter((row) => row.organisation_id !== organisationId)]).toEqual([name, []]);
    }
  });

  it('shows nothing at all to a connection that forgot to say for whom it asks', async () => {
    expect((await world.context.database.query('select id from scans')).rows).toEqual([]);
    expect((await world.context.database.query('select id from users')).rows).toEqual([]);
  });

  it('shows nothing to an empty organisation, and hides the same from an analyst who is nobody', async () => {
    const { rows } = await world.context.ownerDatabase.query<{ name: string }>(tables);
    for (const role of [undefined, 'admin', 'analyst', ''])
      for (const { name } of rows) {
        const seen = await withTenant(world.context.database, { organisationId: '', role }, (transaction) =>
          transaction.query(`select 1 from ${name}`),
        );
        expect([name, role, seen.rows]).toEqual([name, role, []]);
      }
    const { organisationId } = await whoIs(world.admin);
    for (const name of ['scans', 'findings', 'uploads']) {
      const counts = await Promise.all(
        ['manager', 'analyst'].map(async (role) => {
          const seen = await withTenant(world.context.database, { organisationId, role }, (transaction) =>
            transaction.query(`select 1 from ${name}`),
          );
          return seen.rows.length > 0;
        }),
      );
      expect([name, counts]).toEqual([name, [true, false]]);
    }
  });

  it('asks anew for whom with each execution of a plan that a session keeps', async () => {
    const [ours, theirs] = [(await whoIs(world.admin)).organisationId, (await whoIs(stranger)).organisationId];
    const seen = await world.context.database.withConnection(async (session) => {
      await session.query('set plan_cache_mode = force_generic_plan');
      const found: [string, string | undefined][] = [];
      // Eight times, so that no plan for one of them is left.
      for (const organisationId of [ours, theirs, '', ours, ours, '', theirs, ours]) {
        await session.query('begin');
        await session.query("select set_config('app.organisation_id', $1, true)", [organisationId]);
        const { rows } = await session.query<{ organisation_id: string }>('select organisation_id from users');
        await session.query('commit');
        found.push([organisationId, [...new Set(rows.map((row) => row.organisation_id))].join()]);
      }
      await session.query('reset plan_cache_mode');
      return found;
    });
    for (const [asked, answered] of seen) expect(answered).toBe(asked);
  });

  it('refuses to write rows of another organisation', async () => {
    const { organisationId } = await whoIs(world.admin);
    const { organisationId: other } = await whoIs(stranger);
    const writing = withTenant(world.context.database, { organisationId: other }, (transaction) =>
      transaction.query("insert into audit_log (organisation_id, action) values ($1, 'forged')", [organisationId]),
    );
    await expect(writing).rejects.toThrow(/row-level security/);
  });
});
