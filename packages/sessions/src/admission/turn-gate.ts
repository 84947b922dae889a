import type { Clock } from '@dataguardian/telemetry';

/** Keeps the turns of the event loop short by the work that is started in each. */
export interface TurnGate {
  /** Whether something may start in this turn. */
  isOpen(): boolean;
  /** Starts work, whose time up to its first pause is what the turn is charged. */
  run(work: () => void): void;
  /** Calls back once in the next turn; several calls in one turn are one. */
  onNextTurn(callback: () => void): void;
}

/** Empty turns after a full one, per millisecond of work; each costs some 10 us when nothing arrived. */
const REST_TURNS_PER_MS = 2;
const MOST_REST_TURNS = 16;

/**
 * New connections are accepted one per turn, and requests read once per turn. Were all that may run started in one
 * turn, newcomers would wait for the sum of their work before anybody even sees them. Cheap work shares a turn, dear
 * work has its own, and some empty turns follow, in which those who wait at the door come in. What else happens in a turn
 * is not charged, and the empty ones end after as much time as the work took: turns that are long because of something
 * else, such as answers of the database, must not keep everybody waiting many times over.
 */
export function createTurnGate(clock: Pick<Clock, 'monotonic'>, budgetMs: number): TurnGate {
  let workMs = 0;
  let restTurns = 0;
  let restUntil = 0;
  let state: 'free' | 'working' | 'resting' = 'free';
  let waiting: (() => void) | undefined;

  const turn = (): void => {
    if (state === 'working') {
      restTurns = Math.min(MOST_REST_TURNS, Math.floor(workMs * REST_TURNS_PER_MS));
      restUntil = clock.monotonic() + workMs;
      state = 'resting';
    }
    if (restTurns-- > 0 && clock.monotonic() <= restUntil) {
      setImmediate(turn);
      return;
    }
    state = 'free';
    const callback = waiting;
    waiting = undefined;
    callback?.();
  };
  const begin = (): void => {
    state = 'working';
    workMs = 0;
    setImmediate(turn);
  };

  return {
    isOpen() {
      if (state === 'free') begin();
      return state === 'working' && workMs < budgetMs;
    },
    run(work) {
      const from = clock.monotonic();
      work();
      workMs += clock.monotonic() - from;
    },
    onNextTurn(callback) {
      if (state === 'free') begin();
      waiting = callback;
    },
  };
}

/** A gate that lets everything pass: for queues whose work blocks nothing. */
export const openGate: TurnGate = {
  isOpen: () => true,
  run: (work) => work(),
  onNextTurn: (callback) => void setImmediate(callback),
};
