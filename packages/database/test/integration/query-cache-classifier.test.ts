import { createDatabase, type Database } from '@dataguardian/database';
import { postgresForTest, type TestPostgres } from '@dataguardian/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CACHEABLE, SCHEMA, UNCACHEABLE, WITH_SETTINGS } from '../query-cache/statements.ts';

let postgres: TestPostgres;
let database: Database;

beforeAll(async () => {
  postgres = await postgresForTest();
  await postgres.execute(SCHEMA);
  const owner = createDatabase({ connectionString: postgres.url, minConnections: 0 });
  await owner.installInvalidation({ keys: { item: ['shop_id'] } });
  await owner.installInvalidation({ tables: ['other.shop'] });
  await owner.close();
  await postgres.execute('create table untouched (id int primary key)');
  await postgres.execute(`create role reader_${postgres.databaseName} nologin`);
  await postgres.execute(`grant usage on schema public, other to reader_${postgres.databaseName}`);
  await postgres.execute(`grant select on all tables in schema public, other to reader_${postgres.databaseName}`);
  database = createDatabase({
    connectionString: postgres.url,
    minConnections: 0,
    maxConnections: 2,
    queryCache: 'on',
    role: `reader_${postgres.databaseName}`,
  });
});

afterAll(async () => {
  await database.close();
  await postgres.execute(`drop owned by reader_${postgres.databaseName}`);
  await postgres.execute(`drop role reader_${postgres.databaseName}`);
  await postgres.close();
});

describe('a cacheable statement', () => {
  it.each(CACHEABLE)('%s', async (text = '', tables, keys = '') => {
    const explained = await database.explainCaching(text);
    expect(explained).toMatchObject({ cacheable: true });
    expect(
      explained.tables
        .map((name) => name.replace('public.', ''))
        .toSorted()
        .join(' '),
    ).toBe(tables);
    expect(
      explained.keys
        .map((name) => name.replace('public.', ''))
        .toSorted()
        .join(' '),
    ).toBe(keys);
  });
});

describe('an uncacheable statement', () => {
  it.each(UNCACHEABLE)('%s', async (text, code) => {
    expect(await database.explainCaching(text)).toMatchObject({ cacheable: false, code });
  });
});

describe('a read with settings of its own', () => {
  it.each(WITH_SETTINGS)('%s with %j', async (text, settings, expected) => {
    const explained = await database.explainCaching(text, { settings });
    expect(explained.cacheable ? explained.tables.join(' ') : explained.code).toBe(expected);
  });
});
