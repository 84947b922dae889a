import { describe, expect, it } from 'vitest';
import { createCachedReads, type ReadRequest } from '../../src/query-cache/cached-reads.ts';
import { createEpochs } from '../../src/query-cache/epochs.ts';
import type { Plan } from '../../src/query-cache/plan-book.ts';
import type { StatementResult } from '../../src/statement-runner.ts';

const FIELD = {
  name: 'n',
  tableID: 0,
  columnID: 0,
  dataTypeID: 23,
  dataTypeSize: 4,
  dataTypeModifier: -1,
  format: 'text',
};
const resultOf = (n: number): StatementResult => ({ rows: [{ n }], rowCount: 1, command: 'SELECT', fields: [FIELD] });

function readsWorld() {
  const epochs = createEpochs();
  let isOpen = true;
  const reads = createCachedReads({ epochs, maxBytes: 100_000, isOpen: () => isOpen, shared: undefined });
  const plan: Plan = {
    text: 'select n from t',
    settings: undefined,
    bytes: 0,
    visited: false,
    newer: undefined,
    older: undefined,
    classification: undefined,
    reading: undefined,
    entries: new Map(),
    reads: new Map(),
  };
  const asked: ((n: number, options?: { isClean?: boolean; error?: Error }) => void)[] = [];
  const request: ReadRequest = {
    plan,
    dependencies: [{ table: 1, name: 't' }],
    key: '',
    values: [],
    rowMode: 'object',
    send: () =>
      new Promise((resolve, reject) => {
        asked.push((n, { isClean = true, error } = {}) => {
          if (error === undefined) resolve({ result: resultOf(n), isClean });
          else reject(error);
        });
      }),
  };
  /** Answers the statement that was sent as number `index`, which happens a few turns after it was asked for. */
  const answer = async (
    index: number,
    n: number,
    options: { isClean?: boolean; error?: Error } = {},
  ): Promise<void> => {
    for (let turn = 0; turn < 20 && asked[index] === undefined; turn++) await Promise.resolve();
    const settle = asked[index];
    if (settle === undefined) throw new Error(`statement ${index} was not sent`);
    settle(n, options);
  };
  const read = async (): Promise<unknown> => (await reads.fromDatabase(request)).rows[0];
  return {
    epochs,
    answer,
    asked,
    read,
    memory: () => reads.fromMemory(plan.entries, '')?.rows[0],
    write: () => epochs.move({ kind: 'write', table: 1, transaction: undefined, keys: undefined }),
    close: () => {
      isOpen = false;
    },
    reads,
    plan,
  };
}

describe('an answer from the database', () => {
  it('is kept', async () => {
    const { answer, read, memory } = readsWorld();
    const reading = read();
    await answer(0, 1);
    expect([await reading, memory()]).toEqual([{ n: 1 }, { n: 1 }]);
  });

  it('is not kept when a write was counted after it was sent', async () => {
    const { answer, read, memory, write } = readsWorld();
    const reading = read();
    write();
    await answer(0, 1);
    expect([await reading, memory()]).toEqual([{ n: 1 }, undefined]);
  });

  it('is not kept when its session had settings of its own', async () => {
    const { answer, read, memory } = readsWorld();
    const reading = read();
    await answer(0, 1, { isClean: false });
    await reading;
    expect(memory()).toBeUndefined();
  });

  it('is shared by callers who come before it, each with rows of its own', async () => {
    const { answer, asked, read } = readsWorld();
    const both = Promise.all([read(), read()]);
    await answer(0, 1);
    const [one, other] = await both;
    expect(asked.length).toBe(1);
    expect(one).toEqual(other);
    expect(one).not.toBe(other);
  });

  it('is not shared with a caller who comes after a write was counted', async () => {
    const { answer, read, write } = readsWorld();
    const before = read();
    write();
    const after = read();
    await answer(1, 2);
    await answer(0, 1);
    expect([await before, await after]).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('that fails fails only for the caller who asked', async () => {
    const { answer, read } = readsWorld();
    const first = read();
    const second = read();
    await answer(0, 0, { error: new Error('broken') });
    await expect(first).rejects.toThrow('broken');
    await answer(1, 2);
    expect(await second).toEqual({ n: 2 });
  });

  it('replaces an older one in memory although the cache was closed when it was read', async () => {
    const { answer, read, memory, close } = readsWorld();
    const first = read();
    await answer(0, 1);
    await first;
    close();
    const second = read();
    await answer(1, 2);
    await second;
    expect(memory()).toEqual({ n: 2 });
  });

  it('of two that overlapped is kept by neither, as which saw more is not known', async () => {
    const { answer, read, memory, close } = readsWorld();
    close();
    const both = Promise.all([read(), read()]);
    await answer(1, 2);
    await answer(0, 1);
    await both;
    expect(memory()).toBeUndefined();
  });
});

it('memory is silent while a statement that may write is under way', async () => {
  const { answer, read, memory, epochs } = readsWorld();
  const reading = read();
  await answer(0, 1);
  await reading;
  const cells = epochs.forWrite(
    { kind: 'tables', dependencies: [{ table: 1, name: 't' }], isExact: false, isAlone: false },
    { values: [] },
  );
  for (const cell of cells) cell.holds += 1;
  expect(memory()).toBeUndefined();
  for (const cell of cells) cell.holds -= 1;
  expect(memory()).toEqual({ n: 1 });
});

it('forgets the counters of what it dropped', async () => {
  const { answer, read, reads, plan } = readsWorld();
  const reading = read();
  await answer(0, 1);
  await reading;
  expect(reads.count).toBe(1);
  reads.drop(plan);
  expect([reads.count, reads.bytes, plan.entries.size, plan.reads.size]).toEqual([0, 0, 0, 0]);
});
