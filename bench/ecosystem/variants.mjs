// What stands where a `pg.Pool` stood.
import { createDatabase, createQueryCacheLayer, PgCompatiblePool } from '@dataguardian/database';
import pg from 'pg';

/** Reads share connections from their third run on, however busy the machine is. */
const SHARING = { slowStatementMs: 1e9 };
const observer = { asked: () => undefined, finished: () => undefined };

/** Opens pools of one variant, and remembers them for the end. */
export function createWorld(variant, connectionString) {
  const ends = [];
  const caches = [];
  const isCached = variant.endsWith('-cached');

  const openClass = (config) => {
    if (variant === 'pg') return new pg.Pool({ connectionString, ...config });
    const layers = isCached ? [createQueryCacheLayer({ connectionString, statementObservers: [observer] })] : [];
    const pool = new PgCompatiblePool({ connectionString, ...SHARING, layers, ...config });
    for (const layer of layers) {
      caches.push(() => layer.statistics());
      ends.push(() => layer.close());
    }
    return pool;
  };

  const openDatabase = ({ max = 10, min = 0, connectionTimeoutMillis: acquireTimeoutMs = 10_000 } = {}) => {
    const database = createDatabase({
      connectionString,
      minConnections: min,
      maxConnections: max,
      acquireTimeoutMs,
      ...SHARING,
      queryCache: isCached ? 'on' : 'off',
      statementObservers: [observer],
    });
    ends.push(() => database.close());
    caches.push(() => database.statistics().queryCache);
    return database.asPgPool();
  };

  const openPool = (config) => {
    if (!variant.startsWith('database')) {
      const pool = openClass(config);
      ends.push(() => (pool.ending ? undefined : pool.end()));
      return pool;
    }
    return openDatabase(config);
  };

  /** Tables that are there by now announce their writes from now on. */
  const announce = async () => {
    if (!isCached) return;
    const owner = createDatabase({ connectionString, minConnections: 0, maxConnections: 1 });
    // Without names it is the tables of `public`.
    const { rows } = await owner.query(
      "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname !~ '^(pg_|information_schema|dgopt)'",
    );
    await owner.installInvalidation({ tables: rows.map(({ name }) => name) });
    await owner.close();
    for (let n = 0; n < 250 && caches.some((statistics) => statistics().state !== 'open'); n++)
      await new Promise((resolve) => setTimeout(resolve, 20));
  };

  return {
    connectionString,
    openPool: (config) => ({ pool: openPool(config), announce }),
    announce,
    /** For libraries that make the pool themselves. */
    Pool: function Pool(config) {
      return openPool(config);
    },
    hits: () => caches.reduce((sum, statistics) => sum + (statistics()?.hits ?? 0), 0),
    async close() {
      for (const end of ends.toReversed()) await end();
    },
  };
}
