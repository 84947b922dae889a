import { openDatabase } from '../support/database.ts';
import { reply, serve } from '../support/serve.ts';

const database = openDatabase({ maxConnections: 2, minConnections: 2, laneCount: 0 });

async function search(): Promise<number> {
  const found = await database.query('select pg_sleep(0.04)'); // <- here
  return found.rowCount;
}

await serve(
  async (_request, response) => reply(response, { count: await search() }),
  { path: '/search', requestCount: 80, concurrency: 10 },
  () => database.end(),
);
