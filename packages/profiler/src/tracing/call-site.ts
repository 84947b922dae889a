import { ownerOf, toLocation, toPath } from '../sampling/frame.ts';
import type { SourceCode } from '../sampling/source-code.ts';
import type { Span } from './span.ts';

/** Tells from where in the program something was asked for. */
export interface CallSites {
  /**
   * `file:line` of the innermost frame of the program, awaiting callers included; `undefined` when there is none.
   * With a key the answer is remembered and looked up anew only now and then, since a stack costs 5 to 20 us.
   */
  find(key?: string): string | undefined;
  /** The same place and up to three from where it was called, the innermost first. */
  trail(key?: string): readonly string[];
}

const DEPTH = 30;
const TRAIL_LENGTH = 4;
const MOST_KEYS = 2_000;
const REFRESH_EVERY = 64;

/** Reads stacks; places are original ones where a source map exists. */
export function createCallSites(source: SourceCode): CallSites {
  const known = new Map<string, { readonly trail: readonly string[]; useCount: number }>();
  const trail = (key?: string): readonly string[] => {
    const remembered = key === undefined ? undefined : known.get(key);
    if (remembered !== undefined && ++remembered.useCount % REFRESH_EVERY !== 0) return remembered.trail;
    const read = readTrail(source);
    if (key === undefined || (read.length === 0 && remembered !== undefined))
      return read.length > 0 ? read : (remembered?.trail ?? read);
    if (known.size >= MOST_KEYS) known.clear();
    known.set(key, { trail: read, useCount: 0 });
    return read;
  };
  return { find: (key) => trail(key)[0], trail };
}

function readTrail(source: SourceCode): readonly string[] {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH;
  const { stack = '' } = new Error('site');
  Error.stackTraceLimit = limit;
  return trailOf(stack, source, TRAIL_LENGTH);
}

/** A trail as a span carries it. */
export function toSite([site, ...callers]: readonly string[]): Pick<Span, 'site' | 'callers'> {
  if (site === undefined) return {};
  return callers.length === 0 ? { site } : { site, callers };
}

/** The innermost line of a printed stack that lies in the program's own code. */
export function siteOf(stack: string, source: SourceCode): string | undefined {
  return trailOf(stack, source, 1)[0];
}

function trailOf(stack: string, source: SourceCode, length: number): readonly string[] {
  const trail: string[] = [];
  for (const text of stack.split('\n')) {
    const match = /(?:\(|at (?:async )?)((?:file:\/\/|node:|\/|[A-Za-z]:\\)[^()]*?):(\d+):(\d+)\)?$/.exec(text);
    if (match === null) continue;
    const file = toPath(match[1] ?? '');
    if (ownerOf(file) !== 'application') continue;
    const place = source.toOriginal(file, Number(match[2]), Number(match[3]) - 1);
    trail.push(toLocation(place.file, place.line));
    if (trail.length >= length) break;
  }
  return trail;
}
