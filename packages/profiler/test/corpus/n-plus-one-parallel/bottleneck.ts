import { openDatabase } from '../support/database.ts';
import { reply, serve } from '../support/serve.ts';

const database = openDatabase();
await database.query('drop table if exists npar_a');
await database.query('create table npar_a (id int primary key, customer int, note text)');
await database.query(`insert into npar_a select i, i % 100, 'note ' || i from generate_series(1, 400) i`);

async function orders(): Promise<number> {
  const ids = await database.query<{ id: number }>('select id from npar_a order by id limit 80');
  const notes = await Promise.all(
    ids.rows.map(async ({ id }) => {
      const found = await database.query<{ note: string }>('select note from npar_a where id = $1', [id]); // <- here
      return found.rows[0]?.note ?? '';
    }),
  );
  return notes.join('').length;
}

await serve(
  async (_request, response) => reply(response, { length: await orders() }),
  { path: '/orders', requestCount: 20 },
  () => database.end(),
);
