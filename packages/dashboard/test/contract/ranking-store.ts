import { createHistogram } from '@dataguardian/telemetry';
import { describe, expect, it } from 'vitest';
import { encodeSketch } from '../../src/history/sketch-codec.ts';
import type { RankingRow, RankingStore } from '../../src/rankings/ranking-store.ts';

const MINUTE = 60_000;

function row(at: number, instance: string, durationMs: number): RankingRow {
  const histogram = createHistogram();
  histogram.record(durationMs);
  const entries = [{ name: 'GET /a', label: 'GET /a', errorCount: 1, sketch: encodeSketch(histogram.state()) }];
  return { stepMs: MINUTE, at, instance, kind: 'route', entries };
}

/** What every place that keeps rankings must do. */
export function describeRankingStore(name: string, create: () => RankingStore): void {
  describe(`rankings in ${name}`, () => {
    it('are read back by range and kind', async () => {
      const store = create();
      const rows = [row(0, 'one', 5), row(MINUTE, 'one', 6), row(MINUTE, 'two', 7)];
      await store.write(rows);
      const found = await store.read({ stepMs: MINUTE, kind: 'route', from: MINUTE, to: 2 * MINUTE });
      expect(found.toSorted((a, b) => (a.instance < b.instance ? -1 : 1))).toEqual(rows.slice(1));
      expect(await store.read({ stepMs: MINUTE, kind: 'user', from: 0, to: 2 * MINUTE })).toEqual([]);
    });

    it('are replaced when a bucket is written again', async () => {
      const store = create();
      await store.write([row(0, 'one', 5)]);
      await store.write([row(0, 'one', 9)]);
      expect(await store.read({ stepMs: MINUTE, kind: 'route', from: 0, to: MINUTE })).toEqual([row(0, 'one', 9)]);
    });
  });
}
