import { openDatabase } from '../support/database.ts';
import { reply, serve } from '../support/serve.ts';

const database = openDatabase();

async function report(): Promise<number> {
  const found = await database.query('select pg_sleep(0.002)');
  return found.rowCount;
}

await serve(
  async (_request, response) => reply(response, { count: await report() }),
  { path: '/report', requestCount: 14, concurrency: 3 },
  () => database.end(),
);
