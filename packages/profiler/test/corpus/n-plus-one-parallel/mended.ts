import { openDatabase } from '../support/database.ts';
import { reply, serve } from '../support/serve.ts';

const database = openDatabase();
await database.query('drop table if exists npar_b');
await database.query('create table npar_b (id int primary key, customer int, note text)');
await database.query(`insert into npar_b select i, i % 100, 'note ' || i from generate_series(1, 400) i`);

async function page(): Promise<number> {
  // Three different questions at once are no N+1.
  const [total, first, last] = await Promise.all([
    database.query<{ n: number }>('select count(*)::int as n from npar_b'),
    database.query<{ note: string }>('select note from npar_b order by id limit 1'),
    database.query<{ note: string }>('select note from npar_b order by id desc limit 1'),
  ]);
  return (total.rows[0]?.n ?? 0) + (first.rows[0]?.note.length ?? 0) + (last.rows[0]?.note.length ?? 0);
}

await serve(
  async (_request, response) => reply(response, { length: await page() }),
  { path: '/orders', requestCount: 20 },
  () => database.end(),
);
