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

/** The commands of one turn of the event loop. */
interface Group {
  readonly startedAt: number;
  /** What to do for those that are late. */
  readonly giveUps: Set<() => void>;
  timer: Timer;
}

/**
 * Bounds how long callers wait for replies. Commands of one turn of the event loop share one timer, so that a deadline
 * costs little per command. A timer that fires late means that our own loop was blocked, not the other side: the
 * replies that lie ready are then read first.
 */
export class Deadlines {
  private readonly clock: Clock;
  private readonly timeoutMs: number;
  private readonly listener: DeadlineListener;
  private group: Group | undefined;

  constructor(clock: Clock, timeoutMs: number, listener: DeadlineListener) {
    this.clock = clock;
    this.timeoutMs = timeoutMs;
    this.listener = listener;
  }

  /** The reply, or {@link AWAY} when it is late or the command fails; `onFailure` tells the latter apart. */
  bound<Reply>(reply: Promise<Reply>, onFailure: (error: unknown) => void): Promise<Reply | typeof AWAY> {
    return new Promise((resolve) => {
      const group = this.join();
      const giveUp = (): void => resolve(AWAY);
      group.giveUps.add(giveUp);
      reply.then(
        (value) => {
          this.leave(group, giveUp);
          this.listener.onReply();
          resolve(value);
        },
        (error: unknown) => {
          this.leave(group, giveUp);
          onFailure(error);
          resolve(AWAY);
        },
      );
    });
  }

  private join(): Group {
    if (this.group !== undefined) return this.group;
    const group: Group = {
      startedAt: this.clock.monotonic(),
      giveUps: new Set(),
      timer: this.clock.schedule(this.timeoutMs, () => this.check(group)),
    };
    this.group = group;
    setImmediate(() => {
      if (this.group === group) this.group = undefined;
    });
    return group;
  }

  private leave(group: Group, giveUp: () => void): void {
    group.giveUps.delete(giveUp);
    if (group.giveUps.size > 0) return;
    group.timer.cancel();
    if (this.group === group) this.group = undefined;
  }

  private check(group: Group): void {
    const lateMs = this.clock.monotonic() - group.startedAt - this.timeoutMs;
    if (lateMs <= this.timeoutMs / 4) {
      this.expire(group);
      return;
    }
    // One more turn: timers run before the sockets are read.
    setImmediate(() => {
      group.timer = this.clock.schedule(1, () => this.expire(group));
    });
  }

  private expire(group: Group): void {
    if (group.giveUps.size === 0) return;
    for (const giveUp of group.giveUps) giveUp();
    group.giveUps.clear();
    this.listener.onTimeout();
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
