import {
  advisorMigrationSql,
  createDatabase,
  createPerformance,
  type Database,
  type Performance,
} from '@dataguardian/performance';
import { postgresForTest, until, type TestPostgres } from '@dataguardian/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';

let postgres: TestPostgres;
let owner: Database;
let performance: Performance;

beforeEach(async () => {
  postgres = await postgresForTest();
  owner = createDatabase({ connectionString: postgres.url, minConnections: 0, maxConnections: 3 });
  await owner.query(
    `create table visits as select n as id, n % 5000 as person, repeat('x', 120) as note from generate_series(1, 120000) n`,
  );
  await owner.query('analyze visits');
  await owner.query(advisorMigrationSql);
  performance = createPerformance({
    database: { connectionString: postgres.url, minConnections: 0, maxConnections: 4 },
    maintenance: owner,
  });
});

afterEach(async () => {
  await performance.close();
  await owner.close();
  await postgres.close();
});

const work = async (count: number): Promise<void> => {
  for (let person = 0; person < count; person++)
    await performance.database.query('select count(note) as n from visits where person = $1', [person]);
};

/** Others may advise something, too, on a machine that is busy. */
const ofIndexes = async () =>
  (await performance.advisor.list()).filter(({ proposal }) => proposal.rule === 'index-advisor');

it('sees a missing index, proves it on a copy, builds it, confirms its gain, and takes it away again', async () => {
  await work(40);
  await performance.advisor.propose(performance.profiler.snapshot());
  const [proven] = await ofIndexes();
  expect(proven).toMatchObject({
    state: 'proven',
    proposal: { rule: 'index-advisor', change: { subject: expect.stringContaining('visits') } },
    proof: { method: 'measured' },
  });
  const promised = (proven?.proof.before ?? 0) / (proven?.proof.after ?? 1);
  expect(promised).toBeGreaterThan(3);

  await performance.advisor.apply(proven?.id ?? '', 'anna');
  const indexes = async (): Promise<number> =>
    (await owner.query(`select from pg_indexes where indexname like 'dgopt_%' and tablename = 'visits'`)).rowCount;
  expect(await indexes()).toBe(1);
  await work(120);
  await until(
    async () => {
      await performance.advisor.verify();
      return (await ofIndexes())[0]?.state === 'verified';
    },
    { timeoutMs: 90_000 },
  );
  await performance.advisor.revert(proven?.id ?? '', 'anna');
  expect(await indexes()).toBe(0);
  const steps = (await performance.advisor.history()).filter(({ id }) => id === proven?.id);
  expect(steps.map(({ state }) => state)).toEqual(['rolledBack', 'verified', 'applied', 'proven']);
});
