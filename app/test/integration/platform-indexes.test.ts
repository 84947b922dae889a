import { afterAll, beforeAll, expect, it } from 'vitest';
import { performanceIndexes } from '../../src/migrations/platform-indexes.ts';
import { appWorld, type AppWorld } from './app-world.ts';

let world: AppWorld;

beforeAll(async () => {
  world = await appWorld();
});
afterAll(() => world.close());

it('the manifest lists every index that the schema has for speed', async () => {
  const { rows } = await world.context.ownerDatabase.query<{ name: string }>(
    `select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
     where c.relnamespace = 'public'::regnamespace and not i.indisunique order by 1`,
  );
  const known = performanceIndexes().map(({ name }) => name);
  expect(rows.map(({ name }) => name)).toEqual(known.toSorted());
  const listed = await world.context.ownerDatabase.query<{ name: string }>(
    `select recommendation ->> 'indexName' as name from dgopt_indexes where id like 'managed-%' order by 1`,
  );
  expect(listed.rows).toEqual(rows);
});
