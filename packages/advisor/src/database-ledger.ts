import type { Ledger, LedgerEntry } from './ledger.ts';
import type { Recommendation } from './recommendation.ts';

/** What the ledger needs of a database: statements with `$1` … for values. */
export interface LedgerDatabase {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly Row[] }>;
}

/** Tables of {@link createDatabaseLedger}; run once, before its first use. */
export const advisorMigrationSql = `
create table advisor_recommendations (
  id text primary key,
  state text not null check (state in ('proposed', 'proven', 'applied', 'verified', 'rolledBack', 'dismissed')),
  body jsonb not null,
  claimed_until timestamptz not null default '-infinity',
  updated_at timestamptz not null default now()
);
create table advisor_ledger (
  sequence bigint generated always as identity primary key,
  recommendation_id text not null,
  at timestamptz not null,
  body jsonb not null
);
`;

/** A process that died while it acted keeps others from acting for so long. */
const CLAIM = '5 minutes';

/**
 * A ledger in PostgreSQL, shared by every process: it survives restarts, and two administrators who press at once apply
 * once. The history is only ever added to.
 */
export function createDatabaseLedger(database: LedgerDatabase): Ledger {
  return {
    async load() {
      const { rows } = await database.query<{ body: Recommendation }>('select body from advisor_recommendations');
      return rows.map(({ body }) => body);
    },
    async save(recommendation, entry, former) {
      const { rows } = await database.query<{ id: string }>(
        `with kept as (
           insert into advisor_recommendations as present (id, state, body) values ($1, $2, $3)
           on conflict (id) do update set state = excluded.state, body = excluded.body, updated_at = now()
             where present.state = any($6)
           returning id
         ), written as (
           insert into advisor_ledger (recommendation_id, at, body)
           select id, to_timestamp($4::double precision / 1000), $5 from kept
         )
         select id from kept`,
        [
          recommendation.id,
          recommendation.state,
          JSON.stringify(recommendation),
          entry.at,
          JSON.stringify(entry),
          former,
        ],
      );
      return rows.length > 0;
    },
    async claim(id) {
      const { rows } = await database.query<{ id: string }>(
        `update advisor_recommendations set claimed_until = now() + $2::interval
         where id = $1 and claimed_until < now() returning id`,
        [id, CLAIM],
      );
      return rows.length > 0;
    },
    async release(id) {
      await database.query(`update advisor_recommendations set claimed_until = '-infinity' where id = $1`, [id]);
    },
    async history(limit) {
      const { rows } = await database.query<{ body: LedgerEntry }>(
        'select body from advisor_ledger order by sequence desc limit $1',
        [limit],
      );
      return rows.map(({ body }) => body);
    },
  };
}
