// Transactions of statements that need each other, seldom on the same rows.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'pg';
import { driveAndEnd } from '../sources/listen.ts';

const pool = new Pool({ connectionString: process.env['DATABASE_URL'] ?? '', max: 6 });
await pool.query('drop table if exists varied_bookings');
await pool.query('create table varied_bookings (id int primary key, amount int)');
await pool.query('insert into varied_bookings select i, 100 from generate_series(1, 2000) i');
let booking = 0;

async function book(): Promise<void> {
  const client = await pool.connect();
  const id = 1 + (booking++ % 1_900);
  try {
    await client.query('begin');
    const { rows } = await client.query<{ amount: number }>(
      'select amount from varied_bookings where id = $1 for update',
      [id],
    );
    await client.query('update varied_bookings set amount = $2 where id = $1', [id, (rows[0]?.amount ?? 0) - 1]);
    await client.query('update varied_bookings set amount = amount + 1 where id = $1', [id + 50]);
    await client.query('commit');
  } finally {
    client.release();
  }
}

const server = createServer((_request, response) => {
  void book().then(() => response.end('ok'));
});
await new Promise<void>((resolve) => server.listen(0, resolve));
// A listening server has an address with a port.
const { port } = server.address() as AddressInfo;
await driveAndEnd(`http://127.0.0.1:${port}`, { path: '/book', requestCount: 300, concurrency: 4 }, async () => {
  server.close();
  await pool.end();
});
