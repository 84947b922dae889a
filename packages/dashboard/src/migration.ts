/**
 * Tables of the dashboard: the history of all processes, marks, rules and channels, alerts and their messages. Run once,
 * before the dashboard writes. Times are epoch milliseconds.
 */
export const dashboardMigrationSql = `
create table dashboard_metric_sets (
  id integer generated always as identity primary key,
  names text[] not null unique
);
create table dashboard_history (
  step_ms integer not null,
  at bigint not null,
  instance text not null,
  set_id integer not null references dashboard_metric_sets,
  covered_ms integer not null,
  readings real[] not null,
  sketches bytea[] not null,
  primary key (step_ms, at, instance)
) with (autovacuum_vacuum_scale_factor = 0.05);
create table dashboard_instances (
  id text primary key,
  started_at bigint not null,
  last_seen_at bigint not null,
  release text not null
);
create table dashboard_marks (
  id text primary key,
  at bigint not null,
  kind text not null check (kind in ('release', 'restart', 'change', 'note')),
  label text not null,
  set_by text not null
);
create index dashboard_marks_by_time on dashboard_marks (at);
create table dashboard_documents (
  kind text not null check (kind in ('rule', 'silence', 'channel')),
  id text not null,
  body jsonb not null,
  primary key (kind, id)
);
create table dashboard_alerts (
  id text primary key,
  rule_id text not null,
  fired_at bigint not null,
  ended_at bigint,
  instances jsonb not null,
  body jsonb not null
);
create unique index dashboard_alerts_one_open on dashboard_alerts (rule_id) where ended_at is null;
create index dashboard_alerts_by_time on dashboard_alerts (fired_at desc);
create table dashboard_deliveries (
  id text primary key,
  alert_id text references dashboard_alerts on delete cascade,
  channel_id text not null,
  kind text not null check (kind in ('fired', 'ended', 'test')),
  state text not null check (state in ('waiting', 'sent', 'failed')),
  attempts integer not null default 0,
  created_at bigint not null,
  due_at bigint not null,
  claimed_until bigint not null default 0,
  sent_at bigint,
  error text
);
create index dashboard_deliveries_due on dashboard_deliveries (due_at) where state = 'waiting';
create index dashboard_deliveries_by_time on dashboard_deliveries (created_at desc);
`;

/**
 * What took most time, by the minute, ten minutes and hour; and the latest second of each process while somebody watches.
 * Run once, after {@link dashboardMigrationSql}.
 */
export const dashboardRankingsMigrationSql = `
create table dashboard_rankings (
  step_ms integer not null,
  at bigint not null,
  instance text not null,
  kind text not null check (kind in ('route', 'statement', 'user')),
  entries jsonb not null,
  primary key (step_ms, kind, at, instance)
) with (autovacuum_vacuum_scale_factor = 0.05);
create unlogged table dashboard_live (
  instance text primary key,
  at bigint not null,
  readings jsonb not null
);
create unlogged table dashboard_watchers (
  instance text primary key,
  watched_until bigint not null
);
`;

/**
 * What was sampled, by the minute, ten minutes, hour and day; and the slow requests and stalls of all processes. Run once,
 * after {@link dashboardRankingsMigrationSql}.
 */
export const dashboardRecordingsMigrationSql = `
create table dashboard_recordings (
  step_ms integer not null,
  at bigint not null,
  instance text not null,
  facets jsonb not null,
  body bytea not null,
  primary key (step_ms, at, instance)
) with (autovacuum_vacuum_scale_factor = 0.05);
create table dashboard_incidents (
  kind text not null check (kind in ('request', 'stall')),
  id text not null,
  instance text not null,
  at bigint not null,
  weight real not null,
  body jsonb not null,
  primary key (kind, id)
) with (autovacuum_vacuum_scale_factor = 0.05);
create index dashboard_incidents_by_time on dashboard_incidents (kind, at);
`;
