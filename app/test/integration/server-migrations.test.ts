import { randomUUID } from 'node:crypto';
import { postgresForTest, type TestPostgres } from '@dataguardian/testing';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../src/migrations/index.ts';
import { migrate } from '../../src/migrations/runner.ts';

let postgres: TestPostgres;
beforeEach(async () => {
  postgres = await postgresForTest();
});
afterEach(() => postgres.close());

async function query<Row extends object>(sql: string, url = postgres.url): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('migrations', () => {
  it('run once, in order, however many processes start together', async () => {
    const reports = await Promise.all([migrate(postgres.url), migrate(postgres.url), migrate(postgres.url)]);
    const ids = MIGRATIONS.map(({ id }) => id);
    expect(reports.map(({ applied }) => applied).toSorted((a, b) => b.length - a.length)).toEqual([ids, [], []]);
    expect(await query('select id from schema_migrations order by applied_at')).toEqual(ids.map((id) => ({ id })));
  });

  it('are rolled back whole when one fails, and those before stay', async () => {
    const steps = [
      { id: '0001-good', up: 'create table good (id int)' },
      { id: '0002-bad', up: 'create table half (id int); select 1/0' },
    ];
    await expect(migrate(postgres.url, steps)).rejects.toMatchObject({ code: 'MIGRATION_FAILED' });
    expect(await query("select to_regclass('good') is not null as good, to_regclass('half') is null as half")).toEqual([
      { good: true, half: true },
    ]);
  });

  it('that were changed after they ran are refused', async () => {
    await migrate(postgres.url, [{ id: '0001-a', up: 'select 1' }]);
    const changed = migrate(postgres.url, [{ id: '0001-a', up: 'select 2' }]);
    await expect(changed).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' });
  });

  it('of a newer release are not touched', async () => {
    await migrate(postgres.url, [
      { id: '0001-a', up: 'select 1' },
      { id: '0002-b', up: 'select 2' },
    ]);
    const older = migrate(postgres.url, [{ id: '0001-a', up: 'select 1' }]);
    await expect(older).rejects.toMatchObject({ code: 'MIGRATION_NEWER' });
  });
});

describe('an owner who is no superuser', () => {
  let owner: string;
  let url: string;
  beforeEach(async () => {
    owner = `owner_${randomUUID().slice(0, 8)}`;
    await postgres.execute(`create role ${owner} login`);
    await postgres.execute(`alter database ${postgres.databaseName} owner to ${owner}`);
    await postgres.execute(`grant all on schema public to ${owner}`);
    const address = new URL(postgres.url);
    address.searchParams.set('user', owner);
    url = address.href;
  });
  afterEach(async () => {
    await postgres.execute(`alter database ${postgres.databaseName} owner to current_user`);
    await postgres.execute(`drop owned by ${owner} cascade`);
    await postgres.execute(`drop role ${owner}`);
  });

  it.each(['', ' with admin option'])('migrates as a member of the role of the application%s', async (how) => {
    await postgres.execute(`do $$ begin create role dataguardian_app; exception when others then null; end $$`);
    await postgres.execute(`grant dataguardian_app to ${owner}${how}`);
    await migrate(url);
    await query("insert into organisations (name) values ('one')", url);
    const asApplication = new URL(url);
    asApplication.searchParams.set('options', '-c role=dataguardian_app');
    const rows = await query(
      'select current_user::text, (select count(*)::int from organisations)',
      asApplication.href,
    );
    expect(rows).toEqual([{ current_user: 'dataguardian_app', count: 0 }]);
  });

  it('is told what to ask for when it may neither make nor take that role', async () => {
    await expect(migrate(url)).rejects.toThrow(/grant dataguardian_app to owner_/);
  });
});
