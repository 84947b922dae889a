import { systemClock } from '@dataguardian/telemetry';
import { postgresForTest } from '@dataguardian/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase, type Database, type Queryable } from '../../src/index.ts';
import { readCatalogue, type TableFacts } from '../../src/indexes/catalogue.ts';
import { openScratchCopy, type ScratchCopy } from '../../src/indexes/scratch-copy.ts';

const LIMITS = { sampleRowCount: 100_000, statementTimeoutMs: 60_000 };

describe('the copy on which indexes are tried', () => {
  let postgres: Awaited<ReturnType<typeof postgresForTest>>;
  let database: Database;

  beforeEach(async () => {
    postgres = await postgresForTest();
    database = createDatabase({ connectionString: postgres.url, minConnections: 0 });
    await database.query('create table notes (id int primary key, words tsvector not null)');
    await database.query(
      `insert into notes select n, to_tsvector('simple', 'w' || n % 500) from generate_series(1, 4000) n`,
    );
    await database.query('create index notes_words on notes using gin (words)');
    await database.query('vacuum analyze notes');
  });

  afterEach(async () => {
    await database.close();
    await postgres.close();
  });

  const withCopy = (work: (copy: ScratchCopy, notes: TableFacts) => Promise<void>): Promise<void> =>
    database.withConnection(async (sql) => {
      const { tables } = await readCatalogue(sql);
      const notes = tables.find(({ name }) => name === 'notes');
      if (notes === undefined) throw new TypeError('notes is not in the catalogue');
      const copy = await openScratchCopy(sql, [notes], { limits: LIMITS, clock: systemClock });
      try {
        await work(copy, notes);
      } finally {
        await copy.close();
      }
    });

  it('is read as it was before anything was tried on it', () =>
    withCopy(async (copy) => {
      const before = await copy.without([], readBoth);
      for (let attempt = 0; attempt < 3; attempt += 1)
        await copy.without(
          [],
          (sql) =>
            sql.query(
              `insert into notes select 10000 + n, to_tsvector('simple', 'w' || n) from generate_series(1, 3000) n`,
            ),
          false,
        );
      expect(await copy.without([], readBoth)).toEqual(before);
    }));
});

/** Pages that a read of everything, and a search by the index, had to look at. */
async function readBoth(sql: Queryable): Promise<readonly number[]> {
  const all = await pagesOf(sql, 'select count(*) from notes where id > 0');
  await sql.query('set local enable_seqscan = off');
  const found = await pagesOf(sql, `select id from notes where words @@ to_tsquery('simple', 'w77')`);
  return [all, found];
}

interface Explained {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: Readonly<Record<string, number>> }];
}

async function pagesOf(sql: Queryable, text: string): Promise<number> {
  const { rows } = await sql.query<Explained>(`explain (analyze, buffers, format json) ${text}`);
  const plan = rows[0]?.['QUERY PLAN'][0].Plan;
  return (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0);
}
