import type { Clock, Timer } from '@dataguardian/telemetry';

/** Stands for a reply that did not come in time, or for a connection that is not there. */
export const AWAY: unique symbol = Symbol('away');

/** Hears how it goes. */
export interface DeadlineListener {
  /** A reply came, in time or not. */
  onReply(): void;
  /** Commands of one turn were late; called once for all of them. */
  onTimeout(): void;
}

interface Waiting {
  isSettled: boolean;
  readonly giveUp: () => void;
}

/**
 * Bounds how long callers wait for replies. Commands of one turn of the event loop share one timer, so that a deadline
 * costs nothing per command. A timer that fires late means that our own loop was blocked, not the other side: the
 * replies that lie ready are then read first.
 */
export class Deadlines {
  private readonly clock: Clock;
  private readonly timeoutMs: number;
  private readonly listener: DeadlineListener;
  private group: Waiting[] | undefined;

  constructor(clock: Clock, timeoutMs: number, listener: DeadlineListener) {
    this.clock = clock;
    this.timeoutMs = timeoutMs;
    this.listener = listener;
  }

  /** The reply, or {@link AWAY} when it is late or the command fails; `onFailure` tells the latter apart. */
  bound<Reply>(reply: Promise<Reply>, onFailure: (error: unknown) => void): Promise<Reply | typeof AWAY> {
    return new Promise((resolve) => {
      const waiting: Waiting = { isSettled: false, giveUp: () => resolve(AWAY) };
      this.join(waiting);
      reply.then(
        (value) => {
          waiting.isSettled = true;
          this.listener.onReply();
          resolve(value);
        },
        (error: unknown) => {
          waiting.isSettled = true;
          onFailure(error);
          resolve(AWAY);
        },
      );
    });
  }

  private join(waiting: Waiting): void {
    if (this.group === undefined) {
      const group: Waiting[] = [];
      this.group = group;
      const startedAt = this.clock.monotonic();
      this.clock.schedule(this.timeoutMs, () => this.check(group, startedAt));
      setImmediate(() => {
        if (this.group === group) this.group = undefined;
      });
    }
    this.group.push(waiting);
  }

  private check(group: readonly Waiting[], startedAt: number): void {
    const lateMs = this.clock.monotonic() - startedAt - this.timeoutMs;
    if (lateMs > this.timeoutMs / 4) {
      // One more turn: timers run before the sockets are read.
      setImmediate(() => this.clock.schedule(1, () => this.expire(group)));
      return;
    }
    this.expire(group);
  }

  private expire(group: readonly Waiting[]): void {
    let isLate = false;
    for (const waiting of group) {
      if (waiting.isSettled) continue;
      isLate = true;
      waiting.giveUp();
    }
    if (isLate) this.listener.onTimeout();
  }
}

/** A timer that is replaced by each `start`. */
export class Countdown {
  private readonly clock: Clock;
  private timer: Timer | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  start(delayMs: number, callback: () => void): void {
    this.timer?.cancel();
    this.timer = this.clock.schedule(delayMs, callback);
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }
}
