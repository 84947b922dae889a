import { openDatabase } from '../support/database.ts';
import { reply, serve } from '../support/serve.ts';

const database = openDatabase();
await database.query('drop table if exists nplus_b');
await database.query('create table nplus_b (id int primary key, customer int, note text)');
await database.query(`insert into nplus_b select i, i % 100, 'note ' || i from generate_series(1, 400) i`);

async function orders(): Promise<number> {
  const ids = await database.query<{ id: number }>('select id from nplus_b order by id limit 30');
  const found = await database.query<{ note: string }>('select note from nplus_b where id = any ($1)', [
    ids.rows.map(({ id }) => id),
  ]);
  return found.rows.reduce((length, { note }) => length + note.length, 0);
}

await serve(
  async (_request, response) => reply(response, { length: await orders() }),
  { path: '/orders', requestCount: 20 },
  () => database.end(),
);
