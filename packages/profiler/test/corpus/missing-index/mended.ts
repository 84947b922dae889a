import { openDatabase } from '../support/database.ts';
import { reply, serve } from '../support/serve.ts';

const database = openDatabase();
await database.query('drop table if exists midx_m');
await database.query('create table midx_m (id int primary key, customer int, note text)');
await database.query(`insert into midx_m select i, i % 100000, 'note ' || i from generate_series(1, 200000) i`);
await database.query('create index on midx_m (customer)');
await database.query('analyze midx_m');

async function ofCustomer(customer: number): Promise<number> {
  const found = await database.query('select note from midx_m where customer = $1', [customer]);
  return found.rowCount;
}

let customer = 0;
await serve(
  async (_request, response) => reply(response, { count: await ofCustomer(++customer) }),
  { path: '/customer', requestCount: 40 },
  () => database.end(),
);
