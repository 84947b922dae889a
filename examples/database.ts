// A pool of its own. Run: DATABASE_URL=postgresql://… node examples/database.ts
import { createDatabase } from '@dataguardian/database';

const database = createDatabase({
  connectionString: process.env['DATABASE_URL'] ?? 'postgresql://127.0.0.1:5432/postgres',
  maxConnections: 10,
});

const { rows } = await database.query<{ sum: number }>('select $1::int + $2::int as sum', [40, 2]);
const doubled = await database.transaction(async (sql) => {
  const { rows: inside } = await sql.query<{ n: number }>('select $1::int * 2 as n', [rows[0]?.sum]);
  return inside[0]?.n;
});

console.log(`sum ${rows[0]?.sum}, doubled ${doubled}, ${database.statistics().pool.total} connections`);
await database.close();
