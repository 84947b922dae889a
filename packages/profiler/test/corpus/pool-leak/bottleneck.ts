import { openDatabase } from '../support/database.ts';
import { reply, serve } from '../support/serve.ts';

const database = openDatabase({ maxConnections: 8, minConnections: 2, laneCount: 0, leakThresholdMs: 400 });
let requestNumber = 0;

/** Every twentieth request never gives its connection back. */
function stock(): Promise<number> {
  const isForgotten = requestNumber++ % 20 === 0;
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const read: Parameters<typeof database.withConnection>[0] = async (sql) => {
    resolve((await sql.query('select 1 as stock')).rowCount);
    if (isForgotten) await new Promise(() => undefined);
  };
  database.withConnection(read).catch(reject); // <- here
  return promise;
}

await serve(
  async (_request, response) => reply(response, { stock: await stock() }),
  { path: '/stock', requestCount: 60, concurrency: 2, pauseMs: 60 },
  // A pool that waits for its connections would wait for ever.
  () => process.exit(0),
);
