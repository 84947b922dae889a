import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runProgram } from '../corpus/support/run-program.ts';

const PATIENCE_MS = 120_000;
const PROGRAM = join(import.meta.dirname, '../programs/stalls.ts');
const BLOCKS = 20;

it(
  'a loop blocked for 100 ms is caught with its line, every time',
  async () => {
    const marked = readFileSync(PROGRAM, 'utf8')
      .split('\n')
      .findIndex((text) => text.includes('// <- here'));
    const blocksFile = join(tmpdir(), `blocks-${process.pid}.json`);
    const { stalls } = await runProgram(PROGRAM, { BLOCKS_FILE: blocksFile });
    const blocks = JSON.parse(readFileSync(blocksFile, 'utf8')) as { from: number; to: number }[];
    rmSync(blocksFile);
    expect(blocks.length).toBe(BLOCKS);
    // Samples fall on the loop, its condition or the function's head: V8 tells the line of most, not of all.
    const caught = stalls.filter(({ place }) => place?.file === PROGRAM && Math.abs(place.line - (marked + 1)) <= 2);
    expect(caught.every(({ stack }) => stack.some((frame) => frame.startsWith('block (')))).toBe(true);
    const during = (found: typeof stalls, { from, to }: (typeof blocks)[number]): typeof stalls =>
      found.filter(({ at, durationMs }) => at >= from && at - durationMs <= to);
    const missed = blocks.filter((block) => during(caught, block).length === 0);
    // With what was seen instead, which says why.
    expect(missed.map((block) => ({ ...block, seen: during(stalls, block) }))).toEqual([]);
  },
  PATIENCE_MS,
);
