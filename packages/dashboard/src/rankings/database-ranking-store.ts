import type { DashboardDatabase } from '../database.ts';
import { isSketch } from '../history/sketch-codec.ts';
import { RANKING_LEVELS, type RankingEntry, type RankingRow, type RankingStore } from './ranking-store.ts';

/** An entry as it is kept: short names, because there are millions. */
type Packed = readonly [name: string, label: string, errorCount: number, sketch: string];

/** Rankings in PostgreSQL, of every process. Table: `dashboardRankingsMigrationSql`. */
export function createDatabaseRankingStore(database: DashboardDatabase): RankingStore {
  return {
    async write(rows) {
      if (rows.length > 0) await database.query(WRITE, [JSON.stringify(rows.map(toJson))]);
    },
    async read({ stepMs, kind, from, to }) {
      const { rows } = await database.query<{ at: number; instance: string; entries: readonly Packed[] }>(
        `select at::float8 as at, instance, entries from dashboard_rankings
         where step_ms = $1 and kind = $2 and at >= $3 and at < $4`,
        [stepMs, kind, from, to],
      );
      return rows.map(({ at, instance, entries }) => ({
        stepMs,
        kind,
        at,
        instance,
        entries: entries.flatMap(toEntry),
      }));
    },
    async expire(now) {
      for (const { stepMs, keptMs } of RANKING_LEVELS)
        await database.query('delete from dashboard_rankings where step_ms = $1 and at < $2', [stepMs, now - keptMs]);
    },
  };
}

const WRITE = `
insert into dashboard_rankings (step_ms, at, instance, kind, entries)
select step_ms, at, instance, kind, entries
from jsonb_to_recordset($1::jsonb) as row (step_ms integer, at bigint, instance text, kind text, entries jsonb)
on conflict (step_ms, kind, at, instance) do update set entries = excluded.entries`;

function toJson({ stepMs, at, instance, kind, entries }: RankingRow): object {
  const packed = entries.map(({ name, label, errorCount, sketch }): Packed => [
    name,
    label,
    errorCount,
    Buffer.from(sketch).toString('base64'),
  ]);
  return { step_ms: stepMs, at, instance, kind, entries: packed };
}

function toEntry([name, label, errorCount, packed]: Packed): RankingEntry[] {
  const sketch = new Uint8Array(Buffer.from(packed, 'base64'));
  return isSketch(sketch) ? [{ name, label, errorCount, sketch }] : [];
}
