import type { CachePart } from './collectors/cache.ts';
import type { QueryPart } from './collectors/queries.ts';
import type { RequestPart } from './collectors/requests.ts';
import type { RuntimePart } from './collectors/runtime.ts';
import type { ScanPart } from './collectors/scans.ts';
import type { SessionPart } from './collectors/sessions.ts';

/** Everything observed in one short stretch of time. */
export interface Window {
  /** End of the window, epoch milliseconds. */
  readonly at: number;
  readonly durationMs: number;
  readonly requests: RequestPart;
  readonly queries: QueryPart;
  readonly cache: CachePart;
  readonly sessions: SessionPart;
  readonly scans: ScanPart;
  readonly runtime: RuntimePart;
}

/** The latest windows, oldest first. */
export interface WindowRing {
  push(window: Window): void;
  /** Windows that ended at or after `since`. */
  since(since: number): readonly Window[];
  latest(): Window | undefined;
}

/** Keeps at most `capacity` windows. */
export function createWindowRing(capacity: number): WindowRing {
  const windows: Window[] = [];
  return {
    push(window) {
      windows.push(window);
      if (windows.length > capacity) windows.splice(0, windows.length - capacity);
    },
    since(since) {
      const first = windows.findIndex((window) => window.at >= since);
      return first === -1 ? [] : windows.slice(first);
    },
    latest: () => windows.at(-1),
  };
}
