import { scanChunks, type ScanChunkEvent } from '@dataguardian/telemetry';
import { until } from '@dataguardian/testing';
import { rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runRetention } from '../../src/features/retention/retention.ts';
import { withTenant } from '../../src/server/tenant.ts';
import { createChunkQueue } from '../../src/worker/chunk-queue.ts';
import { completeChunk, LeaseLost } from '../../src/worker/chunk-results.ts';
import { currentLeaseOwner } from '../../src/worker/lease-owner.ts';
import { type Person, type ScanWorld, scanWorld } from './scan-world.ts';

let world: ScanWorld;
let folder: string;
const limits = { perScan: 4, perUser: 8, perOrganisation: 16, leaseMs: 15_000 };

const startPath = async (person: Person = world.admin, path = folder): Promise<string> => {
  const answer = await world.call(person, 'POST', '/api/scans', { name: 'x', source: { kind: 'path', path } });
  expect(answer.status).toBe(201);
  return answer.json.id;
};
const startSample = async (person: Person): Promise<string> =>
  (await world.call(person, 'POST', '/api/scans', { name: 'x', source: { kind: 'sample' } })).json.id;

beforeAll(async () => {
  world = await scanWorld();
  folder = await world.folder(
    Object.fromEntries(
      Array.from({ length: 1200 }, (_, index) => [`f${index}.txt`, `mail ${index}: p${index}@voorbeeld.nl`]),
    ),
  );
});
beforeEach(() => world.context.ownerDatabase.query('delete from scans').then(() => undefined));
afterEach(() => world.stopWorkers());
afterAll(() => world.close());

describe('the queue', () => {
  it('takes turns between users, however much one of them has asked for', async () => {
    const busy = await Promise.all([
      startSample(world.analyst),
      startSample(world.analyst),
      startSample(world.analyst),
    ]);
    const late = await startSample(world.otherAnalyst);
    const queue = createChunkQueue(world.context.ownerDatabase);
    const first = await queue.claim(currentLeaseOwner(), limits);
    const second = await queue.claim(currentLeaseOwner(), limits);
    expect(busy).toContain(first?.scanId);
    expect(second?.scanId).toBe(late);
  });

  it('takes turns between organisations, however many people of one of them have asked', async () => {
    const busy = [
      await startSample(world.admin),
      await startSample(world.analyst),
      await startSample(world.otherAnalyst),
    ];
    const late = await startSample(world.stranger);
    const queue = createChunkQueue(world.context.ownerDatabase);
    const first = await queue.claim(currentLeaseOwner(), limits);
    const second = await queue.claim(currentLeaseOwner(), limits);
    expect(busy).toContain(first?.scanId);
    expect(second?.scanId).toBe(late);
  });

  it('keeps to the limits per scan and per user', async () => {
    await startSample(world.analyst);
    await startSample(world.analyst);
    await startSample(world.otherAnalyst);
    const queue = createChunkQueue(world.context.ownerDatabase);
    const strict = { ...limits, perUser: 1 };
    const owners = [];
    for (let turn = 0; turn < 4; turn++) owners.push((await queue.claim(currentLeaseOwner(), strict))?.userId);
    expect(owners.filter((owner) => owner !== undefined)).toHaveLength(2);
    expect(new Set(owners)).toEqual(new Set([world.analyst.userId, world.otherAnalyst.userId, undefined]));
  });

  it('keeps an organisation to its limit, whose people it may have as many as it likes, and serves the others', async () => {
    for (const person of [world.admin, world.manager, world.analyst, world.otherAnalyst]) await startSample(person);
    const elsewhere = await startSample(world.stranger);
    const queue = createChunkQueue(world.context.ownerDatabase);
    const strict = { ...limits, perOrganisation: 2 };
    const scans: (string | undefined)[] = [];
    for (let turn = 0; turn < 6; turn++) scans.push((await queue.claim(currentLeaseOwner(), strict))?.scanId);
    const claimed = scans.filter((id) => id !== undefined);
    expect(claimed).toContain(elsewhere);
    expect(claimed).toHaveLength(3);
    const { rows } = await world.context.ownerDatabase.query<{ n: number }>(
      `select count(*)::int as n from scan_chunks c where status = 'running' group by organisation_id order by 1`,
    );
    expect(rows.map(({ n }) => n)).toEqual([1, 2]);
  });

  it('gives one chunk to one of many that ask at once', async () => {
    await startSample(world.analyst);
    const queue = createChunkQueue(world.context.ownerDatabase);
    const claims = await Promise.all(Array.from({ length: 8 }, () => queue.claim(currentLeaseOwner(), limits)));
    expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1);
  });

  it('hands on a chunk whose lease has run out, and lets the late worker store nothing', async () => {
    await startSample(world.analyst);
    const queue = createChunkQueue(world.context.ownerDatabase);
    const late = await queue.claim(currentLeaseOwner(), { ...limits, leaseMs: 1 });
    const next = await until(() => queue.claim(currentLeaseOwner(), limits));
    expect(next).toMatchObject({ scanId: late?.scanId, ordinal: late?.ordinal });
    expect(next.leaseToken).toBeGreaterThan(late?.leaseToken ?? 0);
    if (late === undefined) throw new Error('nothing was claimed');
    const results = { findings: [], skipped: [], coverage: [], bytes: 1, items: 1 };
    const store = withTenant(world.context.database, { organisationId: late.organisationId }, (sql) =>
      completeChunk(sql, late, results),
    );
    await expect(store).rejects.toThrow(LeaseLost);
  });

  it('frees at once what processes of this machine held that are gone', async () => {
    await startSample(world.analyst);
    const queue = createChunkQueue(world.context.ownerDatabase);
    const self = currentLeaseOwner();
    // Beyond the highest process number of Linux.
    await queue.claim({ host: self.host, pid: 4_194_305, start: 'gone' }, limits);
    expect(await queue.releaseDead(self)).toBe(1);
    expect(await queue.claim(self, limits)).toBeDefined();
  });
});

