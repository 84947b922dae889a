/** Data of one session, as JSON: memory holds a hundred thousand of them, and every node reads them. */
export const MAX_DATA_BYTES = 16_384;

/** Name of the constraint that bounds it. */
export const DATA_BOUND = 'sessions_data_bounded';

/**
 * Creates the table of sessions. Run it once, as the owner of the schema; a role of its own that serves requests needs
 * {@link toSessionsGrantSql} besides.
 */
export const sessionsMigrationSql = `
create table sessions (
  token_hash bytea primary key,
  handle uuid not null unique,
  user_id text not null,
  organisation_id text,
  roles text[] not null,
  data jsonb not null default '{}',
  version bigint not null default 1,
  user_agent text not null,
  address text not null,
  created_at timestamptz not null,
  authenticated_at timestamptz not null,
  last_seen_at timestamptz not null,
  idle_expires_at timestamptz not null,
  absolute_expires_at timestamptz not null
);
create index sessions_by_user on sessions (user_id, last_seen_at);
create index sessions_by_expiry on sessions (least(idle_expires_at, absolute_expires_at));
`;

/** What came later: run it once after {@link sessionsMigrationSql}. Tokens are renewed on schedule. */
export const sessionsMigrationSqlV2 = `
alter table sessions add column renewed_at timestamptz not null default now();
alter table sessions add column former_hash bytea;
alter table sessions add column former_until timestamptz;
create unique index sessions_by_former on sessions (former_hash) where former_hash is not null;
create index sessions_by_organisation on sessions (organisation_id) where organisation_id is not null;
`;

/** What came after that: run it once after {@link sessionsMigrationSqlV2}. The activity log, which outlives its session. */
export const sessionsMigrationSqlV3 = `
create table session_activity (
  handle uuid primary key,
  user_id text not null,
  entries jsonb not null,
  last_at timestamptz not null
);
create index session_activity_by_user on session_activity (user_id);
create index session_activity_by_age on session_activity (last_at);
`;

/**
 * Lets `role` serve requests, with no right beyond it.
 * @param tables Those that exist by then.
 */
export function toSessionsGrantSql(
  role: string,
  tables: readonly ('sessions' | 'session_activity')[] = ['sessions', 'session_activity'],
): string {
  const quoted = /^[a-z_][a-z\d_]*$/.test(role) ? role : `"${role.replaceAll('"', '""')}"`;
  return tables.map((table) => `grant select, insert, update, delete on ${table} to ${quoted};\n`).join('');
}

/** What came after that: run it once after {@link sessionsMigrationSqlV3}. Data of a session is bounded; what was larger stays. */
export const sessionsMigrationSqlV4 = `
alter table sessions add constraint ${DATA_BOUND} check (octet_length(data::text) <= ${MAX_DATA_BYTES}) not valid;
`;

/** All of them, for a database that has none yet. */
export const sessionsInstallSql: string =
  sessionsMigrationSql + sessionsMigrationSqlV2 + sessionsMigrationSqlV3 + sessionsMigrationSqlV4;
