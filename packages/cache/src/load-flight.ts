/** One load that runs, shared by all who ask for its key. */
export class LoadFlight<Value> {
  readonly controller = new AbortController();
  /** Settles with the outcome; assigned right after construction. */
  promise: Promise<Value> = Promise.resolve() as Promise<never>;
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
}
