import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { MIGRATIONS } from './index.ts';
import type { Migration } from './migration.ts';

/** What a run did. */
export interface MigrationReport {
  /** Ids of the steps that ran now. */
  readonly applied: readonly string[];
  readonly total: number;
}

/** A migration that cannot run; the message says which and what to do. */
export class MigrationError extends Error {
  readonly code: 'MIGRATION_CHANGED' | 'MIGRATION_FAILED' | 'MIGRATION_NEWER';

  constructor(code: MigrationError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MigrationError';
    this.code = code;
  }
}

/** Any constant: processes that start together take turns under it. */
const LOCK = 4_702_111_523;

/**
 * Brings the schema up to date, as the owner, each step in a transaction of its own.
 * Processes that start together take turns; a step never runs twice.
 * @throws MigrationError when a released step was changed, a step fails, or the database is of a newer release.
 */
export async function migrate(
  connectionString: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<MigrationReport> {
  const client = new Client({ connectionString, application_name: 'dataguardian migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query(`create table if not exists schema_migrations (
      id text primary key, checksum text not null, applied_at timestamptz not null default now())`);
    const { rows } = await client.query<{ id: string; checksum: string }>('select id, checksum from schema_migrations');
    const done = new Map(rows.map(({ id, checksum }) => [id, checksum]));
    refuseNewer(done, migrations);
    const applied: string[] = [];
    for (const step of migrations) {
      const checksum = createHash('sha256').update(step.up).digest('hex');
      const known = done.get(step.id);
      if (known === undefined) {
        await apply(client, step, checksum);
        applied.push(step.id);
      } else if (known !== checksum) {
        throw new MigrationError(
          'MIGRATION_CHANGED',
          `Migration ${step.id} differs from the one that this database has had. Use the release that made the database, or restore a backup.`,
        );
      }
    }
    return { applied, total: migrations.length };
  } finally {
    await client.end();
  }
}

function refuseNewer(done: ReadonlyMap<string, string>, migrations: readonly Migration[]): void {
  const unknown = [...done.keys()].filter((id) => !migrations.some((step) => step.id === id));
  if (unknown.length > 0)
    throw new MigrationError(
      'MIGRATION_NEWER',
      `This database was used by a newer release (${unknown.join(', ')}). Start that release, or restore a backup.`,
    );
}

async function apply(client: Client, step: Migration, checksum: string): Promise<void> {
  try {
    await client.query('begin');
    await client.query(step.up);
    await client.query('insert into schema_migrations (id, checksum) values ($1, $2)', [step.id, checksum]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback').catch(() => undefined);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MigrationError('MIGRATION_FAILED', `Migration ${step.id} failed and was rolled back: ${reason}`, {
      cause,
    });
  }
}
