import { dirname, relative, sep } from 'node:path';

/** Finds out, now and then, where in the application a statement is sent from. */
export interface CallerFinder {
  /**
   * `file:line` of the application's frame, or undefined when this call is not sampled. Call it in the caller's own
   * turn. Costs a map look-up; a sampled call costs some microseconds.
   */
  find(text: string): string | undefined;
}

/**
 * A text's first calls, ever fewer of the next ones, and then each 4096th: a stack costs as much as a hundred statements
 * are counted, and a text is mostly sent from one place.
 */
const ALWAYS_BELOW = 2;
const SAMPLED_SHARE = 4_096;
const REMEMBERED_TEXTS = 4_000;
const FRAMES = 16;
/** Frames of this package and of what it rests on are not the application's. */
const PACKAGE_FOLDER = dirname(dirname(import.meta.dirname)) + sep;
const FRAME = /\(?((?:file:\/\/)?[^\s()]+):(\d+):\d+\)?$/;

/** @param folder Paths are given relative to it when they are below it. */
export function createCallerFinder(folder: string): CallerFinder {
  const texts = new Map<string, { seenCount: number }>();
  return {
    find(text) {
      let seen = texts.get(text);
      if (seen === undefined) {
        if (texts.size >= REMEMBERED_TEXTS) texts.clear();
        seen = { seenCount: 0 };
        texts.set(text, seen);
      }
      const { seenCount } = seen;
      seen.seenCount += 1;
      if (seenCount >= ALWAYS_BELOW && !isPowerOfTwo(seenCount) && seenCount % SAMPLED_SHARE !== 0) return undefined;
      const limit = Error.stackTraceLimit;
      Error.stackTraceLimit = FRAMES;
      const { stack = '' } = new Error('where');
      Error.stackTraceLimit = limit;
      return toCaller(stack, folder);
    },
  };
}

function isPowerOfTwo(count: number): boolean {
  return (count & (count - 1)) === 0;
}

/** The first frame of `stack` that belongs to the application, as `file:line`. */
export function toCaller(stack: string, folder: string): string | undefined {
  for (const line of stack.split('\n').slice(1)) {
    const [, location = '', lineNumber] = FRAME.exec(line.trim()) ?? [];
    const path = location.replace(/^file:\/\//, '');
    if (!path.startsWith(sep) && !/^[A-Za-z]:\\/.test(path)) continue;
    if (path.includes(`${sep}node_modules${sep}`) || path.startsWith(`${PACKAGE_FOLDER}src${sep}`)) continue;
    const below = relative(folder, path);
    return `${below.startsWith('..') ? path : below}:${lineNumber}`;
  }
  return undefined;
}
