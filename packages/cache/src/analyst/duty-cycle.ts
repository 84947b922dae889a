import type { Clock } from '@dataguardian/telemetry';

/** One piece of work in that many is timed. */
const TIMED_PIECES = 16;
/** Pieces of work between two looks at the time. */
const PIECES_PER_LOOK = 64;

/** A rest is looked at again after that long at the earliest: asking for the processor time costs a microsecond. */
const MIN_REST_MS = 20;

/** What a duty cycle goes by. */
export interface DutyOptions {
  readonly clock: Clock;
  /** Of the process' processor time, 0..1. */
  readonly share: number;
  /** Processor time of the process so far, in milliseconds. @defaultValue what the system says */
  readonly processorMs?: () => number;
}

/**
 * Keeps work that comes in small pieces to a share of the processor time: when it has taken more, it rests until that is
 * made up for. By the clock alone, a process that waits for a core most of the time would spend several times its share.
 */
export class DutyCycle {
  private readonly clock: Clock;
  private readonly share: number;
  private readonly processorMs: () => number;
  private startedAt: number;
  private pieces = 0;
  private timedMs = 0;
  private timedPieces = 0;
  private spentMs = 0;
  private advancedPieces = 0;
  private restUntil = 0;
  private resting = false;

  constructor({ clock, share, processorMs = readProcessorMs }: DutyOptions) {
    this.clock = clock;
    this.share = share;
    this.processorMs = processorMs;
    this.startedAt = processorMs();
  }

  /** Whether work is put off at present. */
  get isResting(): boolean {
    return this.resting;
  }

  /**
   * Lets that many pieces run which are not counted; what is left of an earlier advance does not add up. Ends a rest, too.
   */
  advance(pieces: number): void {
    this.advancedPieces = pieces;
    this.resting = false;
  }

  /** Ends a rest whose time has come. @param now Monotonic milliseconds. */
  wake(now: number): void {
    if (!this.resting || now < this.restUntil) return;
    const lackingMs = this.toLackingMs();
    if (lackingMs > 0) {
      this.restUntil = now + Math.max(lackingMs, MIN_REST_MS);
      return;
    }
    this.resting = false;
    this.startedAt = this.processorMs();
    this.spentMs = 0;
  }

  /** Does a piece of work. */
  run(work: () => void): void {
    if (this.advancedPieces > 0) {
      this.advancedPieces -= 1;
      work();
      return;
    }
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
    const lackingMs = this.toLackingMs();
    if (lackingMs <= 0) return;
    this.resting = true;
    // A process of one thread needs that long at least.
    this.restUntil = this.clock.monotonic() + lackingMs;
  }

  /** Processor time that has to pass before the work has its share. */
  private toLackingMs(): number {
    return this.spentMs / this.share - (this.processorMs() - this.startedAt);
  }
}

function readProcessorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
