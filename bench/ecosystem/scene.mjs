// Watches what a pool answers, in words that can be compared: every result, error and event with its class and fields.
import { inspect } from 'node:util';
import pg from 'pg';

export const show = (value) => inspect(value, { depth: 8, breakLength: Infinity, compact: 10, sorted: true });
export const showResult = ({ command, rowCount, oid, rows, fields, constructor, rowAsArray }) => ({
  class: constructor.name,
  command,
  rowCount,
  oid,
  rows,
  rowAsArray,
  fields: fields?.map((field) => ({
    ...field,
    tableID: field.tableID > 0,
    dataTypeID: field.dataTypeID < 16_384 ? field.dataTypeID : 'own',
  })),
});
export const showError = (error) => ({
  class: error?.constructor?.name,
  isDatabaseError: error instanceof pg.DatabaseError,
  name: error?.name,
  message: error?.message.replace(/\(\d, .*/, ''),
  code: error?.code,
  fields: Object.fromEntries(
    [
      'severity',
      'detail',
      'hint',
      'position',
      'where',
      'schema',
      'table',
      'column',
      'dataType',
      'constraint',
      'routine',
      'internalQuery',
    ].map((key) => [
      key,
      typeof error?.[key] === 'string' ? error[key].replace(/20\d\d-\S+ \S+/, 'NOW') : error?.[key],
    ]),
  ),
});

const LONGEST_ANSWER_MS = 5_000;

/** With pauses: what may be remembered of a text is found out behind the backs of its first callers. */
export async function times(count, work) {
  const all = [];
  for (let n = 0; n < count; n++) {
    all.push(await work(n));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return all;
}

/** A pool with a few tables, and a book of what was seen of it. */
export async function openScene({ openPool }) {
  const seen = {};
  const { pool, announce } = openPool({ max: 10 });
  pool.on('error', () => undefined);
  await pool.query("create schema e; create type mood as enum ('happy', 'sad')");
  await pool.query(
    'create table e.t (id int primary key, name text not null check (length(name) < 20), at timestamptz default now(), n numeric(10,2), tags text[], doc jsonb, parent int references e.t (id))',
  );
  await pool.query('create unique index on e.t (name)');
  await pool.query('create table e.v as select 1 as a');
  await pool.query(
    "insert into e.t (id, name, n, tags, doc, at) values (1, 'one', 1.5, '{a,b}', '{\"x\": 1}', '2026-01-01'), (2, 'two', 2, null, null, '2026-01-02')",
  );
  await announce();
  const observe = async (label, work) => {
    let answer;
    try {
      const value = await Promise.race([
        work(),
        new Promise((resolve) => setTimeout(resolve, LONGEST_ANSWER_MS, 'no answer').unref()),
      ]);
      const isResult = value?.command !== undefined && value.rows;
      answer = isResult ? showResult(value) : value?.[0]?.command === undefined ? value : value.map(showResult);
    } catch (error) {
      answer = { thrown: showError(error) };
    }
    seen[label] = show(answer);
  };
  return { seen, observe, pool, announce, openPool };
}
