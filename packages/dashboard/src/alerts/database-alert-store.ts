import type { Alert, Delivery } from '../api/alerts.ts';
import type { DashboardDatabase } from '../database.ts';
import type { AlertStore, ClaimedDelivery, StoredDocument } from './alert-store.ts';

interface AlertRow {
  readonly id: string;
  readonly fired_at: number;
  readonly ended_at: number | null;
  readonly instances: Readonly<Record<string, 'firing' | 'recovering'>>;
  readonly body: Alert;
}

const ALERT = 'id, fired_at::float8 as fired_at, ended_at::float8 as ended_at, instances, body';
const DELIVERY = `id, alert_id as "alertId", channel_id as "channelId", kind, state, attempts as "attemptCount",
  created_at::float8 as "createdAt", sent_at::float8 as "sentAt", error`;
const MOST_CLAIMED = 20;

/**
 * Alerts in PostgreSQL, shared by every process. A partial unique index lets a rule have one open alert; whoever's insert
 * succeeds, or whose update empties the list of processes, has begun or ended it, and its messages are written by the same
 * statement. Tables: `dashboardMigrationSql`.
 */
export function createDatabaseAlertStore(database: DashboardDatabase): AlertStore {
  const alertsOf = async (text: string, values: readonly unknown[]): Promise<readonly Alert[]> =>
    (await database.query<AlertRow>(text, values)).rows.map(toAlert);

  return {
    async documents(kind) {
      const { rows } = await database.query<StoredDocument>(
        'select id, body from dashboard_documents where kind = $1 order by id',
        [kind],
      );
      return rows;
    },
    async putDocument(kind, { id, body }) {
      await database.query(
        `insert into dashboard_documents (kind, id, body) values ($1, $2, $3)
         on conflict (kind, id) do update set body = excluded.body`,
        [kind, id, JSON.stringify(body)],
      );
    },
    async removeDocument(kind, id) {
      const { rows } = await database.query(
        'delete from dashboard_documents where kind = $1 and id = $2 returning id',
        [kind, id],
      );
      return rows.length > 0;
    },
    async fire(alert, channelIds) {
      const { rows } = await database.query<AlertRow & { is_new: boolean }>(FIRE, [
        alert.id,
        alert.ruleId,
        alert.firedAt,
        JSON.stringify(Object.fromEntries(alert.instances.map((instance) => [instance, 'firing']))),
        JSON.stringify(alert),
        [...channelIds],
      ]);
      const [row] = rows;
      if (row === undefined) throw new Error('The alert was neither opened nor joined.');
      return { alert: toAlert(row), isNew: row.is_new };
    },
    async progress({ id, instance, state, peak, relapseCount }) {
      const [alert] = await alertsOf(
        `update dashboard_alerts
         set instances = instances || jsonb_build_object($2::text, $3::text),
           body = body || jsonb_build_object('peak', $4::float8, 'relapseCount', $5::integer)
         where id = $1 and ended_at is null returning ${ALERT}`,
        [id, instance, state, peak, relapseCount],
      );
      return alert;
    },
    async end(id, instance, endedAt) {
      const ended = await alertsOf(leave('id = $1 and instances ? $2', '$2::text'), [id, instance, endedAt]);
      return ended.find((alert) => alert.endedAt !== null);
    },
    async endAbandoned(alive, endedAt) {
      const gone = 'array(select key from jsonb_object_keys(instances) key where key <> all ($2::text[]))';
      const ended = await alertsOf(
        leave(
          `$1::text is null and exists (select 1 from jsonb_object_keys(instances) key where key <> all ($2))`,
          gone,
        ),
        [null, [...alive], endedAt],
      );
      return ended.filter((alert) => alert.endedAt !== null);
    },
    async unsilence(id, channelIds, at) {
      await database.query(
        `with alert as (
           update dashboard_alerts set body = body || '{"silenced": false}'
           where id = $1 and ended_at is null and body -> 'silenced' = 'true' returning id
         )
         insert into dashboard_deliveries (id, alert_id, channel_id, kind, state, created_at, due_at)
         select alert.id || ':' || channel || ':fired', alert.id, channel, 'fired', 'waiting', $3, $3
         from alert cross join unnest($2::text[]) channel on conflict do nothing`,
        [id, [...channelIds], at],
      );
    },
    alerts: (which, limit) =>
      alertsOf(
        `select ${ALERT} from dashboard_alerts
         where $1 = 'all' or ($1 = 'open') = (ended_at is null)
         order by ended_at is not null, fired_at desc limit $2`,
        [which, limit],
      ),
    async acknowledge(id, acknowledged) {
      const [alert] = await alertsOf(
        `update dashboard_alerts set body = body || jsonb_build_object('acknowledged', $2::jsonb)
         where id = $1 returning ${ALERT}`,
        [id, JSON.stringify(acknowledged)],
      );
      return alert;
    },
    async addDelivery({ id, alertId, channelId, kind, state, attemptCount, createdAt, sentAt, error }) {
      await database.query(
        `insert into dashboard_deliveries
           (id, alert_id, channel_id, kind, state, attempts, created_at, due_at, sent_at, error)
         values ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9) on conflict do nothing`,
        [id, alertId, channelId, kind, state, attemptCount, createdAt, sentAt, error],
      );
    },
    async claimDeliveries(now, leaseMs) {
      const { rows } = await database.query<Delivery & { alert: AlertRow | null }>(
        `with claimed as (
           update dashboard_deliveries set claimed_until = $1::bigint + $2::bigint
           where id in (
             select id from dashboard_deliveries where state = 'waiting' and due_at <= $1 and claimed_until <= $1
             order by due_at limit ${MOST_CLAIMED} for update skip locked
           ) returning *
         )
         select ${DELIVERY}, (
           select row_to_json(alert) from (select ${ALERT} from dashboard_alerts where id = claimed.alert_id) alert
         ) as alert from claimed order by created_at`,
        [now, leaseMs],
      );
      return rows.map(({ alert, ...delivery }): ClaimedDelivery => ({
        ...delivery,
        alert: alert === null ? undefined : toAlert(alert),
      }));
    },
    async settleDelivery({ id, state, attemptCount, sentAt, error }, dueAt) {
      await database.query(
        `update dashboard_deliveries
         set state = $2, attempts = $3, sent_at = $4, error = $5, due_at = $6, claimed_until = 0 where id = $1`,
        [id, state, attemptCount, sentAt, error, dueAt],
      );
    },
    async deliveries(limit) {
      const { rows } = await database.query<Delivery>(
        `select ${DELIVERY} from dashboard_deliveries order by created_at desc, id limit $1`,
        [limit],
      );
      return rows;
    },
    async expire(before) {
      await database.query('delete from dashboard_alerts where ended_at < $1', [before]);
      await database.query('delete from dashboard_deliveries where alert_id is null and created_at < $1', [before]);
    },
  };
}

