import type { Trace } from './trace.ts';

/** A synchronous call of Node's crypto, zlib or fs within a request or job, timed exactly: the loop stood still for it. */
export interface SyncCall {
  /** Its end, epoch milliseconds. */
  readonly at: number;
  readonly durationMs: number;
  readonly kind: 'crypto' | 'zlib' | 'fs';
  /** Of Node: `pbkdf2Sync`. */
  readonly name: string;
  /** `file:line` of the program that called it. */
  readonly site: string;
}

/** The latest of them. */
export interface SyncCallBook {
  add(trace: Trace): void;
  /** Those that ended at or after `since`, oldest first. */
  since(since: number): readonly SyncCall[];
}

/** The heartbeat sees blocks from 50 ms; these it cannot see, and ten together are felt. */
const SHORTEST_MS = 5;
const MOST_KEPT = 2_000;

/** Creates an empty book. Every finished trace is shown to it, because few of them are kept. */
export function createSyncCallBook(): SyncCallBook {
  const calls: SyncCall[] = [];
  return {
    add({ at, spans }) {
      for (const { isSync, kind, name, site, startMs, durationMs } of spans) {
        if (isSync !== true || site === undefined || durationMs < SHORTEST_MS) continue;
        if (kind !== 'crypto' && kind !== 'zlib' && kind !== 'fs') continue;
        calls.push({ at: at + startMs + durationMs, durationMs, kind, name, site });
        if (calls.length > MOST_KEPT) calls.shift();
      }
    },
    since: (since) => calls.filter(({ at }) => at >= since),
  };
}
