import type { Clock } from '@dataguardian/telemetry';

/** One piece of work in that many is timed. */
const TIMED_PIECES = 16;
/** Pieces of work between two looks at the time. */
const PIECES_PER_LOOK = 64;

/** Keeps work that comes in small pieces to a share of the time: when it has taken more, it rests until that is made up for. */
export class DutyCycle {
  private readonly clock: Clock;
  private readonly share: number;
  private startedAt: number;
  private pieces = 0;
  private timedMs = 0;
  private timedPieces = 0;
  private spentMs = 0;
  private restUntil = 0;
  private resting = false;

  /** @param share Of the time, 0..1. */
  constructor(clock: Clock, share: number) {
    this.clock = clock;
    this.share = share;
    this.startedAt = clock.monotonic();
  }

  /** Whether work is put off at present. */
  get isResting(): boolean {
    return this.resting;
  }

  /** Ends a rest whose time has come. @param now Monotonic milliseconds. */
  wake(now: number): void {
    if (!this.resting || now < this.restUntil) return;
    this.resting = false;
    this.startedAt = now;
    this.spentMs = 0;
  }

  /** Does a piece of work. */
  run(work: () => void): void {
    this.pieces += 1;
    if (this.pieces % TIMED_PIECES === 0) {
      const startedAt = this.clock.monotonic();
      work();
      this.timedMs += this.clock.monotonic() - startedAt;
      this.timedPieces += 1;
    } else work();
    if (this.pieces % PIECES_PER_LOOK === 0) this.look();
  }

  private look(): void {
    this.spentMs += (this.timedMs / this.timedPieces) * PIECES_PER_LOOK;
    const allowedFrom = this.startedAt + this.spentMs / this.share;
    if (allowedFrom <= this.clock.monotonic()) return;
    this.resting = true;
    this.restUntil = allowedFrom;
  }
}
