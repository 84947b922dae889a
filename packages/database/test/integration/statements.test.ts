import type { Database, StatementStatistics } from '@dataguardian/database';
import { systemClock } from '@dataguardian/telemetry';
import { until } from '@dataguardian/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureLocks, createPlanCapture, createServerStatements, tableReport } from '../../src/index.ts';
import { openObserved, type ObservedDatabase } from './observed-database.ts';

let open: ObservedDatabase;
let statements: StatementStatistics;
let database: Database;

beforeEach(async () => {
  open = await openObserved();
  ({ statements, database } = open);
});

afterEach(() => open.close());

describe('statement statistics of a real database', () => {
  it('name the line of the application that sent a statement', async () => {
    await database.query('select $1::text as word', ['anna']);
    await database.query('select 1 / $1::int', [0]).catch(() => undefined);
    const word = statements.top().find(({ statement }) => statement.includes('word'));
    expect(word).toMatchObject({ count: 1, rowCount: 1, failedCount: 0 });
    expect(word?.callers[0]).toMatch(/test\/integration\/statements\.test\.ts:\d+$/);
    expect(statements.top().find(({ statement }) => statement.includes('/'))).toMatchObject({ failedCount: 1 });
    expect(statements.sampler.samplesOf(word?.fingerprint ?? '')).toEqual([
      { text: 'select $1::text as word', values: ['anna'] },
    ]);
  });

  it('see statements of transactions, and leave out what only frames them', async () => {
    await database.query('create table t (n int primary key)');
    await database.transaction((sql) => sql.query('insert into t values ($1)', [1]));
    expect(statements.top().find(({ statement }) => statement.startsWith('insert'))).toMatchObject({ count: 1 });
    expect(statements.top().some(({ statement }) => /^(?:begin|commit)/.test(statement))).toBe(false);
  });

  it('capture the plan of what is slow, without its values, and never execute it', async () => {
    await database.query('create table person (id int, email text)');
    await database.query(`insert into person select n, 'p' || n from generate_series(1, 2000) n`);
    await database.query('delete from person where email = $1', ['p7@secret.example']);
    const plans = createPlanCapture({ database, statements, clock: systemClock, slowMs: 0 });
    await plans.capture();
    const removal = statements.top().find(({ statement }) => statement.startsWith('delete'));
    const plan = plans.planOf(removal?.fingerprint ?? '');
    expect(plan).toMatchObject({ method: 'sampled', plan: { 'Node Type': 'ModifyTable' } });
    expect(plan?.text).toContain('Seq Scan on person');
    expect(JSON.stringify(plan)).not.toContain('secret');
    expect((await database.query('select count(*)::int as n from person')).rows).toEqual([{ n: 2000 }]);
  });

  it('read what the server counted between two looks', async () => {
    await database.query('create extension if not exists pg_stat_statements');
    const server = createServerStatements(database);
    expect(await server.delta()).toEqual([]);
    for (let n = 0; n < 3; n += 1) await database.query('select $1::int + 40 as counted', [n]);
    const found = (await server.delta())?.find(({ statement }) => statement.includes('counted'));
    expect(found).toMatchObject({ count: 3, rowCount: 3 });
    expect((await server.delta())?.some(({ statement }) => statement.includes('counted'))).toBe(false);
  });

  it('say nothing about the server where the extension is absent', async () => {
    expect(await createServerStatements(database).delta()).toBeUndefined();
  });
});

describe('locks and tables', () => {
  it('show who waits for whom, and for which table', async () => {
    await database.query('create table account (id int primary key, balance int)');
    await database.query('insert into account values (1, 100)');
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const update = 'update account set balance = balance + $1 where id = 1';
    let isHeld = false;
    const holder = database.transaction(async (sql) => {
      await sql.query(update, [1]);
      isHeld = true;
      await held;
    });
    await until(() => isHeld);
    const waiter = database.query(update, [2]);
    await until(async () => (await captureLocks(database)).length > 0);
    const [wait] = await captureLocks(database);
    letGo();
    await Promise.all([holder, waiter]);
    expect(wait).toMatchObject({ subject: 'account', blockingState: 'idle in transaction' });
    expect(wait?.waitingStatement).toContain('update account set balance');
    expect(await captureLocks(database)).toEqual([]);
  });

  it('tell size, rows, dead rows and growth of tables', async () => {
    await database.query('create table big (id int primary key, note text)');
    await database.query(`insert into big select n, repeat('x', 100) from generate_series(1, 5000) n`);
    await database.query('analyze big');
    const first = await tableReport(database);
    const [big] = first.tables;
    expect(big).toMatchObject({ name: 'big', rowCount: 5000, growthBytesPerDay: null });
    expect(big?.wastedBytes).toBeLessThan((big?.sizeBytes ?? 0) * 0.2);
    await database.query('delete from big where id % 2 = 0');
    await database.query('vacuum analyze big');
    const older = { ...first, takenAt: first.takenAt - 2 * 60 * 60_000 };
    const [after] = (await tableReport(database, older)).tables;
    expect(after?.growthBytesPerDay).toBeTypeOf('number');
    expect(after?.wastedBytes).toBeGreaterThan((after?.sizeBytes ?? 0) * 0.3);
  });
});
