import { ownPostgresForTest, postgresForTest, until } from '@dataguardian/testing';
import { systemClock } from '@dataguardian/telemetry';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createDatabase,
  createIndexAdvisor,
  createStatementStatistics,
  registerIndexes,
  type Database,
  type IndexAdvice,
  type IndexAdvisor,
  type StatementStatistics,
} from '../../src/index.ts';
import { buildIndex } from '../../src/indexes/index-build.ts';
import { resolveLimits } from '../../src/indexes/limits.ts';
import { openWorld, type OpenWorld } from '../indexes/measure-world.ts';
import { shopWorld } from '../indexes/shop-world.ts';
import { ticketWorld } from '../indexes/ticket-world.ts';

const SCALE = Number(process.env['DATAGUARDIAN_TEST_INDEX_SCALE'] ?? 0.08);
const QUICK = { unusedAfterMs: 0, proofRuns: 3, candidateCount: 60 };

type TestServer = Awaited<ReturnType<typeof ownPostgresForTest>>;

describe.each([shopWorld, ticketWorld])('the planted workload: $name', (world) => {
  let server: TestServer;
  let open: OpenWorld;
  let advisor: IndexAdvisor;
  let advice: IndexAdvice;

  beforeAll(async () => {
    server = await ownPostgresForTest();
    open = await openWorld(world, server.connectionString, SCALE);
    await open.load(0.1);
    advisor = createIndexAdvisor({ database: open.database, statements: open.statements, limits: QUICK });
    advice = await advisor.recommend();
  });

  afterAll(async () => {
    await open.close();
    await server.stop();
  });

  it('gets every wrong index dropped and no other', () => {
    const dropped = advice.recommendations.filter(({ kind }) => kind === 'drop').map(({ indexName }) => indexName);
    expect(dropped.toSorted()).toEqual(world.wrongIndexes.toSorted());
  });

  it('gets few indexes, each with a measured gain and a bearable price', () => {
    const created = advice.recommendations.filter(({ kind }) => kind === 'create');
    expect(created.length).toBeGreaterThanOrEqual(4);
    expect(created.length).toBeLessThanOrEqual(14);
    for (const { proof, sizeBytes, savedMs } of created) {
      expect(proof).toMatchObject({ method: 'copy', copiedRatio: 1 });
      expect(proof.before.minMs / proof.after.minMs).toBeGreaterThanOrEqual(1.2);
      expect(proof.gain).toBeGreaterThanOrEqual(1.2);
      expect(proof.before.minMs).toBeLessThanOrEqual(proof.before.maxMs);
      expect(proof.after.runs).toBe(QUICK.proofRuns);
      expect(sizeBytes).toBeGreaterThan(0);
      expect(savedMs).toBeGreaterThan(0);
    }
  });

  it('leaves nothing of the proof behind: no copy, no values', async () => {
    const { rows } = await open.database.query(`select nspname from pg_namespace where nspname like 'dgopt%'`);
    expect(rows).toEqual([]);
    expect(open.statements.sampler.byteCount).toBe(0);
  });

  it('reads fewer pages for the workload when everything is applied, with the plans that were promised', async () => {
    const cost = async (): Promise<number> => {
      const { rows } = await open.database.query<{ n: number }>(
        `select sum(shared_blks_hit + shared_blks_read)::float8 as n from pg_stat_statements where query ~* '^select' and not query ~ 'dgopt|pg_'`,
      );
      return rows[0]?.n ?? 0;
    };
    await open.database.query('create extension pg_stat_statements');
    const atStart = await cost();
    await open.measure(3);
    const before = (await cost()) - atStart;
    for (const { id } of advice.recommendations) await advisor.apply(id);
    const applied = await cost();
    await open.measure(3);
    const after = (await cost()) - applied;
    expect(before / after).toBeGreaterThan(1.5);
    const entries = await advisor.manifest();
    expect(entries.map(({ id }) => id).toSorted()).toEqual(advice.recommendations.map(({ id }) => id).toSorted());
    const { rows } = await open.database.query<{ comment: string }>(
      `select obj_description(c.oid) as comment from pg_class c where relname like 'dgopt\\_%' and relkind = 'i' and relname not like '%pkey'`,
    );
    expect(rows.length).toBe(advice.recommendations.filter(({ kind }) => kind === 'create').length);
    for (const { comment } of rows) expect(comment).toMatch(/^dgopt: .*x on a copy of the table/);
  });
});

