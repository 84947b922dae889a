import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scanChannel } from '../../src/features/scans/scan-signals.ts';
import type { Scan } from '../../src/features/scans/scan.ts';
import type { AnswerJson } from './answer-json.ts';
import { type ScanWorld, scanWorld } from './scan-world.ts';

let world: ScanWorld;
let scan: Scan;

const sample = async (): Promise<Scan> => {
  const started = await world.call(world.analyst, 'POST', '/api/scans', { name: 'Sample', source: { kind: 'sample' } });
  return world.ended(world.analyst, started.json.id);
};
const list = async (query: string, person = world.analyst): Promise<AnswerJson> => {
  const answer = await world.call(person, 'GET', `/api/scans/${scan.id}/findings?${query}`);
  expect(answer.status).toBe(200);
  return answer.json;
};

/** Waits until the server has heard all news of scans: what it remembers of them is dropped only then. */
async function newsToArrive(): Promise<void> {
  const { database, ownerDatabase } = world.context;
  await world.stopWorkers();
  const last = JSON.stringify({ organisationId: randomUUID(), scanId: randomUUID() });
  const arrived = Promise.withResolvers<void>();
  const stop = await database.listen(scanChannel, (payload) => {
    if (payload === last) arrived.resolve();
  });
  await ownerDatabase.query('select pg_notify($1, $2)', [scanChannel, last]);
  await arrived.promise;
  await stop();
}

beforeAll(async () => {
  world = await scanWorld();
  await world.worker();
  scan = await sample();
});
afterAll(() => world.close());

describe('the list of findings', () => {
  it.each(['severity', 'newest', 'score', 'place', 'type'])(
    'by %s shows each finding once over all pages',
    async (sort) => {
      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page = await list(`sort=${sort}&limit=90${cursor ? `&cursor=${cursor}` : ''}`);
        expect(page.total).toBe(scan.findingCount);
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
      }
      expect(seen).toHaveLength(scan.findingCount);
      expect(new Set(seen).size).toBe(seen.length);
    },
  );

  it('filters by several severities, type, category, and text in the item', async () => {
    const { items } = await list('severity=critical,high&type=BSN&q=personeel&limit=500');
    expect(items.length).toBeGreaterThan(10);
    for (const { type, location } of items) {
      expect(type).toBe('BSN');
      expect(location.item).toContain('personeel');
    }
    expect((await list('q=%25')).total).toBe(0);
  });

  it('groups by file and by type with counts that add up', async () => {
    for (const group of ['file', 'type']) {
      const answer = await world.call(world.analyst, 'GET', `/api/scans/${scan.id}/findings?group=${group}`);
      const sum = answer.json.groups.reduce((total, { count }) => total + count, 0);
      expect(sum).toBe(scan.findingCount);
    }
  });

  it('refuses a cursor of another list', async () => {
    const answer = await world.call(world.analyst, 'GET', `/api/scans/${scan.id}/findings?cursor=bm9uc2Vuc2U`);
    expect(answer.status).toBe(400);
    expect(answer.json.code).toBe('CURSOR_INVALID');
  });
});

describe('who sees findings', () => {
  it('is the organisation, by role, and nobody else', async () => {
    const { analyst, manager, auditor, otherAnalyst, stranger } = world;
    for (const person of [analyst, manager, auditor])
      expect((await world.call(person, 'GET', `/api/scans/${scan.id}`)).status).toBe(200);
    const [finding] = (await list('limit=1')).items;
    for (const person of [otherAnalyst, stranger]) {
      for (const path of ['', '/findings', '/skipped', '/events', '/shares'])
        expect((await world.call(person, 'GET', `/api/scans/${scan.id}${path}`)).status).toBe(404);
      expect((await world.call(person, 'POST', `/api/scans/${scan.id}/cancel`)).status).toBe(404);
      expect((await world.call(person, 'DELETE', `/api/scans/${scan.id}`)).status).toBe(404);
      expect((await world.call(person, 'PATCH', `/api/findings/${finding?.id}`, { status: 'fixed' })).status).toBe(404);
      expect((await world.call(person, 'GET', '/api/findings')).json.total).toBe(0);
      const bulk = await world.call(person, 'POST', '/api/findings/triage', { filter: {}, status: 'fixed' });
      expect(bulk.json.count).toBe(0);
    }
  });

  it('includes those with whom the scan is shared, until the share ends', async () => {
    const { analyst, otherAnalyst, auditor } = world;
    const shared = await world.call(analyst, 'POST', `/api/scans/${scan.id}/shares`, { userId: otherAnalyst.userId });
    expect(shared.json.items).toEqual([expect.objectContaining({ id: otherAnalyst.userId, hasAccess: true })]);
    expect((await world.call(otherAnalyst, 'GET', `/api/scans/${scan.id}/findings`)).json.total).toBe(
      scan.findingCount,
    );
    expect((await world.call(otherAnalyst, 'DELETE', `/api/scans/${scan.id}`)).status).toBe(403);
    expect((await world.call(auditor, 'POST', `/api/scans/${scan.id}/shares`, { userIds: [] })).status).toBe(403);
    await world.call(analyst, 'DELETE', `/api/scans/${scan.id}/shares/${otherAnalyst.userId}`);
    expect((await world.call(otherAnalyst, 'GET', `/api/scans/${scan.id}/findings`)).status).toBe(404);
  });

  it('has auditors read and decide nothing', async () => {
    const [finding] = (await list('limit=1', world.auditor)).items;
    expect((await world.call(world.auditor, 'PATCH', `/api/findings/${finding?.id}`, { status: 'fixed' })).status).toBe(
      403,
    );
  });
});

