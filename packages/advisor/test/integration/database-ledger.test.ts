import {
  advisorMigrationSql,
  createAdvisor,
  createDatabaseLedger,
  type Ledger,
  type LedgerEntry,
  type ProvenRecommendation,
  type Recommendation,
} from '@dataguardian/advisor';
import { createDatabase, type Database } from '@dataguardian/database';
import { createProfiler } from '@dataguardian/profiler';
import { postgresForTest } from '@dataguardian/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const text = { en: 'Raise it', nl: 'Verhoog het' };

const proven: ProvenRecommendation = {
  id: 'a1',
  state: 'proven',
  proposal: {
    rule: 'bigger-limit',
    change: { kind: 'limit', subject: 'queue', parameters: { to: 20 } },
    title: text,
    explanation: text,
    evidence: { waitP95Ms: 40 },
  },
  proposedAt: 1,
  provenAt: 2,
  proof: {
    method: 'measured',
    description: text,
    metric: 'queries.waitP95',
    before: 40,
    after: 10,
    gainInterval: [3, 5],
    savedSecondsPerDay: 120,
  },
};

const applied: Recommendation = { ...proven, state: 'applied', appliedAt: 3, appliedBy: 'anna', undo: { from: 10 } };

const entry = (recommendation: Recommendation, at: number): LedgerEntry => ({
  id: recommendation.id,
  rule: 'bigger-limit',
  kind: 'limit',
  subject: 'queue',
  state: recommendation.state,
  at,
  by: 'anna',
  predictedGain: 4,
  verifiedGain: undefined,
});

let database: Database;
let close: () => Promise<void>;

beforeEach(async () => {
  const postgres = await postgresForTest();
  database = createDatabase({ connectionString: postgres.url });
  await database.query(advisorMigrationSql);
  close = async () => {
    await database.close();
    await postgres.close();
  };
});

afterEach(() => close());

describe('the ledger in PostgreSQL', () => {
  it('gives back what was kept, and its history', async () => {
    const ledger = createDatabaseLedger(database);
    await ledger.save(proven, entry(proven, 2), ['proposed']);
    await ledger.save(applied, entry(applied, 3), ['proven']);
    expect(await createDatabaseLedger(database).load()).toEqual([applied]);
    expect((await ledger.history(10)).map(({ state, at }) => [state, at])).toEqual([
      ['applied', 3],
      ['proven', 2],
    ]);
  });

  it('refuses a state that does not follow from the present one, and writes no history of it', async () => {
    const ledger = createDatabaseLedger(database);
    await ledger.save(applied, entry(applied, 3), []);
    expect(await ledger.save(proven, entry(proven, 4), ['proposed', 'proven', 'rolledBack'])).toBe(false);
    expect(await ledger.load()).toEqual([applied]);
    expect(await ledger.history(10)).toHaveLength(1);
  });

  it('lets one of many act', async () => {
    const ledger = createDatabaseLedger(database);
    await ledger.save(proven, entry(proven, 2), []);
    const claims = await Promise.all(Array.from({ length: 10 }, () => ledger.claim('a1')));
    expect(claims.filter(Boolean)).toHaveLength(1);
    await ledger.release('a1');
    expect(await ledger.claim('a1')).toBe(true);
  });
});

describe('advisors of several processes on one ledger', () => {
  const limit = { value: 10 };
  let applied: number;
  let reverted: number;
  const advisorOf = (verdict?: 'confirmed' | 'worse', ledger: Ledger = createDatabaseLedger(database)) =>
    createAdvisor({
      ledger,
      rules: [{ name: 'bigger-limit', propose: () => [proven.proposal] }],
      provers: [{ kind: 'limit', prove: () => Promise.resolve(proven.proof) }],
      actuators: [
        {
          kind: 'limit',
          apply({ parameters }) {
            applied += 1;
            limit.value = Number(parameters['to']);
            return Promise.resolve({ from: 10 });
          },
          revert(_change, { from }) {
            reverted += 1;
            limit.value = Number(from);
            return Promise.resolve();
          },
          verify: () =>
            Promise.resolve(
              verdict === undefined
                ? undefined
                : { verdict, before: 40, after: 10, gain: 4, errorRate: 0.05, sampleCount: 9, description: text },
            ),
        },
      ],
    });
  beforeEach(() => {
    applied = 0;
    reverted = 0;
    limit.value = 10;
  });

  it('apply once when two administrators press at once, and write who it was', async () => {
    const [here, there] = [advisorOf(), advisorOf()];
    const [found] = await here.propose(createProfiler().snapshot());
    const id = found?.id ?? '';
    const results = await Promise.allSettled([here.apply(id, 'anna'), there.apply(id, 'bert')]);
    expect([results.filter(({ status }) => status === 'fulfilled').length, applied]).toEqual([1, 1]);
    const steps = (await here.history()).filter(({ state }) => state === 'applied');
    expect(steps).toHaveLength(1);
    expect(['anna', 'bert']).toContain(steps[0]?.by);
  });

  /** A ledger that gives the right to act only when `others` have done what they do, and given it back. */
  const ledgerAfter = (others: () => Promise<unknown>): Ledger => {
    const ledger = createDatabaseLedger(database);
    return {
      ...ledger,
      async claim(id) {
        await others();
        return ledger.claim(id);
      },
    };
  };

  it('apply nothing that another one applied while they waited for the right to', async () => {
    const here = advisorOf();
    const [found] = await here.propose(createProfiler().snapshot());
    const id = found?.id ?? '';
    const late = advisorOf(
      undefined,
      ledgerAfter(() => here.apply(id, 'anna')),
    );
    await expect(late.apply(id, 'bert')).rejects.toMatchObject({ code: 'ADVISOR_WRONG_STATE' });
    expect(applied).toBe(1);
    expect((await here.list())[0]).toMatchObject({ state: 'applied', appliedBy: 'anna' });
  });

  it('take back nothing that another one took back while they waited for the right to', async () => {
    const here = advisorOf('worse');
    const [found] = await here.propose(createProfiler().snapshot());
    await here.apply(found?.id ?? '', 'anna');
    const late = advisorOf(
      'worse',
      ledgerAfter(() => here.verify()),
    );
    await late.verify();
    expect(reverted).toBe(1);
    expect((await late.list())[0]).toMatchObject({ state: 'rolledBack', rolledBackBy: 'advisor' });
  });

  it('verify after a restart what was applied before it, and take it back for whom asks', async () => {
    const former = advisorOf();
    const [found] = await former.propose(createProfiler().snapshot());
    await former.apply(found?.id ?? '', 'anna');
    const restarted = advisorOf('confirmed');
    await restarted.verify();
    expect((await restarted.list())[0]).toMatchObject({ state: 'verified', appliedBy: 'anna' });
    await restarted.revert(found?.id ?? '', 'bert');
    expect(limit.value).toBe(10);
    expect((await restarted.history()).map(({ state, by }) => [state, by])).toEqual([
      ['rolledBack', 'bert'],
      ['verified', 'advisor'],
      ['applied', 'anna'],
      ['proven', 'advisor'],
    ]);
  });
});
