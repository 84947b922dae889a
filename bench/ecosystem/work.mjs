// What is done with a library, and how its answers are written down.
import { inspect } from 'node:util';

export const show = (value) =>
  inspect(value, { depth: 8, breakLength: Infinity, compact: 10, sorted: true, getters: false });
export const plain = (value) =>
  JSON.parse(JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `${one}n` : one)) ?? 'null');
/** What libraries make of a server's error differs; that they make the same of it for each pool is what counts. */
export const failed = (work) =>
  work.then(
    (value) => ({ unexpected: value }),
    (error) => ({
      name: error.constructor.name,
      message: String(error.message).split('\n')[0],
      code: error.code ?? error.cause?.code,
      constraint: error.constraint ?? error.cause?.constraint,
    }),
  );
export async function until(check) {
  for (let n = 0; n < 250; n++) {
    if (await check()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}
export const TABLES = `create table authors (id int generated always as identity primary key, name text not null unique, born date, score numeric(8,2), data jsonb, tags text[]);
 create table books (id int generated always as identity primary key, author_id int not null references authors on delete cascade, title text not null, sold bigint default 0, at timestamptz default '2026-01-01')`;

/** The way most libraries go: tables, rows, reads again and again, writes between, a transaction kept, one given up, an error. */
export async function ordinary({ announce }, { insert, read, join, update, transact, refuse, raw }) {
  const seen = {};
  const note = async (label, work) => (seen[label] = show(plain(await work())));
  await announce();
  await note('insert', () => insert('anna', { n: 1 }));
  await insert('bert', null);
  for (let round = 0; round < 5; round++) {
    await note(`read ${round}`, () => read());
    await note(`join ${round}`, () => join());
    await note(`again ${round}`, async () => [await read(), await join()]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await note(`update ${round}`, () => update(`anna`, round));
    await note(`own write ${round}`, () => read());
  }
  await note('together', () => Promise.all(Array.from({ length: 30 }, () => read())));
  await note('kept', async () => {
    await transact('kept', true);
    return read();
  });
  await note('given up', async () => {
    const outcome = await failed(transact('given up', false));
    return [outcome, await read()];
  });
  await note('refused', () => failed(refuse('anna')));
  if (raw !== undefined) for (let round = 0; round < 3; round++) await note(`raw ${round}`, () => raw(round));
  await note('at last', () => Promise.all([read(), join()]));
  return seen;
}

/** Where a connection string leads, for those that do not understand the folder of a socket in it. */
export function socketOf(connectionString) {
  const { searchParams, username, pathname } = new URL(connectionString.replace('@/', '@localhost/'));
  return {
    host: searchParams.get('host') ?? undefined,
    port: Number(searchParams.get('port') ?? 5432),
    user: decodeURIComponent(username),
    username: decodeURIComponent(username),
    database: pathname.slice(1),
  };
}