describe('a decision', () => {
  it('is kept with reason and person, and a false positive does not come back with the next scan', async () => {
    const [finding] = (await list('type=BSN&limit=1')).items;
    const decided = await world.call(world.analyst, 'PATCH', `/api/findings/${finding?.id}`, {
      status: 'false_positive',
      reason: 'an order number',
    });
    expect(decided.json).toMatchObject({ status: 'false_positive', reason: 'an order number' });
    expect(decided.json.decidedBy).toMatch(/^analyst-/);
    const next = await sample();
    const page = await world.call(world.analyst, 'GET', `/api/scans/${next.id}/findings?status=false_positive`);
    expect(page.json.items.map(({ masked, location }) => `${masked} ${location.item}`)).toContain(
      `${finding?.masked} ${finding?.location.item}`,
    );
    // Opening it again forgets the decision.
    await world.call(world.analyst, 'PATCH', `/api/findings/${finding?.id}`, { status: 'open' });
    const third = await sample();
    expect(
      (await world.call(world.analyst, 'GET', `/api/scans/${third.id}/findings?status=false_positive`)).json.total,
    ).toBe(0);
  });

  it('about all that a filter selects lowers the risk score at once', async () => {
    const other = await sample();
    const answer = await world.call(world.analyst, 'POST', '/api/findings/triage', {
      filter: { scanId: other.id, severity: ['critical', 'high', 'medium'] },
      status: 'fixed',
    });
    expect(answer.json.count).toBeGreaterThan(50);
    const after = await world.call(world.analyst, 'GET', `/api/scans/${other.id}`);
    expect(after.json.riskScore).toBeLessThan(other.riskScore ?? 0);
    // The report counts in memory what the scan's score counts in SQL.
    const report = await world.call(world.analyst, 'GET', `/api/scans/${other.id}/report.json`);
    expect(report.json.risk).toEqual(after.json.risk);
  });
});

describe('the overview', () => {
  it('adds up the latest scan of each source and shows recent ones', async () => {
    const { json } = await world.call(world.manager, 'GET', '/api/overview');
    expect(json.recentScans.length).toBeGreaterThan(1);
    expect(json.trend.length).toBe(json.totals.scans);
    const categories = json.categories.reduce((sum, { count }) => sum + count, 0);
    expect(categories).toBe(json.totals.openFindings);
    const foreign = await world.call(world.stranger, 'GET', '/api/overview');
    expect(foreign.json.totals).toEqual({ scans: 0, activeScans: 0, openFindings: 0 });
  });

  it('keeps the score of completed scans while others go on, and follows a decision about a finding', async () => {
    const { cache } = world.context;
    const own = await sample();
    await newsToArrive();
    const overview = async () => (await world.call(world.manager, 'GET', '/api/overview')).json;
    const counts = () => cache.stats().namespaces.find(({ name }) => name === 'risk-scores');
    const before = await overview();
    const loads = counts()?.loads ?? 0;
    // As each step of another scan does.
    await cache.invalidateTags([`scans:${world.manager.organisationId}`]);
    expect([(await overview()).risk, counts()?.loads]).toEqual([before.risk, loads]);
    await world.call(world.analyst, 'POST', '/api/findings/triage', {
      filter: { scanId: own.id, severity: ['critical', 'high', 'medium'] },
      status: 'fixed',
    });
    expect((await overview()).risk.score).toBeLessThan(before.risk.score);
  });

  it('has a catalogue with names in both languages', async () => {
    const { json } = await world.call(world.auditor, 'GET', '/api/catalogue');
    const bsn = json.items.find(({ type }) => type === 'BSN');
    expect(bsn?.name.nl).toBeTruthy();
    expect(Object.keys(scan.typeCounts).every((type) => json.items.some((item) => item.type === type))).toBe(true);
  });
});
