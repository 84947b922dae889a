import { createDatabase, PgCompatiblePool } from '@dataguardian/database';

const connectionString = process.env.DATABASE_URL;
const database = createDatabase({ connectionString, minConnections: 1, queryCache: 'on' });
const { rows } = await database.query('select $1::int as one', [1]);
// The parser is WebAssembly of another package: it must be found from here, too.
const { cacheable, code } = await database.explainCaching('select now()');
await database.close();
const pool = new PgCompatiblePool({ connectionString });
const pooled = await pool.query('select 2 as two');
await pool.end();
process.stdout.write(JSON.stringify({ rows, cacheable, code, pooled: pooled.rows }));
