// Rows are written in a loop once, before the server listens; afterwards one statement a request.
import { Pool } from 'pg';
import { reply, serve } from '../../support/serve.ts';

const pool = new Pool({ connectionString: process.env['DATABASE_URL'] ?? '', max: 4 });
await pool.query('drop table if exists varied_import');
await pool.query('create table varied_import (id int primary key, name text)');
for (let id = 0; id < 400; id++) await pool.query('insert into varied_import values ($1, $2)', [id, `name ${id}`]);
let requestNumber = 0;
await serve(
  async (_request, response) => {
    const { rows } = await pool.query('select name from varied_import where id = $1', [(requestNumber += 1) % 400]);
    reply(response, rows);
  },
  { path: '/names', requestCount: 200 },
  () => pool.end(),
);
