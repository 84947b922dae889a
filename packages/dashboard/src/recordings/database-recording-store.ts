import type { DashboardDatabase } from '../database.ts';
import { RECORDING_LEVELS, type RecordingFacets, type RecordingKey, type RecordingStore } from './recording-store.ts';

interface ListedRow {
  readonly stepMs: number;
  readonly at: number;
  readonly instance: string;
  readonly facets: RecordingFacets;
}

/** Recordings in PostgreSQL, of every process. Table: `dashboardRecordingsMigrationSql`. */
export function createDatabaseRecordingStore(database: DashboardDatabase): RecordingStore {
  return {
    async write(rows) {
      for (const { stepMs, at, instance, facets, body } of rows)
        await database.query(WRITE, [stepMs, at, instance, JSON.stringify(facets), Buffer.from(body)]);
    },
    async list({ from, to }) {
      const { rows } = await database.query<ListedRow>(LIST, [from, to]);
      return rows;
    },
    async read(keys) {
      if (keys.length === 0) return [];
      const columns = [
        keys.map(({ stepMs }) => stepMs),
        keys.map(({ at }) => at),
        keys.map(({ instance }: RecordingKey) => instance),
      ];
      const { rows } = await database.query<{ readonly body: Uint8Array }>(READ, columns);
      return rows.map(({ body }) => body);
    },
    async expire(now) {
      for (const { stepMs, keptMs } of RECORDING_LEVELS)
        await database.query('delete from dashboard_recordings where step_ms = $1 and at < $2', [stepMs, now - keptMs]);
    },
  };
}

const WRITE = `
insert into dashboard_recordings (step_ms, at, instance, facets, body) values ($1, $2, $3, $4::jsonb, $5)
on conflict (step_ms, at, instance) do update set facets = excluded.facets, body = excluded.body`;
const LIST = `
select step_ms as "stepMs", at::float8 as at, instance, facets from dashboard_recordings
where at < $2 and at + step_ms > $1 order by step_ms, at, instance`;
const READ = `
select body from dashboard_recordings
join unnest($1::integer[], $2::bigint[], $3::text[]) as wanted (step_ms, at, instance) using (step_ms, at, instance)`;
