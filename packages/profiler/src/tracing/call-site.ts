import { ownerOf, toLocation, toPath } from '../sampling/frame.ts';
import type { SourceCode } from '../sampling/source-code.ts';

/** Tells from where in the program something was asked for. */
export interface CallSites {
  /**
   * `file:line` of the innermost frame of the program, awaiting callers included; `undefined` when there is none.
   * With a key the answer is remembered and looked up anew only now and then, since a stack costs 5 to 20 us.
   */
  find(key?: string): string | undefined;
}

const DEPTH = 30;
const MOST_KEYS = 2_000;
const REFRESH_EVERY = 64;

/** Reads stacks; places are original ones where a source map exists. */
export function createCallSites(source: SourceCode): CallSites {
  const known = new Map<string, { readonly site: string | undefined; useCount: number }>();
  return {
    find(key) {
      const remembered = key === undefined ? undefined : known.get(key);
      if (remembered !== undefined && ++remembered.useCount % REFRESH_EVERY !== 0) return remembered.site;
      const site = readSite(source);
      if (key === undefined || (site === undefined && remembered !== undefined)) return site ?? remembered?.site;
      if (known.size >= MOST_KEYS) known.clear();
      known.set(key, { site, useCount: 0 });
      return site;
    },
  };
}

function readSite(source: SourceCode): string | undefined {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH;
  const { stack = '' } = new Error('site');
  Error.stackTraceLimit = limit;
  return siteOf(stack, source);
}

/** The innermost line of a printed stack that lies in the program's own code. */
export function siteOf(stack: string, source: SourceCode): string | undefined {
  for (const text of stack.split('\n')) {
    const match = /(?:\(|at (?:async )?)((?:file:\/\/|node:|\/|[A-Za-z]:\\)[^()]*?):(\d+):(\d+)\)?$/.exec(text);
    if (match === null) continue;
    const file = toPath(match[1] ?? '');
    if (ownerOf(file) !== 'application') continue;
    const place = source.toOriginal(file, Number(match[2]), Number(match[3]) - 1);
    return toLocation(place.file, place.line);
  }
  return undefined;
}
