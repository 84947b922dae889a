import { openDatabase } from '../support/database.ts';
import { reply, serve } from '../support/serve.ts';

const database = openDatabase({ maxConnections: 8, minConnections: 2, laneCount: 0, leakThresholdMs: 400 });

function stock(): Promise<number> {
  return database.withConnection(async (sql) => (await sql.query('select 1 as stock')).rowCount);
}

await serve(
  async (_request, response) => reply(response, { stock: await stock() }),
  { path: '/stock', requestCount: 60, concurrency: 2, pauseMs: 60 },
  () => database.end(),
);
