import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { countObjects, takeHeapCensus } from '../src/memory/heap-census.ts';
import { createFullCollection } from '../src/memory/full-collection.ts';
import { createHeapSampler } from '../src/memory/heap-sampler.ts';
import { findHolder } from '../src/memory/holder.ts';
import { createSourceCode } from '../src/sampling/source-code.ts';

const folder = mkdtempSync(join(tmpdir(), 'holders-'));
afterAll(() => rmSync(folder, { recursive: true }));

let fileCount = 0;
function fileWith(text: string): string {
  const file = join(folder, `program-${++fileCount}.ts`);
  writeFileSync(file, text);
  return file;
}

describe('the holder of memory', () => {
  it('is the variable outside of the function that its line stores into', () => {
    const file = fileWith(`const seen = new Map<number, string>();
function remember(id: number): void {
  const parts = [];
  parts.push(id);
  seen.set(id, parts.join());
}
`);
    expect(findHolder([{ file, line: 2 }], createSourceCode())).toEqual({
      type: 'Map',
      name: 'seen',
      location: `${file}:5`,
    });
  });

  it('is the field of a class, also when a callback within the method allocates', () => {
    const file = fileWith(`class Trail {
  readonly #entries: Entry[] = [];
  add(path: string): void {
    const lines = Array.from({ length: 9 }, (_, index) => path + index);
    this.#entries.push(new Entry(lines));
  }
}
`);
    const functions = [
      { file, line: 4 },
      { file, line: 3 },
    ];
    expect(findHolder(functions, createSourceCode())).toEqual({
      type: 'Array',
      name: 'this.#entries',
      location: `${file}:5`,
    });
  });

  it('is the object that an index is assigned to, and the caller of a function that stores nothing', () => {
    const file = fileWith(`const known: Record<string, object> = {};
const toVisit = (path: string) => ({ path });
function visit(path: string): void {
  known[path] = toVisit(path);
}
`);
    const functions = [
      { file, line: 2 },
      { file, line: 3 },
    ];
    expect(findHolder(functions, createSourceCode())?.name).toBe('known');
    expect(findHolder(functions, createSourceCode())?.type).toBe('Object');
  });

  it('stays unknown when nothing outside is stored into, or the source is gone', () => {
    const file = fileWith(`function sum(): number {
  const all: number[] = [];
  all.push(1);
  return all.length;
}
`);
    expect(findHolder([{ file, line: 1 }], createSourceCode())).toBeUndefined();
    expect(findHolder([{ file: '/nowhere.ts', line: 1 }], createSourceCode())).toBeUndefined();
  });
});

describe('a census of the heap', () => {
  it('counts objects by type and names the largest collection with what it holds', () => {
    class Visit {
      readonly id: number;
      constructor(id: number) {
        this.id = id;
      }
    }
    const visits = new Map(Array.from({ length: 4_321 }, (_, id) => [id, new Visit(id)]));
    const census = takeHeapCensus(() => performance.now(), { mostBytes: Number.MAX_SAFE_INTEGER });
    expect(census?.types.find(({ type }) => type === 'Visit')?.count).toBe(visits.size);
    expect(census?.collections).toContainEqual({ type: 'Map', entryCount: 4_321, holds: 'Visit' });
    expect(census?.pauseMs).toBeGreaterThan(0);
    expect(Object.keys(globalThis).filter((name) => name.includes('dataguardian'))).toEqual([]);
  });

  it('runs nothing of the program: neither accessors nor proxies', () => {
    let calls = 0;
    const count = (): never => {
      calls += 1;
      throw new Error('called');
    };
    const guarded = new Proxy({}, { getPrototypeOf: count, get: count, getOwnPropertyDescriptor: count });
    const odd = Object.create({
      get constructor() {
        return count();
      },
    }) as object;
    const list = Object.defineProperty(
      Array.from({ length: 200 }, () => 1),
      199,
      { get: count },
    );
    expect(countObjects([guarded, odd, list]).objectCount).toBe(3);
    expect(calls).toBe(0);
  });

  it('leaves a heap alone that is larger than allowed', () => {
    expect(takeHeapCensus(() => performance.now(), { mostBytes: 1 })).toBeUndefined();
  });
});

describe('a collection that is asked for', () => {
  const ways = {
    'of the engine': createFullCollection(),
    'of the inspector, where the engine offers none': createFullCollection(() => undefined),
  };

  it.each(Object.entries(ways))('%s comes, calls back after it, and again when asked again', async (_name, collect) => {
    for (let turn = 0; turn < 3; turn++) {
      const garbage = new WeakRef({ turn });
      // What a reference was made to in a turn lives until that turn is over.
      await new Promise((resolve) => setTimeout(resolve));
      await new Promise<void>((resolve) => collect(resolve));
      expect(garbage.deref()).toBeUndefined();
    }
  });

  it.each(Object.entries(ways))('%s may be asked for while allocations cease to be sampled', async (_name, collect) => {
    const sampler = createHeapSampler(createSourceCode());
    sampler.start(128 * 1024);
    const collected = new Promise<void>((resolve) => collect(resolve));
    sampler.stop();
    await expect(collected).resolves.toBeUndefined();
  });
});
