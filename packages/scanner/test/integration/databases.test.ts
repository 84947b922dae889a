import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { freePort, postgresForTest, type TestPostgres } from '@dataguardian/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderWith, scanAll, type Scanned } from '../scan/scan-world.ts';
import { mysqlServerForTest } from './mysql-server.ts';

const coverage = ({ events }: Scanned): readonly unknown[] =>
  events.flatMap((event) => (event.kind === 'coverage' ? [event] : []));
const places = ({ findings }: Scanned): readonly string[] =>
  findings.map(({ type, location }) => `${type} ${location.item}`).toSorted();

describe('a PostgreSQL database', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await postgresForTest();
    await server.execute(`
      create table person (id int primary key, bsn text, mail text, note text);
      insert into person select g, case when g = 7 then '111222333' end, 'p' || g || '@example.org', 'x' from generate_series(1, 30) g;
      create schema "odd ""schema";
      create table "odd ""schema"."ta;ble' -- " ("sel""ect" text);
      insert into "odd ""schema"."ta;ble' -- " values ('BSN: 111222333');
      create table big (id bigint, filler text);
      insert into big select g, repeat('x', 100) from generate_series(1, 20000) g;
      insert into big values (0, 'BSN: 111222333');
      analyze;
    `);
  });
  afterAll(() => server.close());

  it('is read table by table with column, place and coverage, whatever the names', async () => {
    const scanned = await scanAll({
      kind: 'database',
      url: server.url,
      mode: 'full',
      tables: ['person', `odd "schema.ta;ble' -- `],
    });
    expect(places(scanned).filter((place) => place.startsWith('BSN'))).toEqual([
      `BSN odd "schema.ta;ble' -- .sel"ect`,
      'BSN person.bsn',
    ]);
    expect(scanned.findings.find(({ location }) => location.item === 'person.bsn')?.location).toEqual({
      item: 'person.bsn',
      field: 'bsn',
      part: 'ctid (0,7)',
    });
    expect(coverage(scanned)).toContainEqual({
      kind: 'coverage',
      item: 'person',
      rowsRead: 30,
      rowsTotal: 30,
      clearColumns: 2,
      upperBoundRatio: 0,
    });
  });

  it('is read in full by parts of a table that together miss nothing', async () => {
    const scanned = await scanAll(
      { kind: 'database', url: server.url, mode: 'full', tables: ['big'] },
      { limits: { chunkBytes: 300_000 } },
    );
    const read = scanned.events.flatMap((event) => (event.kind === 'coverage' ? [event.rowsRead] : []));
    expect(read.length).toBeGreaterThan(3);
    expect(read.reduce((sum, rows) => sum + rows, 0)).toBe(20_001);
    expect(places(scanned)).toEqual(['BSN big.filler']);
  });

  it('is sampled, and says what the sample proves', async () => {
    const scanned = await scanAll({ kind: 'database', url: server.url, tables: ['big'], sampleRows: 300 });
    expect(coverage(scanned)).toEqual([expect.objectContaining({ item: 'big', rowsTotal: 20_001 })]);
    const [bound] = scanned.events.flatMap((event) => (event.kind === 'coverage' ? [event] : []));
    expect(bound?.rowsRead).toBeLessThanOrEqual(300);
    expect(bound?.upperBoundRatio).toBeCloseTo(3 / (bound?.rowsRead ?? 1));
  });

  it('is never written to, and tables without permission are reported', async () => {
    await server.execute(
      `create role reader_${server.databaseName} login; grant select on big to reader_${server.databaseName}`,
    );
    const url = new URL(server.url);
    url.username = `reader_${server.databaseName}`;
    const scanned = await scanAll({ kind: 'database', url: url.href });
    await server.execute(`drop owned by reader_${server.databaseName}; drop role reader_${server.databaseName}`);
    expect(scanned.skipped.map(({ item, code }) => `${code} ${item}`)).toContain('TABLE_UNREADABLE person');
  });

  it('that refuses is an error with its reason, without the password', async () => {
    const url = new URL(server.url);
    url.pathname = '/no_such_database';
    await expect(scanAll({ kind: 'database', url: url.href })).rejects.toMatchObject({
      code: 'SCANNER_DATABASE_REFUSED',
    });
    const port = await freePort();
    const refused = scanAll({ kind: 'database', url: `postgres://me:topsecret@127.0.0.1:${port}/x` });
    await expect(refused).rejects.toThrow(/ECONNREFUSED/);
    await expect(refused).rejects.not.toThrow(/topsecret/);
  });
});

describe('a MySQL database', () => {
  it('is read over its own protocol', async () => {
    const server = await mysqlServerForTest({
      person: {
        columns: ['id', 'bsn'],
        rows: [
          ['1', '111222333'],
          ['2', null],
        ],
      },
    });
    try {
      const scanned = await scanAll({ kind: 'database', url: server.url, mode: 'full' });
      expect(scanned.findings.map(({ location }) => location)).toEqual([{ item: 'person.bsn', field: 'bsn', row: 1 }]);
      expect(coverage(scanned)).toEqual([
        { kind: 'coverage', item: 'person', rowsRead: 2, rowsTotal: 2, clearColumns: 1, upperBoundRatio: 0 },
      ]);
      expect(server.statements[0]).toBe('set session transaction read only');
    } finally {
      await server.close();
    }
  });

  it('that refuses is an error', async () => {
    const port = await freePort();
    await expect(scanAll({ kind: 'database', url: `mysql://me:topsecret@127.0.0.1:${port}/x` })).rejects.toMatchObject({
      code: 'SCANNER_DATABASE_REFUSED',
    });
  });
});

describe('an SQLite database', () => {
  it('is sampled and read in full', async () => {
    const folder = folderWith();
    const path = join(folder.path, 'a.db');
    const database = new DatabaseSync(path);
    database.exec("create table t (bsn text); insert into t values ('111222333')");
    for (let row = 0; row < 50; row++) database.exec("insert into t values ('none')");
    database.close();
    expect(places(await scanAll({ kind: 'database', url: `sqlite:${path}`, mode: 'full' }))).toEqual(['BSN t.bsn']);
    expect(coverage(await scanAll({ kind: 'database', url: `sqlite:${path}`, sampleRows: 10 }))).toEqual([
      expect.objectContaining({ rowsRead: 10, rowsTotal: 51 }),
    ]);
    folder.remove();
  });
});

describe('another kind of address', () => {
  it('is refused', async () => {
    await expect(scanAll({ kind: 'database', url: 'mongodb://localhost/x' })).rejects.toMatchObject({
      code: 'SCANNER_SCHEME_REFUSED',
    });
  });
});
