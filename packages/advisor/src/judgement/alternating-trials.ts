import type { Clock, Timer } from '@dataguardian/telemetry';
import { gainOf } from '../gain.ts';
import type { Proof, Verification } from '../recommendation.ts';
import { judgePairs, type GainPair } from './judge-pairs.ts';
import { toVerification } from './to-verification.ts';

/** Something that can be put on and off while users work, and what shows whether it helps. */
export interface Trial {
  readonly on: () => void;
  readonly off: () => void;
  /** The figure over a stretch of time (epoch milliseconds); `NaN` when nothing was measured. */
  readonly read: (from: number, to: number) => number;
  readonly better: 'lower' | 'higher';
  /** @defaultValue see `judgePairs` */
  readonly least?: number;
}

/** How trials are run. */
export interface AlternatingTrialsOptions {
  readonly clock: Clock;
  /** A source of numbers in [0, 1): draws the order within each pair. @defaultValue Math.random */
  readonly random?: () => number;
  /** Length of one stretch. @defaultValue 6_000 */
  readonly stretchMs?: number;
  /** Its beginning, which is left out: what waited under the other setting is still being served. @defaultValue 2_000 */
  readonly settleMs?: number;
  /** @defaultValue 8 */
  readonly pairCount?: number;
}

/** Trials that are under way or over, by name. A trial that is over leaves its change on. */
export interface AlternatingTrials {
  /** Starts a trial of a change that is on; one of the same name ends. */
  start(name: string, trial: Trial): void;
  /** `undefined` until it is decided, and for an unknown name. */
  verify(name: string, proof: Proof): Verification | undefined;
  /** Whether the change is still put on and off: what is measured meanwhile belongs to neither. */
  isRunning(name: string): boolean;
  /** Ends a trial without touching the change. */
  end(name: string): void;
  close(): void;
}

interface Running {
  readonly trial: Trial;
  readonly pairs: GainPair[];
  timer: Timer | undefined;
}

const METHOD = {
  en: 'the change put on and off in turns of six seconds, the order drawn by lot, signed-rank test over the pairs',
  nl: 'de wijziging om en om zes seconden aan en uit, de volgorde geloot, rangtekentoets over de paren',
};

/** Creates the keeper of trials. */
export function createAlternatingTrials(options: AlternatingTrialsOptions): AlternatingTrials {
  const { clock, random = Math.random, stretchMs = 6_000, settleMs = 2_000, pairCount = 8 } = options;
  const running = new Map<string, Running>();

  /** One stretch; then `next` with its figure. */
  const stretch = (state: Running, isOn: boolean, next: (value: number) => void): void => {
    if (isOn) state.trial.on();
    else state.trial.off();
    const from = clock.now() + settleMs;
    state.timer = clock.schedule(stretchMs, () => next(state.trial.read(from, clock.now())));
  };

  const turn = (state: Running): void => {
    if (state.pairs.length >= pairCount) {
      state.timer = undefined;
      state.trial.on();
      return;
    }
    const isOnFirst = random() < 0.5;
    stretch(state, isOnFirst, (first) => {
      stretch(state, !isOnFirst, (second) => {
        state.pairs.push(isOnFirst ? { on: first, off: second } : { on: second, off: first });
        turn(state);
      });
    });
  };

  const end = (name: string): void => {
    running.get(name)?.timer?.cancel();
    running.delete(name);
  };

  return {
    start(name, trial) {
      end(name);
      const state: Running = { trial, pairs: [], timer: undefined };
      running.set(name, state);
      turn(state);
    },
    verify(name, proof) {
      const state = running.get(name);
      if (state === undefined) return undefined;
      const { better, least } = state.trial;
      const judgement = judgePairs(state.pairs, {
        better,
        predictedGain: gainOf(proof),
        isComplete: state.pairs.length >= pairCount,
        ...(least === undefined ? {} : { least }),
      });
      return toVerification(judgement, METHOD);
    },
    isRunning: (name) => running.get(name)?.timer !== undefined,
    end,
    close() {
      for (const name of running.keys()) end(name);
    },
  };
}
