// A client of a `pg` pool that is not given back when the order is unknown.
import { Pool } from 'pg';
import { reply, serve } from '../../support/serve.ts';

const pool = new Pool({ connectionString: process.env['DATABASE_URL'] ?? '', max: 5, connectionTimeoutMillis: 400 });
pool.on('error', () => undefined);
let requestNumber = 0;

async function order(id: number): Promise<number> {
  const client = await pool.connect(); // <- here
  const { rows } = await client.query<{ id: number }>('select $1::int as id', [id]);
  if (id % 12 === 0) return 0;
  client.release();
  return rows[0]?.id ?? 0;
}

await serve(
  async (_request, response) => {
    requestNumber += 1;
    try {
      reply(response, { id: await order(requestNumber) });
    } catch {
      response.statusCode = 503;
      response.end();
    }
  },
  { path: '/orders', requestCount: 90 },
  () => process.exit(0),
);
