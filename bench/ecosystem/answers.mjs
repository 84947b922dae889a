// Values and rows, several times each: alone, prepared, shared, from memory.
import pg from 'pg';
import { openScene, showResult, times } from './scene.mjs';

const TYPES = `select 1::int2 a, 2::int4 b, 9007199254740993::int8 c, 1.10::numeric d, 1.5::float4 e, 0.1::float8 f, true g, 'x'::text h,
 'ab'::char(4) i, 'v'::varchar j, '2026-03-29'::date k, '2026-03-29 02:30:00.123456+01'::timestamptz l, '2026-03-29 02:30:00'::timestamp m, '13:14:15.16'::time n,
 '1 day 02:03:04.5'::interval o, '{"a":[1,null]}'::json p, '{"b":{"c":1}}'::jsonb q, '\\xdeadbeef'::bytea r, array[1,2,null]::int[] s, array['a','b,"c']::text[] t,
 '[1,5)'::int4range u, '{[1,2),[4,6)}'::int4multirange v, '(1,2)'::point w, '<(1,2),3>'::circle x, '10.0.0.1/8'::inet y, '7f3c2b1a-0000-4000-8000-000000000001'::uuid z,
 null::int aa, 'infinity'::timestamptz bb, '-infinity'::date cc, 'NaN'::float8 dd, 'Infinity'::float4 ee, 'happy'::mood ff, array['happy','sad']::mood[] gg,
 row(1,'x') hh, '1'::money ii, B'101' jj, '<a/>'::xml kk, 12::oid ll, array['2026-01-01','2026-01-02']::date[] mm, array[1.5,2.5]::numeric[] nn, '0001-01-01 BC'::date oo, '1999-12-31 23:59:59.9999+05:30'::timestamptz pp,
 array[array[1,2],array[3,4]] qq, array['{"a":1}'::jsonb] rr, 'pg_class'::regclass ss, 'a=>1'::text tt, '1e-7'::float8 uu, '1e21'::float8 vv, '-0'::float8 ww, array[]::int[] xx, array['2026-03-29 02:30:00+01'::timestamptz] yy`;

export async function answers(world) {
  const { seen, observe, pool } = await openScene(world);
  await observe('types', async () => (await times(5, () => pool.query(TYPES))).map(showResult));
  await observe('types with values', async () =>
    (await times(5, () => pool.query(`${TYPES}, $1::int as given`, [4]))).map(showResult),
  );
  await observe('types as arrays', async () =>
    (await times(5, () => pool.query({ text: TYPES, rowMode: 'array' }))).map(showResult),
  );
  await observe('read', async () =>
    (await times(6, () => pool.query('select * from e.t order by id'))).map(showResult),
  );
  await observe('read by key', async () =>
    (await times(6, (n) => pool.query('select id, name from e.t where id = $1', [1 + (n % 2)]))).map(showResult),
  );
  await observe('no rows', async () =>
    (await times(5, () => pool.query('select * from e.t where id = $1', [99]))).map(showResult),
  );
  await observe('no columns', async () => (await times(5, () => pool.query('select from e.t'))).map(showResult));
  await observe('same names', async () =>
    (await times(5, () => pool.query('select 1 as a, 2 as b, 3 as a'))).map(showResult),
  );
  await observe('odd names', async () =>
    (
      await times(5, () =>
        pool.query('select 1 as "?column?", 2 as "__proto__", 3 as "a""b", 4 as "1", 5 as "constructor"'),
      )
    ).map(showResult),
  );
  await observe('prototype of a row', async () =>
    (await times(5, () => pool.query('select 1 as a'))).map(
      ({ rows }) => Object.getPrototypeOf(rows[0]) === Object.prototype,
    ),
  );
  const sampled = {
    n: 42,
    text: 'é€😀',
    flag: true,
    none: null,
    nothing: undefined,
    big: 9007199254740993n,
    at: new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 6)),
    bytes: Buffer.from([0, 255]),
    view: new Uint8Array([1, 2]),
    list: [1, null, 'a"b', [2]],
    object: { a: [1] },
    custom: { toPostgres: () => 'custom' },
    nan: NaN,
  };
  for (const [name, value] of Object.entries(sampled))
    await observe(`value ${name}`, async () =>
      (await times(4, () => pool.query('select $1::text as v', [value]))).map(({ rows }) => rows),
    );
  await observe('list of numbers', async () =>
    (await times(4, () => pool.query('select * from unnest($1::int[]) as v', [[1, 2, 3]]))).map(({ rows }) => rows),
  );
  await observe('any', async () =>
    (await times(4, () => pool.query('select id from e.t where id = any($1) order by id', [[1, 2]]))).map(
      ({ rows }) => rows,
    ),
  );
  await observe('json value', async () =>
    (await times(4, () => pool.query('select $1::jsonb as v', [JSON.stringify([1, { a: 2 }])]))).map(
      ({ rows }) => rows,
    ),
  );
  await observe('bytea value', async () =>
    (await times(4, () => pool.query('select $1::bytea as v, length($1::bytea) as l', [Buffer.from('abc')]))).map(
      ({ rows }) => rows,
    ),
  );

  await observe('type parsers of the process', async () => {
    const before = pg.types.getTypeParser(20);
    const text = 'select 1::int8 as n, $1::int as m';
    const without = (await times(4, () => pool.query(text, [1]))).map(({ rows }) => rows);
    pg.types.setTypeParser(20, BigInt);
    const withIt = (await times(4, () => pool.query(text, [1]))).map(({ rows }) => rows);
    pg.types.setTypeParser(20, before);
    return [without, withIt, (await times(4, () => pool.query(text, [1]))).map(({ rows }) => rows)];
  });
  await observe('type parsers of the process, rows of a table', async () => {
    const before = pg.types.getTypeParser(1700);
    const read = () =>
      times(4, () => pool.query('select n from e.t where id = 1')).then((all) => all.map(({ rows }) => rows));
    const without = await read();
    pg.types.setTypeParser(1700, Number);
    const withIt = await read();
    pg.types.setTypeParser(1700, before);
    return [without, withIt, await read()];
  });
  await observe('rows belong to the caller', async () => {
    for (let n = 0; n < 4; n++) {
      const { rows, fields } = await pool.query('select id, tags, doc, at from e.t where id = 1');
      rows[0].tags.push('mine');
      rows[0].doc.mine = true;
      rows[0].at.setTime(0);
      rows[0].id = 7;
      try {
        fields[0].name = 'mine';
      } catch {
        /* frozen */
      }
    }
    return await pool.query('select id, tags, doc, at from e.t where id = 1');
  });
  return seen;
}
