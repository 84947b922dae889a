import { openDatabase } from '../support/database.ts';
import { reply, serve } from '../support/serve.ts';

const database = openDatabase();
await database.query('drop table if exists healthy_few');
await database.query('create table healthy_few (id int primary key, customer int, note text)');
await database.query(`insert into healthy_few select i, i % 100, 'note ' || i from generate_series(1, 400) i`);

async function overview(): Promise<number> {
  const [first, second, third] = await Promise.all([
    database.query('select note from healthy_few where id = $1', [1]),
    database.query('select note from healthy_few where id = $1', [2]),
    database.query('select note from healthy_few where id = $1', [3]),
  ]);
  const count = await database.query<{ n: number }>('select count(*)::int as n from healthy_few');
  return first.rowCount + second.rowCount + third.rowCount + (count.rows[0]?.n ?? 0);
}

await serve(
  async (_request, response) => reply(response, { sum: await overview() }),
  { path: '/overview', requestCount: 80 },
  () => database.end(),
);
