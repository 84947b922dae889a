/** Shares the time of the event loop out among the requests that run. */
export interface LoopShare {
  /** Begins a request's account; the function answers what it was charged so far, in milliseconds of the loop. */
  begin(): () => number;
  /** Takes time out of the shared account that is known to belong to one request. */
  attribute(ms: number): void;
  /** The request ends: the others share what comes. Call once per {@link LoopShare.begin}. */
  end(): void;
}

/**
 * What a handler does before its first pause is measured at the request itself. What it does after pauses happens in
 * turns of the loop that nobody announces: that time is shared equally among those that run while it passes, as
 * processor sharing would (Kleinrock 1967), which costs two subtractions per request instead of a hook per promise.
 * @param activeMs How long the loop has been busy in all, growing. @example () => performance.eventLoopUtilization().active
 */
export function createLoopShare(activeMs: () => number): LoopShare {
  let running = 0;
  let seenActiveMs = activeMs();
  let attributedMs = 0;
  /** What a request would have been charged that runs since the beginning. */
  let sharedMs = 0;
  const settle = (): void => {
    const active = activeMs();
    const free = active - seenActiveMs - attributedMs;
    seenActiveMs = active;
    attributedMs = 0;
    if (running > 0 && free > 0) sharedMs += free / running;
  };
  return {
    begin() {
      settle();
      running += 1;
      const before = sharedMs;
      return () => {
        settle();
        return sharedMs - before;
      };
    },
    attribute(ms) {
      attributedMs += ms;
    },
    end() {
      running -= 1;
    },
  };
}
