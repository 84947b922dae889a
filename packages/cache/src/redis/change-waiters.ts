import type { Clock } from '@dataguardian/telemetry';

/** Those who wait for a key to change, because another process is loading it. */
export class ChangeWaiters {
  private readonly clock: Clock;
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Resolves when `key` is announced, or after `timeoutMs`. */
  wait(key: string, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const waiters = this.waiting.get(key) ?? new Set();
      const finish = (): void => {
        timer.cancel();
        waiters.delete(finish);
        if (waiters.size === 0) this.waiting.delete(key);
        resolve();
      };
      const timer = this.clock.schedule(timeoutMs, finish);
      waiters.add(finish);
      this.waiting.set(key, waiters);
    });
  }

  wake(key: string): void {
    const waiters = this.waiting.get(key);
    if (waiters === undefined) return;
    for (const finish of waiters) finish();
  }

  wakeAll(): void {
    for (const key of this.waiting.keys()) this.wake(key);
  }
}