describe('a worker', () => {
  it('publishes each finished part', async () => {
    const events: ScanChunkEvent[] = [];
    const stop = scanChunks.subscribe((event) => void events.push(event));
    await world.worker();
    const id = await startSample(world.analyst);
    const scan = await world.ended(world.analyst, id);
    await until(() => events.reduce((sum, { findingCount }) => sum + findingCount, 0) === scan.findingCount);
    expect(events.every(({ scanId, userId }) => scanId === id && userId === world.analyst.userId)).toBe(true);
    stop();
  });

  it('appears in the profile: its threads with their stacks, its parts as jobs of their scan', async () => {
    const { profiler } = world.context.performance;
    await world.worker();
    const id = await startPath();
    await world.ended(world.admin, id);
    const threads = await until(() => {
      const names = profiler.flame().root.children.map(({ name }) => name);
      return names.some((name) => /^\(thread \d+\)$/.test(name));
    });
    expect(threads).toBe(true);
    const parts = profiler.traces().filter(({ name }) => name === 'scan part');
    expect(parts.at(-1)?.labels).toMatchObject({ scan: id, route: 'scan part' });
    expect(JSON.stringify(parts)).not.toContain(world.admin.userId);
  });

  it('stops a cancelled scan, whose findings so far stay, and scans the rest on retry', async () => {
    await world.worker();
    const id = await startPath();
    await until(async () => (await world.call(world.admin, 'GET', `/api/scans/${id}`)).json.status !== 'queued', {
      intervalMs: 5,
    });
    const cancelled = await world.call(world.admin, 'POST', `/api/scans/${id}/cancel`);
    expect(cancelled.json.status).toBe('cancelled');
    await until(async () => {
      const { rows } = await world.context.ownerDatabase.query<{ n: number }>(
        `select count(*)::int as n from scan_chunks where scan_id = $1 and status in ('pending', 'running')`,
        [id],
      );
      return rows[0]?.n === 0;
    });
    expect((await world.call(world.admin, 'POST', `/api/scans/${id}/cancel`)).json.code).toBe('SCAN_ENDED');
    expect((await world.call(world.admin, 'POST', `/api/scans/${id}/retry`)).status).toBe(200);
    const scan = await world.ended(world.admin, id);
    expect(scan).toMatchObject({ status: 'completed', findingCount: 1200, error: null });
    expect(scan.progress).toMatchObject({ doneItems: 1200, totalItems: 1200, failedParts: 0 });
  });

  it('completes a scan with a part that fails every time, and says what was not scanned', async () => {
    const { ownerDatabase } = world.context;
    // A payload that cannot be opened: every attempt at this part fails; two have been made.
    await ownerDatabase.query(`create function spoil() returns trigger language plpgsql as
      $$ begin new.payload_sealed := '\\x00'; new.attempts := 2; return new; end $$`);
    await ownerDatabase.query(
      'create trigger spoil before insert on scan_chunks for each row when (new.ordinal = 2) execute function spoil()',
    );
    const id = await startPath();
    await world.worker();
    const scan = await world.ended(world.admin, id);
    expect(scan.status).toBe('completed');
    expect(scan.progress.failedParts).toBe(1);
    expect(scan.failure).toMatchObject({ code: 'SCAN_PART_FAILED' });
    expect(scan.failure?.hint).toBeTruthy();
    const state = await createChunkQueue(ownerDatabase).state();
    expect(state).toMatchObject({ pendingChunks: 0, runningChunks: 0 });
    await ownerDatabase.query('drop function spoil cascade');
  });

  it('fails a scan whose source is gone, with the reason and no findings', async () => {
    const gone = await world.folder({ 'a.txt': 'a' });
    const id = await startPath(world.admin, gone);
    await rm(gone, { recursive: true });
    await world.worker();
    const scan = await world.ended(world.admin, id);
    expect(scan).toMatchObject({ status: 'failed', findingCount: 0 });
    expect(scan.failure?.code).toBe('SCANNER_PATH_NOT_FOUND');
  });
});

