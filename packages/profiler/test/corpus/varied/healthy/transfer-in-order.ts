// A transaction: each statement has to wait for the former although its result is not used.
import { Pool } from 'pg';
import { reply, serve } from '../../support/serve.ts';

const pool = new Pool({ connectionString: process.env['DATABASE_URL'] ?? '', max: 4 });
await pool.query('drop table if exists varied_accounts');
await pool.query('create table varied_accounts (id int primary key, balance int)');
await pool.query('insert into varied_accounts select i, 1000 from generate_series(1, 200) i');
let requestNumber = 0;

async function transfer(from: number, to: number): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('update varied_accounts set balance = balance - 1 where id = $1', [Math.min(from, to)]);
    await client.query('update varied_accounts set balance = balance + 1 where id = $1', [Math.max(from, to)]);
    await client.query('commit');
  } finally {
    client.release();
  }
}

await serve(
  async (_request, response) => {
    requestNumber += 1;
    await transfer((requestNumber % 99) + 1, (requestNumber % 99) + 101);
    reply(response, { done: true });
  },
  { path: '/transfer', requestCount: 120 },
  () => pool.end(),
);
