import type { SlowRequest, Stall } from '@dataguardian/profiler';
import type { RequestsView, TraceSpan } from '../api/requests.ts';
import type { TimeRange } from '../api/section.ts';
import type { DashboardDatabase } from '../database.ts';

/** A slow or failed request with its trace, or a block of an event loop, of any process. */
export type Incident = RequestIncident | StallIncident;

interface IncidentFacts {
  /** Unique among those of its kind. */
  readonly id: string;
  readonly instance: string;
  /** Epoch milliseconds at its end. */
  readonly at: number;
  /** How bad it was, in milliseconds. */
  readonly weight: number;
}

export interface RequestIncident extends IncidentFacts {
  readonly kind: 'request';
  readonly body: { readonly request: SlowRequest; readonly spans: readonly TraceSpan[] };
}

export interface StallIncident extends IncidentFacts {
  readonly kind: 'stall';
  readonly body: Stall;
}

/** Where incidents are kept, those of all processes. Table: `dashboardRecordingsMigrationSql`. */
export interface IncidentStore {
  write(incidents: readonly Incident[]): Promise<void>;
  /** The worst of a range, the worst first; whether there are parts of it, but not these. */
  requests(range: TimeRange, count: number): Promise<RequestsView['slow']>;
  request(id: string): Promise<RequestIncident['body'] | undefined>;
  /** The worst of a range, newest first. */
  stalls(range: TimeRange, count: number): Promise<readonly (Stall & { readonly instance: string })[]>;
  /** Thins out what is older than two hours to the worst of each hour, and removes what is older than two weeks. */
  expire(now: number): Promise<void>;
}

interface RequestRow {
  readonly request: SlowRequest;
  readonly instance: string;
  readonly hasTrace: boolean;
}

const HOUR_MS = 3_600_000;
const WHOLE_MS = 2 * HOUR_MS;
const KEPT_MS = 14 * 24 * HOUR_MS;
/** Of each process, kind and hour. */
const KEPT_OF_HOUR = 20;

export function createDatabaseIncidentStore(database: DashboardDatabase): IncidentStore {
  return {
    async write(incidents) {
      for (const { kind, id, instance, at, weight, body } of incidents)
        await database.query(WRITE, [kind, id, instance, Math.round(at), weight, JSON.stringify(body)]);
    },
    async requests({ from, to }, count) {
      const { rows } = await database.query<RequestRow>(REQUESTS, [Math.floor(from), Math.ceil(to), count]);
      return rows.map(({ request, instance, hasTrace }) => ({ ...request, instance, hasTrace }));
    },
    async request(id) {
      const { rows } = await database.query<{ readonly body: RequestIncident['body'] }>(
        `select body from dashboard_incidents where kind = 'request' and id = $1`,
        [id],
      );
      return rows[0]?.body;
    },
    async stalls({ from, to }, count) {
      const { rows } = await database.query<{ readonly body: Stall; readonly instance: string }>(STALLS, [
        Math.floor(from),
        Math.ceil(to),
        count,
      ]);
      return rows.map(({ body, instance }) => ({ ...body, instance })).toSorted((one, other) => other.at - one.at);
    },
    async expire(now) {
      await database.query('delete from dashboard_incidents where at < $1', [now - KEPT_MS]);
      await database.query(THIN_OUT, [now - WHOLE_MS, HOUR_MS, KEPT_OF_HOUR]);
    },
  };
}

const WRITE = `
insert into dashboard_incidents (kind, id, instance, at, weight, body) values ($1, $2, $3, $4, $5, $6::jsonb)
on conflict (kind, id) do nothing`;
const REQUESTS = `
select body -> 'request' as request, instance, jsonb_array_length(body -> 'spans') > 0 as "hasTrace" from dashboard_incidents
where kind = 'request' and at >= $1 and at < $2 order by weight desc limit $3`;
const STALLS = `
select body, instance from dashboard_incidents
where kind = 'stall' and at >= $1 and at < $2 order by weight desc limit $3`;
const THIN_OUT = `
delete from dashboard_incidents using (
  select kind as old_kind, id as old_id,
    row_number() over (partition by kind, instance, at / $2 order by weight desc) as place
  from dashboard_incidents where at < $1
) as old
where kind = old_kind and id = old_id and place > $3`;
