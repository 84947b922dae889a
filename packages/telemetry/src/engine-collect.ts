import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The engine's own function to collect garbage; returns when it has. */
export type EngineCollect = (options: { readonly type: 'minor' | 'major' }) => void;

/** The flag is one for all threads, each of which sets it for a moment. */
const MAX_ATTEMPTS = 5;

let found: EngineCollect | undefined;
let hasLooked = false;

/**
 * The engine's function to collect garbage, which is not among the globals unless the process was started with
 * `--expose-gc`; `undefined` where it cannot be had. `major` is one collection of the whole heap: the inspector's
 * `HeapProfiler.collectGarbage` does three in a row and gives the young generation back to the system besides, so that a
 * busy process collects more often for half a minute.
 */
export function findEngineCollect(): EngineCollect | undefined {
  if (hasLooked) return found;
  hasLooked = true;
  const exposed: unknown = Reflect.get(globalThis, 'gc');
  if (typeof exposed === 'function') {
    found = exposed as EngineCollect;
    return found;
  }
  for (let attempt = 0; attempt < MAX_ATTEMPTS && found === undefined; attempt++) {
    try {
      setFlagsFromString('--expose-gc');
      found = runInNewContext('gc') as EngineCollect;
      setFlagsFromString('--no-expose-gc');
    } catch {
      // Another thread of this process has just taken the flag back; where it cannot be had at all, collections come
      // when they come.
    }
  }
  return found;
}
