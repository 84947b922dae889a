import type { Bottleneck } from './bottlenecks.ts';
import type { Ranked } from './ranking.ts';
import type { SlowRequest } from './slow-requests.ts';
import type { Window } from './windows.ts';

/** What the profiler knows at one moment: the shape that advisor and dashboard read. */
export interface Snapshot {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Epoch milliseconds at which observation began. */
  readonly startedAt: number;
  readonly windows: readonly Window[];
  /** By total time, greatest first. */
  readonly routes: readonly Ranked[];
  readonly statements: readonly Ranked[];
  readonly functions: readonly Ranked[];
  readonly slowRequests: readonly SlowRequest[];
  readonly bottlenecks: readonly Bottleneck[];
}
