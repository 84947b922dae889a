// Increments a counter of a session many times, in a process of its own: `url token count`.
import { createSessions } from '@dataguardian/sessions';
import { Pool } from 'pg';

const [url, token = '', count = '0'] = process.argv.slice(2);
const pool = new Pool({ connectionString: url, max: 4 });
const database = {
  query: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
    pool.query<Row>(text, [...values]),
};
const sessions = createSessions({ database });
const session = await sessions.resume(token);
if (session === undefined) throw new Error('The session is not there.');
process.send?.('ready');
process.once('message', () => {
  void Promise.all(
    Array.from({ length: Number(count) }, async (_, index) => {
      await session.increment('total');
      if (index % 25 === 0) await session.set(`of ${process.pid} ${index}`, true);
    }),
  )
    .then(() => sessions.close())
    .then(() => pool.end())
    .then(() => process.exit(0));
});
