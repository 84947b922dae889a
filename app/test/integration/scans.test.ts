import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ScanWorld, scanWorld } from './scan-world.ts';

let world: ScanWorld;

beforeAll(async () => {
  world = await scanWorld();
  await world.worker();
});
afterAll(() => world.close());

describe('a scan', () => {
  it('of the sample data ends with findings, counts and a risk score', async () => {
    const { analyst } = world;
    const started = await world.call(analyst, 'POST', '/api/scans/sample', {});
    expect(started.status).toBe(201);
    const scan = await world.ended(analyst, started.json.id);
    expect(scan.status).toBe('completed');
    expect(scan.findingCount).toBeGreaterThan(100);
    expect(scan.progress.doneItems).toBe(scan.progress.totalItems);
    expect(scan.riskScore).toBeGreaterThan(50);
    const page = await world.call(analyst, 'GET', `/api/scans/${scan.id}/findings?limit=500`);
    expect(page.json.total).toBe(scan.findingCount);
  });

  it('keeps findings beside signs that take two units, NULs and what looks like their escapes', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 4 }, (_, shift) => [
        `notes-${shift}.txt`,
        `${'x'.repeat(shift)}${'😀'.repeat(90)} anna${shift}@example.nl ${'😀'.repeat(90)}\n\\u0000 and \u0000 bert${shift}@example.nl \\\\u0000\n`,
      ]),
    );
    const { json: upload } = await world.upload(world.analyst, files);
    const started = await world.call(world.analyst, 'POST', '/api/scans', {
      name: 'signs',
      source: { kind: 'upload', uploadId: upload.id },
    });
    const scan = await world.ended(world.analyst, started.json.id);
    expect([scan.status, scan.error]).toEqual(['completed', null]);
    expect(scan.findingCount).toBeGreaterThanOrEqual(8);
  });
});
