// A connection is held while another service is asked; others wait for it.
import Fastify from 'fastify';
import { Pool } from 'pg';
import { startUpstream } from '../../support/upstream.ts';
import { driveAndEnd } from '../sources/listen.ts';

const payments = await startUpstream(60);
const pool = new Pool({ connectionString: process.env['DATABASE_URL'] ?? '', max: 2 });
const app = Fastify();

app.get('/checkout', async () => {
  const client = await pool.connect();
  try {
    await client.query('select 1 as basket');
    await (await fetch(`${payments.url}/pay`)).text(); // <- here
    await client.query('select 2 as placed');
    return { paid: true };
  } finally {
    client.release();
  }
});

await driveAndEnd(await app.listen({ port: 0 }), { path: '/checkout', requestCount: 90, concurrency: 10 }, async () => {
  await app.close();
  await pool.end();
  await payments.close();
});
