import type { RequestFeed } from '../request-feed.ts';
import { nameRoute } from '../route-names.ts';
import type { Pseudonymise } from '../sampling/labels.ts';
import { createRecent } from './recent.ts';

/** What one user asked of the machine. */
export interface UserShare {
  /** Keyed hash. */
  readonly user: string;
  readonly requestCount: number;
  /** Time of all the user's requests together. */
  readonly durationMs: number;
  /** The route with most of that time. */
  readonly route: string;
}

/** Adds up requests by user. */
export interface UserShares {
  start(): void;
  stop(): void;
  close(at: number): void;
  /** Most time first. */
  since(at: number, leftOut: ReadonlySet<string>): readonly UserShare[];
}

interface Sum {
  requestCount: number;
  durationMs: number;
  readonly routes: Map<string, number>;
}

/** Users kept apart within one window. */
const MOST_USERS = 500;

/** Creates sums that keep `windowCount` readings of at most `keepMs` age. */
export function createUserShares(
  feed: RequestFeed,
  { windowCount, keepMs }: { readonly windowCount: number; readonly keepMs: number },
  pseudonymise: Pseudonymise,
): UserShares {
  const readings = createRecent<ReadonlyMap<string, Sum>>(windowCount, keepMs);
  let current = new Map<string, Sum>();
  let end: (() => void) | undefined;
  return {
    start() {
      end ??= feed.subscribe(({ userId, method, route, durationMs }) => {
        if (userId === undefined) return;
        const user = pseudonymise(userId);
        const sum = current.get(user) ?? { requestCount: 0, durationMs: 0, routes: new Map<string, number>() };
        if (!current.has(user) && current.size >= MOST_USERS) return;
        current.set(user, sum);
        sum.requestCount += 1;
        sum.durationMs += durationMs;
        const name = nameRoute(method, route);
        sum.routes.set(name, (sum.routes.get(name) ?? 0) + durationMs);
      });
    },
    stop() {
      end?.();
      end = undefined;
    },
    close(at) {
      if (current.size === 0) return;
      readings.push(at, current);
      current = new Map();
    },
    since(at, leftOut) {
      const merged = new Map<string, Sum>();
      for (const { value } of readings.since(at)) {
        for (const [user, part] of value) {
          const sum = merged.get(user) ?? { requestCount: 0, durationMs: 0, routes: new Map<string, number>() };
          sum.requestCount += part.requestCount;
          for (const [route, ms] of part.routes) {
            if (leftOut.has(route)) continue;
            sum.durationMs += ms;
            sum.routes.set(route, (sum.routes.get(route) ?? 0) + ms);
          }
          merged.set(user, sum);
        }
      }
      return [...merged]
        .map(([user, { requestCount, durationMs, routes }]) => ({
          user,
          requestCount,
          durationMs,
          route: [...routes].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? '',
        }))
        .toSorted((a, b) => b.durationMs - a.durationMs);
    },
  };
}