describe('an index advisor', () => {
  let postgres: Awaited<ReturnType<typeof postgresForTest>>;
  let statements: StatementStatistics;
  let database: Database;

  beforeEach(async () => {
    postgres = await postgresForTest();
    await postgres.execute(
      'create table note (id int primary key, owner int not null, kind text not null, body text not null)',
    );
    await postgres.execute(
      `insert into note select n, n % 500, 'k' || n % 4, repeat('x', 250) from generate_series(1, 30000) n`,
    );
    await postgres.execute('vacuum analyze note');
    statements = createStatementStatistics();
    database = createDatabase({
      connectionString: postgres.url,
      minConnections: 0,
      maxConnections: 5,
      leakThresholdMs: 0,
      statementObservers: [statements.observer],
    });
  });

  afterEach(async () => {
    statements.close();
    await database.close();
    await postgres.close();
  });

  const readNotes = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) await database.query('select id, body from note where owner = $1', [n % 500]);
  };

  const advise = (limits = {}): IndexAdvisor =>
    createIndexAdvisor({ database, statements, limits: { proofRuns: 3, verificationCount: 5, ...limits } });

  it('confirms an index that keeps its promise, and takes it back when asked', async () => {
    await readNotes(20);
    const advisor = advise();
    const [found] = (await advisor.recommend()).recommendations;
    expect(found?.statement).toMatch(/^create index concurrently dgopt_\w+ on public\.note using btree \(owner\)/);
    const id = found?.id ?? '';
    expect(await advisor.prove(id)).toMatchObject({ method: 'copy' });
    await advisor.apply(id);
    expect(await advisor.verify(id)).toMatchObject({ verdict: 'early' });
    await readNotes(30);
    expect(await advisor.verify(id)).toMatchObject({ verdict: 'confirmed', reverted: false });
    await advisor.undo(id);
    await advisor.undo(id);
    expect(await advisor.manifest()).toMatchObject([{ id, state: 'undone' }]);
    expect((await database.query(`select 1 from pg_class where relname = '${found?.indexName}'`)).rowCount).toBe(0);
  });

  it('takes an index back that brings nothing', async () => {
    await readNotes(20);
    const advisor = advise();
    const [found] = (await advisor.recommend()).recommendations;
    const id = found?.id ?? '';
    await advisor.apply(id);
    // The index becomes useless and the table larger: the statement is slower than ever, however fast the machine is now.
    await postgres.execute(
      `insert into note select n, n % 500, 'k', repeat('x', 250) from generate_series(100001, 220000) n`,
    );
    await database.query(`update pg_index set indisvalid = false where indexrelid = '${found?.indexName}'::regclass`);
    await readNotes(30);
    const { verdict, reverted } = await advisor.verify(id);
    expect(['absent', 'worse']).toContain(verdict);
    expect(reverted).toBe(true);
    expect(await advisor.manifest()).toMatchObject([{ id, state: 'reverted' }]);
    await readNotes(20);
    expect((await advisor.recommend()).recommendations.filter(({ kind }) => kind === 'create')).toEqual([]);
  });

  it('advises nothing where nothing helps, and skips what it may not run', async () => {
    await database.query(`create function bump() returns int language sql volatile as 'select 1'`);
    for (let n = 0; n < 10; n += 1) {
      await database.query('select body from note where id = $1', [n + 1]);
      await database.query('select bump() from note where id = $1', [n + 1]);
    }
    const advice = await advise().recommend();
    expect(advice.recommendations).toEqual([]);
    expect(advice.statementCount).toBe(2);
  });

  it('proposes the indexes of both sides of an OR as one, applies them together and takes both back', async () => {
    await postgres.execute(`alter table note add column ref text; update note set ref = 'r' || id`);
    await postgres.execute('vacuum full analyze note');
    for (let n = 0; n < 20; n += 1)
      await database.query('select body from note where owner = $1 or ref = $2', [n, `r${n * 7}`]);
    const advisor = advise();
    const created = (await advisor.recommend()).recommendations.filter(({ kind }) => kind === 'create');
    expect(created).toHaveLength(1);
    const [found] = created;
    const statements = found?.statement.split(';\n') ?? [];
    expect(statements.toSorted()).toEqual([
      expect.stringMatching(/^create index concurrently dgopt_\w+ on public\.note using btree \(owner\)$/),
      expect.stringMatching(/^create index concurrently dgopt_\w+ on public\.note using btree \(ref\)$/),
    ]);
    expect(found?.reason).toContain('All 2 indexes together');
    const id = found?.id ?? '';
    const built = async (): Promise<number> =>
      (
        await database.query(
          `select 1 from pg_class where relname like 'dgopt\\_%' and relkind = 'i' and relname !~ 'pkey'`,
        )
      ).rowCount ?? 0;
    await advisor.apply(id);
    expect(await built()).toBe(2);
    const { findings } = await advisor.recommend();
    expect(findings.filter(({ kind }) => kind === 'drift' || kind === 'unmanaged')).toEqual([]);
    await advisor.undo(id);
    expect(await built()).toBe(0);
    expect(await advisor.manifest()).toMatchObject([{ id, state: 'undone' }]);
  });

  it('tells an index that holds mostly nothing by building it anew', async () => {
    await database.query('create index note_wide on note ((id || body))');
    await readNotes(5);
    const bloated = async (): Promise<readonly string[]> =>
      (await advise().recommend()).findings.filter(({ kind }) => kind === 'bloated').map(({ index }) => index);
    expect(await bloated()).toEqual([]);
    await database.query('delete from note where id % 10 > 0');
    await postgres.execute('vacuum analyze note');
    await readNotes(5);
    expect(await bloated()).toEqual(['note_wide']);
  });

  it('leaves an index alone that is being built', async () => {
    await readNotes(5);
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let isOpen = false;
    const writer = database.transaction(async (sql) => {
      await sql.query(`insert into note values (900001, 1, 'k', 'x')`);
      isOpen = true;
      await held;
    });
    await until(() => isOpen);
    // Waits for the writer, and is invalid until then.
    const building = postgres.execute('create index concurrently note_slow on note (kind)');
    await until(
      async () => (await database.query(`select 1 from pg_class where relname = 'note_slow'`)).rowCount === 1,
    );
    const { recommendations } = await advise().recommend();
    expect(recommendations.filter(({ kind }) => kind === 'drop')).toEqual([]);
    letGo();
    await Promise.all([writer, building]);
  });

  it('puts no literal that tells people apart into a definition', async () => {
    for (let n = 0; n < 10; n += 1) await database.query(`select id from note where owner = 70707 and kind = 'k1'`);
    const advice = await advise().recommend();
    expect(advice.recommendations.length).toBeGreaterThan(0);
    expect(JSON.stringify(advice)).not.toContain('70707');
  });

  it('measures large tables on a sample and says so', async () => {
    await readNotes(20);
    const [found] = (await advise({ sampleRowCount: 8_000 }).recommend()).recommendations;
    expect(found?.proof).toMatchObject({ method: 'sample' });
    expect(found?.proof.copiedRatio).toBeLessThan(0.6);
    expect(found?.reason).toContain('a sample of');
  });

  it('says which sessions are in the way, and builds when they are gone', async () => {
    await readNotes(20);
    const advisor = advise({ longTransactionMs: 1, buildAttempts: 1 });
    const [found] = (await advisor.recommend()).recommendations;
    const id = found?.id ?? '';
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let isOpen = false;
    const other = database.transaction(async (sql) => {
      await sql.query('select 1');
      isOpen = true;
      await held;
    });
    await until(() => isOpen);
    await systemClock.sleep(5);
    await expect(advisor.apply(id)).rejects.toMatchObject({ code: 'DATABASE_INDEX_BUSY' });
    letGo();
    await other;
    await advisor.apply(id);
    expect(await advisor.manifest()).toMatchObject([{ id, state: 'applied' }]);
  });

  it('refuses to build without room, and removes what a failed build left', async () => {
    const guards = { database, clock: systemClock, limits: resolveLimits({ buildAttempts: 1 }) };
    const order = {
      schema: 'public',
      name: 'note_kind_unique',
      statement: 'create unique index concurrently note_kind_unique on note (kind)',
      comment: undefined,
      sizeBytes: 1_000,
    };
    await expect(buildIndex({ ...guards, freeDiskBytes: () => Promise.resolve(1_500) }, order)).rejects.toMatchObject({
      code: 'DATABASE_INDEX_NO_SPACE',
    });
    await expect(buildIndex(guards, order)).rejects.toMatchObject({ code: 'DATABASE_INDEX_FAILED' });
    expect((await database.query(`select 1 from pg_class where relname = 'note_kind_unique'`)).rowCount).toBe(0);
  });

  it('calls nothing unused before it was watched for long enough', async () => {
    await database.query('create index note_body on note ((id || body))');
    await readNotes(10);
    const drops = async (limits: object): Promise<readonly string[]> =>
      (await advise(limits).recommend()).recommendations
        .filter(({ kind }) => kind === 'drop')
        .map(({ indexName }) => indexName);
    expect(await drops({})).toEqual([]);
    await readNotes(10);
    const { findings } = await advise().recommend();
    expect(findings).toMatchObject([{ kind: 'unused', index: 'note_body' }]);
    expect(findings[0]?.evidence).toMatch(/^0 scans so far, .* watched for 14 days, 0\.0 by now$/);
    await readNotes(10);
    expect(await drops({ unusedAfterMs: 0 })).toEqual(['note_body']);
  });

  it('shows what the manifest and the database do not agree on', async () => {
    await readNotes(20);
    const advisor = advise();
    const [found] = (await advisor.recommend()).recommendations;
    await advisor.apply(found?.id ?? '');
    await database.query(`drop index ${found?.indexName}`);
    await database.query('create index dgopt_stranger on note (kind)');
    const { findings } = await advisor.recommend();
    expect(findings.map(({ kind, index }) => [kind, index])).toEqual([
      ['drift', found?.indexName],
      ['unmanaged', 'dgopt_stranger'],
    ]);
  });

  it('shows that an index of the schema is gone, until the schema is without it', async () => {
    await readNotes(5);
    await database.query('create index note_of_schema on note (kind, id)');
    const ofSchema = {
      name: 'note_of_schema',
      table: 'note',
      statement: 'create index note_of_schema on note (kind, id)',
    };
    const drift = async (): Promise<readonly string[]> =>
      (await advise().recommend()).findings.filter(({ kind }) => kind === 'drift').map(({ index }) => index);
    await registerIndexes(database, [ofSchema]);
    expect(await drift()).toEqual([]);
    await database.query('drop index note_of_schema');
    await registerIndexes(database, [ofSchema]);
    expect(await drift()).toEqual(['note_of_schema']);
    await registerIndexes(database, []);
    expect(await drift()).toEqual([]);
  });
});
