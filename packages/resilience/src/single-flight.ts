/** Joins concurrent calls for one key into one piece of work. */
export interface SingleFlight<Value> {
  /** Starts `work`, or joins the one that runs for `key`; all callers get its outcome, also when it fails. */
  run(key: string, work: () => Promise<Value>): Promise<Value>;
  /** Lets the next caller start anew; those who wait already still get the old outcome. */
  forget(key: string): void;
  /** Keys whose work runs. */
  readonly size: number;
}

/**
 * Work that fails is forgotten like work that succeeds: the next call tries again.
 *
 * @example
 * const flights = createSingleFlight<User>();
 * const user = await flights.run(userId, () => loadUser(userId));
 */
export function createSingleFlight<Value>(): SingleFlight<Value> {
  const running = new Map<string, Promise<Value>>();
  return {
    run(key, work) {
      const joined = running.get(key);
      if (joined !== undefined) return joined;
      const started = start(work);
      running.set(key, started);
      const land = (): void => {
        if (running.get(key) === started) running.delete(key);
      };
      started.then(land, land);
      return started;
    },
    forget: (key) => void running.delete(key),
    get size() {
      return running.size;
    },
  };
}

/** A synchronous throw becomes a rejection, so that every caller meets failures in the same way. */
async function start<Value>(work: () => Promise<Value>): Promise<Value> {
  return work();
}
