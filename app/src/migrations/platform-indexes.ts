import { registerIndexes, type Database, type ManagedIndex } from '@dataguardian/performance';
import { MIGRATIONS } from './index.ts';

/** Any constant: processes that start together take turns under it. */
const LOCK = 4_702_111_524;
const CREATED = /^\s*(create index (?:if not exists )?([a-z_0-9]+) on ([a-z_0-9]+) [^;]+);/gim;

/** Indexes that the migrations make for speed alone; unique ones say what may be, and are none of the advisor's. */
export function performanceIndexes(): readonly ManagedIndex[] {
  const text = MIGRATIONS.map(({ up }) => up).join('\n');
  return [...text.matchAll(CREATED)].map(([, statement = '', name = '', table = '']) => ({
    name,
    table,
    statement: statement.replaceAll(/\s+/g, ' '),
  }));
}

/** Lists them in the manifest of the index advisor: one that somebody dropped is shown as drift. */
export function registerPlatformIndexes(owner: Database): Promise<void> {
  return owner.transaction(async (sql) => {
    await sql.query('select pg_advisory_xact_lock($1)', [LOCK]);
    await registerIndexes(sql, performanceIndexes());
  });
}
