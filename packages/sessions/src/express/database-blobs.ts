import { systemClock, type Clock } from '@dataguardian/telemetry';
import type { SessionDatabase } from '../session-database.ts';
import { TOMBSTONE_MS, type BlobStore } from './blob-store.ts';

/** The table of {@link createDatabaseBlobs}; run once, as the owner of the schema. */
export const expressSessionsMigrationSql = `
create table express_sessions (
  id text primary key,
  body text,
  expires_at timestamptz not null
);
create index express_sessions_by_expiry on express_sessions (expires_at);
`;

const SWEEP_EVERY_WRITES = 100;
const SWEEP_BATCH = 500;

/**
 * Sessions in PostgreSQL. A removed one leaves a row without a body, so that a request that was under way cannot bring
 * it back. What expired goes in indexed batches, on the back of writes.
 */
export function createDatabaseBlobs(options: {
  readonly database: SessionDatabase;
  readonly clock?: Clock;
}): BlobStore {
  const { database, clock = systemClock } = options;
  const now = (): number => clock.now() / 1_000;
  let writes = 0;
  const sweep = async (): Promise<void> => {
    await database.query(
      `delete from express_sessions where id in
         (select id from express_sessions where expires_at <= to_timestamp($1) order by expires_at limit $2
          for update skip locked)`,
      [now(), SWEEP_BATCH],
    );
  };
  return {
    async read(id) {
      const { rows } = await database.query<{ body: string; ms: number }>(
        'select body, (extract(epoch from expires_at) * 1000)::float8 as ms from express_sessions where id = $1 and body is not null and expires_at > to_timestamp($2)',
        [id, now()],
      );
      const [row] = rows;
      return row === undefined ? undefined : { body: row.body, expiresAt: Math.round(row.ms) };
    },
    async write(id, body, expiresAt) {
      await database.query(
        `insert into express_sessions as present (id, body, expires_at) values ($1, $2, to_timestamp($3))
         on conflict (id) do update set body = excluded.body, expires_at = excluded.expires_at
           where present.body is not null or present.expires_at <= to_timestamp($4)`,
        [id, body, expiresAt / 1_000, now()],
      );
      writes += 1;
      if (writes % SWEEP_EVERY_WRITES === 0) await sweep();
    },
    async touch(id, expiresAt) {
      await database.query(
        'update express_sessions set expires_at = to_timestamp($2) where id = $1 and body is not null',
        [id, expiresAt / 1_000],
      );
    },
    async remove(id) {
      await database.query(
        `insert into express_sessions (id, body, expires_at) values ($1, null, to_timestamp($2))
         on conflict (id) do update set body = null, expires_at = excluded.expires_at`,
        [id, (clock.now() + TOMBSTONE_MS) / 1_000],
      );
    },
    async all() {
      const { rows } = await database.query<{ body: string }>(
        'select body from express_sessions where body is not null and expires_at > to_timestamp($1)',
        [now()],
      );
      return rows.map(({ body }) => body);
    },
    async count() {
      const { rows } = await database.query<{ n: number }>(
        'select count(*)::int as n from express_sessions where body is not null and expires_at > to_timestamp($1)',
        [now()],
      );
      return rows[0]?.n ?? 0;
    },
    async clear() {
      await database.query('delete from express_sessions where body is not null');
    },
  };
}
