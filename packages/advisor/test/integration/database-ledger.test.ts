import {
  advisorMigrationSql,
  createDatabaseLedger,
  type LedgerEntry,
  type ProvenRecommendation,
  type Recommendation,
} from '@dataguardian/advisor';
import { createDatabase, type Database } from '@dataguardian/database';
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
