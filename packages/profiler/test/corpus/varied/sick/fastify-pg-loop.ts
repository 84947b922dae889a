// Fastify, `pg` used directly, statements behind a class.
import Fastify from 'fastify';
import { Pool } from 'pg';
import { driveAndEnd } from '../sources/listen.ts';

const pool = new Pool({ connectionString: process.env['DATABASE_URL'] ?? '', max: 4 });
await pool.query('drop table if exists varied_lines');
await pool.query('create table varied_lines (id int primary key, invoice int, amount int)');
await pool.query('insert into varied_lines select i, i % 20, i from generate_series(1, 400) i');

class InvoiceLines {
  async amountOf(id: number): Promise<number> {
    const statement = { text: 'select amount from varied_lines where id = $1', values: [id] };
    const found = await pool.query<{ amount: number }>(statement); // <- here
    return found.rows[0]?.amount ?? 0;
  }

  async totalOf(invoice: number): Promise<number> {
    const { rows } = await pool.query<{ id: number }>('select id from varied_lines where invoice = $1', [invoice]);
    let total = 0;
    for (const row of rows) total += await this.amountOf(row.id);
    return total;
  }
}

const lines = new InvoiceLines();
const app = Fastify();
app.get<{ Params: { id: string } }>('/invoices/:id', async (request) => ({
  total: await lines.totalOf(Number(request.params.id)),
}));
await driveAndEnd(await app.listen({ port: 0 }), { path: '/invoices/3', requestCount: 40 }, async () => {
  await app.close();
  await pool.end();
});