describe('a worker whose database goes away', () => {
  it('pauses, goes on when it is back, and loses nothing', async () => {
    const remote = await scanWorld({ isProxied: true });
    const worker = await remote.worker();
    const answer = await remote.call(remote.admin, 'POST', '/api/scans', {
      name: 'x',
      source: { kind: 'path', path: folder },
    });
    await until(() => worker.status().runningChunks > 0, { intervalMs: 5 });
    remote.proxy?.setFaults({ refuse: true });
    remote.proxy?.cut();
    await until(() => worker.status().state === 'paused', { what: 'the pause' });
    expect(worker.health().status).toBe('degraded');
    remote.proxy?.setFaults({});
    await until(() => worker.status().state === 'running', { what: 'the end of the pause' });
    const scan = await remote.ended(remote.admin, answer.json.id);
    expect(scan).toMatchObject({ status: 'completed', findingCount: 1200 });
    expect(scan.progress).toMatchObject({ doneItems: 1200, failedParts: 0 });
    await remote.close();
  });
});

describe('the event stream', () => {
  it('tells progress, masked findings and the end, and goes on where a reader left', async () => {
    await world.worker();
    const id = await startSample(world.analyst);
    const headers = { 'x-person': JSON.stringify(world.analyst) };
    const whole = await world.app.inject({ url: `/api/scans/${id}/events`, headers });
    expect(whole.headers['content-type']).toContain('text/event-stream');
    const events = whole.body.split('\n\n').map((block) => ({
      name: /^event: (.*)$/m.exec(block)?.[1],
      id: Number(/^id: (.*)$/m.exec(block)?.[1]),
      data: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? 'null'),
    }));
    const found = events.find(({ name }) => name === 'findings');
    expect(found?.data.items.length).toBeGreaterThan(0);
    const end = events.find(({ name }) => name === 'end');
    expect(end?.data).toMatchObject({ id, status: 'completed' });
    const again = await world.app.inject({
      url: `/api/scans/${id}/events`,
      headers: { ...headers, 'last-event-id': String(end?.id) },
    });
    expect(again.body).not.toContain('event: findings');
    expect(again.body).toContain('event: end');
  });
});

describe('retention', () => {
  it('deletes ended scans past the days the organisation keeps them, and no others', async () => {
    await world.worker();
    const old = await startSample(world.analyst);
    const fresh = await startSample(world.analyst);
    await world.ended(world.analyst, old);
    await world.ended(world.analyst, fresh);
    // Workers see to retention, too, every hour.
    await world.stopWorkers();
    await world.context.ownerDatabase.query(`update scans set finished_at = now() - interval '40 days' where id = $1`, [
      old,
    ]);
    expect(await runRetention(world.context)).toMatchObject({ scans: 0 });
    const settings = await world.call(world.admin, 'PATCH', '/api/settings', { retentionDays: 30 });
    expect(settings.json).toMatchObject({ retentionDays: 30, keepUploads: false });
    // Pages that were read before are cached for hours.
    expect((await world.call(world.analyst, 'GET', `/api/scans/${old}/findings`)).status).toBe(200);
    expect(await runRetention(world.context)).toMatchObject({ scans: 1 });
    expect((await world.call(world.analyst, 'GET', `/api/scans/${old}/findings`)).status).toBe(404);
    expect((await world.call(world.analyst, 'GET', `/api/scans/${old}`)).status).toBe(404);
    expect((await world.call(world.analyst, 'GET', `/api/scans/${fresh}`)).status).toBe(200);
    expect((await world.call(world.manager, 'GET', '/api/settings')).status).toBe(403);
  });
});
