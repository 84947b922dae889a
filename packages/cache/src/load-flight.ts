/** Stands in for the outcome of a flight that is over. */
const NEVER: Promise<never> = new Promise(() => undefined);

/** One load that runs, shared by all who ask for its key. */
export class LoadFlight<Value> {
  /** Settles with the outcome; assigned right after construction. */
  promise: Promise<Value> = NEVER;
  /** Set when the key changed meanwhile: the outcome is handed out but not stored. */
  isDirty = false;
  /** A value within grace that may be served while the load runs; `undefined` when there is none. */
  former: { readonly value: Value } | undefined;
  /** Whether nothing it depends on was invalidated since it began. */
  isCurrent: () => boolean = () => true;
  /** Gives up its right to store the outcome. */
  abandon: () => void = () => undefined;
  callerCount = 0;
  private waiting = 0;
  private aborter: AbortController | undefined;

  /** Ends the load. Made by whoever asks for it first: most values are found in Redis, and nothing is to be ended. */
  get controller(): AbortController {
    return (this.aborter ??= new AbortController());
  }

  /** Whether everybody who waited has gone. */
  get isAborted(): boolean {
    return this.aborter?.signal.aborted === true;
  }

  /** Waits for the outcome; the load is aborted when everybody who waited has gone. */
  join(signal: AbortSignal | undefined): Promise<Value> {
    this.callerCount += 1;
    this.waiting += 1;
    if (signal === undefined) return this.promise;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.waiting -= 1;
        if (this.waiting === 0) this.controller.abort(signal.reason);
        reject(signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal.reason }));
      };
      if (signal.aborted) {
        leave();
        return;
      }
      signal.addEventListener('abort', leave, { once: true });
      const done = (): void => signal.removeEventListener('abort', leave);
      this.promise.then(resolve, reject).finally(done);
    });
  }

  /**
   * Lets go of the outcome. The table of flights is as old as its namespace, so that the engine makes each new one that
   * it grows into among the old; what those hold that have been left behind counts as in use until the next full
   * collection, and all values that were read would be moved to the old generation.
   */
  land(): void {
    this.promise = NEVER;
  }
}
