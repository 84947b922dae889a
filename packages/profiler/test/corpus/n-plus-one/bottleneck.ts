import { openDatabase } from '../support/database.ts';
import { reply, serve } from '../support/serve.ts';

const database = openDatabase();
await database.query('drop table if exists nplus_a');
await database.query('create table nplus_a (id int primary key, customer int, note text)');
await database.query(`insert into nplus_a select i, i % 100, 'note ' || i from generate_series(1, 400) i`);

async function orders(): Promise<number> {
  const ids = await database.query<{ id: number }>('select id from nplus_a order by id limit 30');
  let length = 0;
  for (const { id } of ids.rows) {
    const found = await database.query<{ note: string }>('select note from nplus_a where id = $1', [id]); // <- here
    length += found.rows[0]?.note.length ?? 0;
  }
  return length;
}

await serve(
  async (_request, response) => reply(response, { length: await orders() }),
  { path: '/orders', requestCount: 20 },
  () => database.end(),
);
