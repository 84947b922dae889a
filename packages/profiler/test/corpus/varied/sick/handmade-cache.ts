// A cache made of a Map: when its entry ends, everybody loads it anew at once.
import { Pool } from 'pg';
import { reply, serve } from '../../support/serve.ts';

const pool = new Pool({ connectionString: process.env['DATABASE_URL'] ?? '', max: 20 });
await pool.query('select 1');
const kept = new Map<string, { readonly value: number; readonly until: number }>();

async function total(): Promise<number> {
  const entry = kept.get('total');
  if (entry !== undefined && entry.until > Date.now()) return entry.value;
  const { rows } = await pool.query<{ total: number }>('select 42 as total, pg_sleep(0.08)'); // <- here
  const value = rows[0]?.total ?? 0;
  kept.set('total', { value, until: Date.now() + 250 });
  return value;
}

await serve(
  async (_request, response) => reply(response, { total: await total() }),
  { path: '/total', requestCount: 1_600, concurrency: 16, pauseMs: 20 },
  () => pool.end(),
);
