import { createDatabase, PgCompatiblePool, type PgCompatiblePoolConfig } from '@dataguardian/database';
import type { Pool, PoolClient } from 'pg';

const config: PgCompatiblePoolConfig = { max: 5, laneCount: 1 };

class OwnPool extends PgCompatiblePool {
  constructor() {
    super(config);
  }
}

/** What a library asks for that was written for `pg.Pool`. */
async function countRows(pool: Pool, table: string): Promise<number> {
  const client: PoolClient = await pool.connect();
  try {
    const { rows } = await client.query<{ count: number }>(`select count(*)::int from ${table}`);
    return rows[0]?.count ?? 0;
  } finally {
    client.release();
  }
}

const own: PgCompatiblePool = new OwnPool();
const database = createDatabase({ maxConnections: 20 });
for (const pool of [own, database.asPgPool()]) {
  pool.on('connect', (client) => void client.query('select 1'));
  await countRows(pool, 'pg_class');
  await pool.end();
}
await database.close();
