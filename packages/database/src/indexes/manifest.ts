import type { Queryable } from '../queryable.ts';
import type { IndexRecommendation } from './recommendation.ts';

/** Where an applied recommendation stands. */
export type ManifestState = 'applied' | 'verified' | 'reverted' | 'undone';

/** An index that the advisor made or dropped. */
export interface ManifestEntry {
  readonly id: string;
  readonly state: ManifestState;
  readonly recommendation: IndexRecommendation;
  /** Epoch milliseconds. */
  readonly appliedAt: number;
  readonly changedAt: number;
}

/**
 * The tables in which the advisor remembers what it did, so that it survives restarts and can be undone: statements
 * without literals, figures, definitions. The advisor makes them itself where it may.
 */
export const indexManifestSql = `
create table if not exists dgopt_indexes (
  id text primary key,
  state text not null check (state in ('applied', 'verified', 'reverted', 'undone')),
  recommendation jsonb not null,
  applied_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
);
comment on table dgopt_indexes is 'Indexes that the index advisor made or dropped, with the evidence';
create table if not exists dgopt_index_sightings (
  index_id oid primary key,
  first_seen_at timestamptz not null default now()
);
comment on table dgopt_index_sightings is 'Since when the index advisor has known each index';
`;

/** An index that the schema of an application brings along for speed. */
export interface ManagedIndex {
  readonly name: string;
  /** In the current schema. */
  readonly table: string;
  /** The statement that made it. */
  readonly statement: string;
}

const MANAGED = 'managed-';
const NO_TIME = { medianMs: 0, minMs: 0, maxMs: 0, runs: 0 };

/**
 * Puts the indexes of an application's own schema into the manifest, so that one that is gone or broken is shown as
 * drift; those of an earlier call that are not named any more leave it. Builds nothing.
 */
export async function registerIndexes(sql: Queryable, indexes: readonly ManagedIndex[]): Promise<void> {
  const manifest = createIndexManifest(sql);
  await manifest.list();
  const { rows } = await sql.query<{ schema: string }>('select current_schema()::text as schema');
  const schema = rows[0]?.schema ?? 'public';
  const entries = indexes.map(({ name, table, statement }): IndexRecommendation => ({
    kind: 'create',
    id: `${MANAGED}${name}`,
    indexName: name,
    table: `${schema}.${table}`,
    statement,
    reason: 'Part of the schema.',
    proof: {
      method: 'catalogue',
      before: NO_TIME,
      after: NO_TIME,
      gain: 1,
      affected: [],
      plannerGain: 1,
      measuredAfter: [],
      copiedRatio: 1,
    },
    sizeBytes: 0,
    writeCost: { addedMsPerRow: 0, ratio: 0 },
    savedMs: 0,
  }));
  await sql.query(
    `with gone as (delete from dgopt_indexes where starts_with(id, $1) and not id = any($2))
     insert into dgopt_indexes (id, state, recommendation)
     select r ->> 'id', 'verified', r from jsonb_array_elements($3::jsonb) r on conflict (id) do nothing`,
    [MANAGED, entries.map(({ id }) => id), JSON.stringify(entries)],
  );
}

interface EntryRow {
  readonly id: string;
  readonly state: ManifestState;
  readonly recommendation: IndexRecommendation;
  readonly applied_ms: number;
  readonly changed_ms: number;
}

/** Remembers what was done to indexes. */
export interface IndexManifest {
  list(): Promise<readonly ManifestEntry[]>;
  keep(recommendation: IndexRecommendation, state: ManifestState): Promise<void>;
  /** Notes which indexes exist, and tells since when each has been known. */
  sight(objectIds: readonly number[]): Promise<ReadonlyMap<number, number>>;
}

export function createIndexManifest(sql: Queryable): IndexManifest {
  let isThere = false;
  const ensure = async (): Promise<void> => {
    if (isThere) return;
    const { rows } = await sql.query<{ found: boolean }>(
      `select to_regclass('dgopt_indexes') is not null and to_regclass('dgopt_index_sightings') is not null as found`,
    );
    if (rows[0]?.found !== true)
      for (const statement of indexManifestSql.split(';')) if (statement.trim() !== '') await sql.query(statement);
    isThere = true;
  };
  return {
    async list() {
      await ensure();
      const { rows } = await sql.query<EntryRow>(
        `select id, state, recommendation, (extract(epoch from applied_at) * 1000)::float8 as applied_ms,
                (extract(epoch from changed_at) * 1000)::float8 as changed_ms from dgopt_indexes order by applied_at, id`,
      );
      return rows.map(({ id, state, recommendation, applied_ms: appliedAt, changed_ms: changedAt }) => ({
        id,
        state,
        recommendation,
        appliedAt,
        changedAt,
      }));
    },
    async keep(recommendation, state) {
      await ensure();
      await sql.query(
        `insert into dgopt_indexes (id, state, recommendation) values ($1, $2, $3)
         on conflict (id) do update set state = excluded.state, changed_at = now(), recommendation = excluded.recommendation,
           applied_at = case when excluded.state = 'applied' then now() else dgopt_indexes.applied_at end`,
        [recommendation.id, state, JSON.stringify(recommendation)],
      );
    },
    async sight(objectIds) {
      await ensure();
      await sql.query('insert into dgopt_index_sightings (index_id) select unnest($1::oid[]) on conflict do nothing', [
        objectIds,
      ]);
      const { rows } = await sql.query<{ id: number; seen_ms: number }>(
        `select index_id::int8::float8 as id, (extract(epoch from first_seen_at) * 1000)::float8 as seen_ms
           from dgopt_index_sightings`,
      );
      return new Map(rows.map(({ id, seen_ms: seenAt }) => [id, seenAt]));
    },
  };
}
