import type { RequestFeed } from '../request-feed.ts';
import { nameRoute } from '../route-names.ts';

/** Durations of one route's latest requests, in order. */
export interface RouteSeries {
  readonly route: string;
  /** Epoch milliseconds at which each ended. */
  readonly at: readonly number[];
  readonly durationsMs: readonly number[];
}

/** Keeps the latest durations by route. */
export interface RouteSeriesBook {
  start(): void;
  stop(): void;
  since(at: number): readonly RouteSeries[];
}

const PER_ROUTE = 2_000;
const MOST_ROUTES = 100;

interface Ring {
  readonly at: number[];
  readonly durationsMs: number[];
}

/** Creates a book of at most 100 routes with 2,000 requests each; the route that was quiet longest makes room. */
export function createRouteSeriesBook(feed: RequestFeed): RouteSeriesBook {
  const rings = new Map<string, Ring>();
  let end: (() => void) | undefined;
  return {
    start() {
      end ??= feed.subscribe(({ method, route, durationMs }, at) => {
        const name = nameRoute(method, route);
        let ring = rings.get(name);
        if (ring === undefined) {
          if (rings.size >= MOST_ROUTES) dropQuietest(rings);
          ring = { at: [], durationsMs: [] };
          rings.set(name, ring);
        }
        ring.at.push(at);
        ring.durationsMs.push(durationMs);
        // Cut seldom: shifting at each request would copy the ring each time.
        if (ring.at.length >= PER_ROUTE * 2) {
          ring.at.splice(0, PER_ROUTE);
          ring.durationsMs.splice(0, PER_ROUTE);
        }
      });
    },
    stop() {
      end?.();
      end = undefined;
    },
    since(at) {
      return [...rings].map(([route, ring]) => {
        const first = ring.at.findIndex((ended) => ended >= at);
        return first === -1
          ? { route, at: [], durationsMs: [] }
          : { route, at: ring.at.slice(first), durationsMs: ring.durationsMs.slice(first) };
      });
    },
  };
}

function dropQuietest(rings: Map<string, Ring>): void {
  let quietest: string | undefined;
  let quietestAt = Number.POSITIVE_INFINITY;
  for (const [name, { at }] of rings) {
    const last = at.at(-1) ?? 0;
    if (last >= quietestAt) continue;
    quietest = name;
    quietestAt = last;
  }
  if (quietest !== undefined) rings.delete(quietest);
}
