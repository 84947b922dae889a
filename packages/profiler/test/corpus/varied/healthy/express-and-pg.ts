// A usual application: Express, middleware, a pool, three statements for a page, of which two at once.
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Pool } from 'pg';
import { driveAndEnd } from '../sources/listen.ts';

const pool = new Pool({ connectionString: process.env['DATABASE_URL'] ?? '', max: 6 });
await pool.query('drop table if exists varied_users');
await pool.query('create table varied_users (id int primary key, name text, team int)');
await pool.query(`insert into varied_users select i, 'user ' || i, i % 9 from generate_series(1, 500) i`);
const app = express();
app.use(express.json());
app.get('/users/:id', async (request, response) => {
  const { rows } = await pool.query<{ name: string; team: number }>(
    'select name, team from varied_users where id = $1',
    [Number(request.params.id)],
  );
  const [user] = rows;
  if (user === undefined) return response.sendStatus(404);
  const [team, count] = await Promise.all([
    pool.query('select name from varied_users where team = $1 order by id limit 5', [user.team]),
    pool.query('select count(*) from varied_users where team = $1', [user.team]),
  ]);
  return response.json({ user, team: team.rows, count: count.rows[0] });
});
const server = app.listen(0);
// A listening server has an address with a port.
const { port } = server.address() as AddressInfo;
const paths = Array.from({ length: 40 }, (_, index) => `/users/${index + 1}`);
await driveAndEnd(
  `http://127.0.0.1:${port}`,
  { path: '/users/1', paths, requestCount: 240, concurrency: 4 },
  async () => {
    server.close();
    await pool.end();
  },
);
