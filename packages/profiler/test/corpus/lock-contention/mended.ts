import { openDatabase } from '../support/database.ts';
import { reply, serve } from '../support/serve.ts';

const database = openDatabase();
await database.query('drop table if exists lock_m');
await database.query('create table lock_m (id int primary key, visits int not null)');
await database.query('insert into lock_m select i, 0 from generate_series(1, 400) i');

let visit = 0;
async function count(): Promise<void> {
  visit += 1;
  const id = (visit % 400) + 1;
  await database.transaction(async (transaction) => {
    await transaction.query('update lock_m set visits = visits + 1 where id = $1', [id]);
    await transaction.query('select pg_sleep(0.03)');
  });
}

await serve(
  async (_request, response) => reply(response, { done: await count() }),
  { path: '/visit', requestCount: 40, concurrency: 8 },
  () => database.end(),
);
