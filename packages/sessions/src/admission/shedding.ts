import type { AdmissionClass } from './admission-statistics.ts';
import { createAnswerTime } from './answer-time.ts';
import { createWaitForecast } from './wait-forecast.ts';

/** What the decision rests on. */
export interface SheddingInput {
  readonly kind: Exclude<AdmissionClass, 'free'>;
  /** Requests of others that run before this one. */
  readonly ahead: number;
  /** Requests of this user that wait already. */
  readonly ownWaiting: number;
  /** How late the event loop is. */
  readonly loopDelayMs: number;
}

/** Why a request is refused before it waits. */
export type ShedReason = 'background-first' | 'heavy-user-first' | 'overloaded';

/** Refuses work that would wait too long for others, in a stated order. */
export interface Shedding {
  /** The wait that a newcomer without requests of its own must expect, in milliseconds. */
  expectedWaitMs(ahead: number): number;
  /** `undefined` admits. */
  decide(input: SheddingInput): ShedReason | undefined;
  /** Takes the time between two starts while somebody waited. */
  learn(intervalMs: number): void;
  /** Takes how long a request waited that was the first of its user, and what {@link Shedding.expectedWaitMs} had said. */
  compare(expectedMs: number, waitedMs: number): void;
  /** Takes how long an interactive request was held from its start to its last byte. */
  answered(heldMs: number): void;
  /** Changes the longest wait; what was learned stays. */
  relimit(longestWaitMs: number): void;
}

/** Shares of the longest wait at which each class is refused: the order of shedding. */
const ORDER: readonly (readonly [ShedReason, share: number])[] = [
  ['background-first', 0.25],
  ['heavy-user-first', 0.5],
  ['overloaded', 1],
];

/** An answer that takes long by itself comes no sooner when others are refused: so much is left to the wait in any case. */
const LEAST_WAIT_SHARE = 0.5;
/** Waits that exceed what nearly all stay below do so by a few percent: with that kept free, they are in time as well. */
const PLANNED_SHARE = 0.93;
/** A newcomer is seen a turn of the loop late or two: its connection is accepted in one, its request read in the next. */
const DOOR_TURNS = 2;

/**
 * The queue serves in turn, so a newcomer waits for those whose turn comes before. When some of such waits would be longer
 * than a quarter of what `longestWaitMs` leaves to waiting, background work is refused; beyond a half, users who have something waiting already;
 * beyond all of it, everybody. A user's own queue is no reason: it delays nobody else.
 */
export function createShedding(initialLongestWaitMs: number): Shedding {
  let longestWaitMs = initialLongestWaitMs;
  const forecast = createWaitForecast();
  const answerTime = createAnswerTime();
  return {
    expectedWaitMs: (ahead) => forecast.meanMs(ahead),
    decide({ kind, ahead, ownWaiting, loopDelayMs }) {
      const waitMs = forecast.mostMs(ahead);
      const besideMs = answerTime.mostMs + DOOR_TURNS * loopDelayMs;
      const roomMs = Math.max(longestWaitMs * LEAST_WAIT_SHARE, longestWaitMs * PLANNED_SHARE - besideMs);
      const concerned: Record<ShedReason, boolean> = {
        'background-first': kind === 'background',
        'heavy-user-first': ownWaiting > 0,
        overloaded: true,
      };
      return ORDER.find(([reason, share]) => concerned[reason] && waitMs > roomMs * share)?.[0];
    },
    learn: (intervalMs) => forecast.learn(intervalMs),
    compare: (expectedMs, waitedMs) => forecast.compare(expectedMs, waitedMs),
    answered: (heldMs) => answerTime.learn(heldMs),
    relimit(newLongestWaitMs) {
      longestWaitMs = newLongestWaitMs;
    },
  };
}
