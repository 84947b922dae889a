import { systemClock } from '@dataguardian/telemetry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Queryable } from '../../src/index.ts';
import { readCatalogue } from '../../src/indexes/catalogue.ts';
import { openScratchCopy, type ScratchCopy } from '../../src/indexes/scratch-copy.ts';
import { createEvaluation } from '../../src/indexes/evaluation.ts';
import { createTrial, type Execution, type Trial } from '../../src/indexes/trial.ts';
import { measureInTurns } from '../../src/indexes/turns.ts';
import { readWorkload } from '../../src/indexes/workload.ts';
import { openObserved, type ObservedDatabase } from './observed-database.ts';

const LIMITS = { sampleRowCount: 100_000, statementTimeoutMs: 60_000 };
const FIND = 'select word from notes where id = $1';
const COUNT = 'select count(*)::int from notes where word = $1';
const DIVIDE = 'select 1 / (id - $1) as share from notes where id > 4000';
const OF_KIND = 'select max(note) from parcels where kind = $1';
const CHANGE = 'update notes set word = $2 where id = $1';

describe('statements that are tried on a copy', () => {
  let open: ObservedDatabase;

  beforeEach(async () => {
    open = await openObserved();
    const { database } = open;
    await database.query('create table notes (id int primary key, word text not null)');
    await database.query(`insert into notes select n, 'w' || n % 500 from generate_series(1, 4000) n`);
    await database.query('vacuum analyze notes');
    // A hundred scattered parcels of each kind, four more of the first.
    await database.query('create table parcels (id int primary key, kind int not null, note text not null)');
    await database.query(`insert into parcels select n, case when n <= 104 then 1 else 2 + n % 99 end, repeat('x', 400)
      from generate_series(1, 10004) n order by md5(n::text)`);
    await database.query('create index on parcels (kind)');
    await database.query('vacuum analyze parcels');
    await database.query(OF_KIND, [1]);
    await database.query(FIND, [5]);
    await database.query(COUNT, ['w1']);
    await database.query(CHANGE, [5, 'w5']);
    // Fails from now on.
    await database.query(DIVIDE, [5000]);
    await database.query("insert into notes values (5000, 'late')");
  });

  afterEach(() => open.close());

  /** What the server is told between the texts of the statements counts as `-`. */
  const withTrial = (
    work: (world: {
      copy: ScratchCopy;
      trial: Trial;
      heard: string[];
      hear: (sql: Queryable) => Queryable;
      to: (text: string, mode?: Execution['mode']) => Execution;
    }) => Promise<void>,
  ): Promise<void> =>
    open.database.withConnection(
      async (sql) => {
        const catalogue = await readCatalogue(sql);
        const workload = await readWorkload(open.statements, catalogue, 40);
        const copy = await openScratchCopy(sql, catalogue.tables, { limits: LIMITS, clock: systemClock });
        const trial = createTrial(sql, copy, { clock: systemClock, timeoutMs: 1_000 });
        const heard: string[] = [];
        try {
          for (const statement of workload.statements) await trial.prepare(statement);
          await work({
            copy,
            trial,
            heard,
            hear: (inner) => ({
              query: (text, values) => {
                heard.push([FIND, COUNT, DIVIDE, CHANGE, OF_KIND].includes(text) ? text : '-');
                return inner.query(text, values);
              },
            }),
            to(text, mode = 'custom') {
              const statement = workload.statements.find(({ samples }) => samples[0]?.text === text);
              if (statement === undefined) throw new TypeError(`${text} is not in the workload`);
              return { statement, mode, turn: 0 };
            },
          });
        } finally {
          await trial.close();
          await copy.close();
        }
      },
      { observed: false },
    );

  it('follow each other with nothing between them, where they are planned alike', () =>
    withTrial(async ({ copy, trial, heard, hear, to }) => {
      const ms = await copy.without([], (sql) => trial.runLast(hear(sql), [to(FIND), to(COUNT), to(FIND)]));
      expect(ms).toBeGreaterThan(0);
      expect(heard).toEqual(['-', FIND, COUNT, FIND, '-']);
    }));

  it('are planned each in its own way', () =>
    withTrial(async ({ copy, trial, heard, hear, to }) => {
      await copy.without([], (sql) => trial.runLast(hear(sql), [to(COUNT), to(FIND, 'generic')]));
      expect(heard).toEqual(['-', COUNT, '-', '-', FIND, '-']);
    }));

  it('may be planned either way where the plan for all values costs nearly the same', () =>
    withTrial(async ({ copy, trial, to }) => {
      const isTossUp = (text: string): Promise<boolean> =>
        copy.without([], async (sql) => (await trial.plan(sql, to(text).statement)).isTossUp);
      expect(await isTossUp(OF_KIND)).toBe(true);
      // Any key is found as fast as another.
      expect(await isTossUp(FIND)).toBe(false);
      expect(await isTossUp(COUNT)).toBe(false);
    }));

  it('are promised the middle of both ways where either may be taken', () =>
    withTrial(async ({ copy, trial, to }) => {
      const msOf = { custom: 9, generic: 4 };
      const steady: Trial = { ...trial, runLast: async (_, executions) => msOf[executions.at(-1)?.mode ?? 'custom'] };
      const statements = [to(OF_KIND), to(COUNT)].map(({ statement }) => statement);
      const times = new Map<(typeof statements)[number], number[]>();
      const evaluation = createEvaluation(copy, trial, new Map());
      await measureInTurns({ copy, trial: steady, evaluation, statements }, statements, { absent: [], times, turn: 0 });
      const [either, sure] = statements.map((statement) => times.get(statement)?.[0]);
      expect(either).toBeCloseTo(6);
      expect([9, 4]).toContain(sure);
    }));

  it('are measured although one before them fails', () =>
    withTrial(async ({ copy, trial, heard, hear, to }) => {
      const ms = await copy.without([], (sql) => trial.runLast(hear(sql), [to(DIVIDE), to(COUNT)]));
      expect(ms).toBeGreaterThan(0);
      expect(heard).toEqual(['-', DIVIDE, '-', '-', COUNT, '-']);
    }));

  it('leave nothing behind that they wrote', () =>
    withTrial(async ({ copy, trial, to }) => {
      const words = await copy.without(
        [],
        async (sql) => {
          const read = async (): Promise<unknown> =>
            (await sql.query('select ctid::text from notes where id = 5')).rows;
          const before = await read();
          await trial.runLast(sql, [to(FIND), to(CHANGE)]);
          return [before, await read()];
        },
        false,
      );
      expect(words[1]).toEqual(words[0]);
    }));
});