/** `xmax` is 0 in a row that this statement inserted, and not in one that it updated. */
const FIRE = `
with opened as (
  insert into dashboard_alerts as present (id, rule_id, fired_at, instances, body) values ($1, $2, $3, $4, $5)
  on conflict (rule_id) where ended_at is null do update set instances = present.instances || excluded.instances
  returning ${ALERT}, xmax = 0 as is_new
), messages as (
  insert into dashboard_deliveries (id, alert_id, channel_id, kind, state, created_at, due_at)
  select opened.id || ':' || channel || ':fired', opened.id, channel, 'fired', 'waiting', $3, $3
  from opened cross join unnest($6::text[]) channel where opened.is_new
  on conflict do nothing
)
select * from opened`;

/** Takes processes out of open alerts; those left without any end at `$3`, with their messages. */
function leave(which: string, gone: string): string {
  return `
    with left_over as (
      update dashboard_alerts
      set instances = instances - ${gone},
        ended_at = case when instances - ${gone} = '{}' then $3::bigint end
      where ended_at is null and ${which}
      returning ${ALERT}
    ), messages as (
      insert into dashboard_deliveries (id, alert_id, channel_id, kind, state, created_at, due_at)
      select left_over.id || ':' || heard.channel_id || ':ended', left_over.id, heard.channel_id, 'ended', 'waiting',
        $3::bigint, $3::bigint
      from left_over join dashboard_deliveries heard on heard.alert_id = left_over.id and heard.kind = 'fired'
      where left_over.ended_at is not null
      on conflict do nothing
    )
    select * from left_over`;
}

function toAlert({ id, fired_at: firedAt, ended_at: endedAt, instances, body }: AlertRow): Alert {
  const states = Object.values(instances);
  const state = endedAt !== null ? 'ended' : states.includes('firing') ? 'firing' : 'recovering';
  return { ...body, id, firedAt, endedAt, state, instances: Object.keys(instances) };
}
