import type { Actuator, AlternatingTrials, Prover, Rule } from '@dataguardian/advisor';
import type { Database } from '@dataguardian/database';
import type { Clock } from '@dataguardian/telemetry';
import { settledSince } from './settled-stretch.ts';
import type { StatementMeter } from './statement-meter.ts';

/** The size of the pool in the advisor's loop. */
export interface PoolAdvice {
  readonly rule: Rule;
  readonly prover: Prover;
  readonly actuator: Actuator;
}

/** What the advice rests on. */
export interface PoolAdviceOptions {
  readonly times: StatementMeter;
  readonly trials: AlternatingTrials;
  readonly clock: Clock;
}

const KIND = 'database.pool';
/** A wait that nobody notices is not worth a change. */
const NOTICEABLE_WAIT_MS = 2;
/** A gain below this is within the error of the model. */
const LEAST_GAIN = 1.2;
const SHORTEST_WAIT_MS = 0.1;
/** Waits in a queue with several servers fall off exponentially: one in twenty is three times the mean (ln 20) or more. */
const P95_OF_WAIT = Math.log(20);
const SECONDS_PER_DAY = 86_400;

/**
 * More connections where callers wait: by a queueing model fitted to measured waits, then tried live, with and without in
 * turns. Fewer are not proposed: the pool closes by itself what it does not need, so that a lower limit would save nothing.
 */
export function createPoolAdvice(database: Database, { times, trials, clock }: PoolAdviceOptions): PoolAdvice {
  const useful = () => {
    if (trials.isRunning(KIND)) return undefined;
    const proposal = database.proposePoolSize();
    if (proposal === undefined || proposal.connectionCount <= proposal.currentCount) return undefined;
    // A load or a limit that has just come is not to be averaged with the quiet before it.
    const from = settledSince((since, until) => times.times(since, until).meanMs, clock.now());
    const { meanMs: before, waitMs: measuredWaitMs } = times.times(from, clock.now());
    const meanHoldMs = before - measuredWaitMs;
    const after = meanHoldMs + proposal.predictedWaitMs;
    return measuredWaitMs >= NOTICEABLE_WAIT_MS && before / after >= LEAST_GAIN
      ? { ...proposal, measuredWaitMs, before, after, meanHoldMs }
      : undefined;
  };
  return {
    rule: {
      name: 'pool-size',
      propose() {
        const proposal = useful();
        if (proposal === undefined) return [];
        const {
          connectionCount: to,
          currentCount: from,
          measuredWaitMs,
          predictedWaitMs,
          meanHoldMs,
          busyCount,
        } = proposal;
        const [wait, busy] = [`${measuredWaitMs.toFixed(1)} ms`, busyCount.toFixed(1)];
        return [
          {
            rule: 'pool-size',
            change: { kind: KIND, subject: 'pool', parameters: { to } },
            title: { en: `${to} connections instead of ${from}`, nl: `${to} verbindingen in plaats van ${from}` },
            explanation: {
              en: `Callers wait ${wait} for a connection on average; ${busy} are busy on average.`,
              nl: `Aanroepers wachten gemiddeld ${wait} op een verbinding; gemiddeld zijn er ${busy} bezet.`,
            },
            evidence: { from, to, measuredWaitMs, predictedWaitMs, meanHoldMs, busyCount },
          },
        ];
      },
    },
    prover: {
      kind: KIND,
      prove() {
        const proposal = useful();
        if (proposal === undefined) return Promise.resolve(undefined);
        const { before, after, measuredWaitMs, meanHoldMs, currentPredictedWaitMs } = proposal;
        // How far the model is off at the present size says how far it may be off at another.
        const error = Number.isFinite(currentPredictedWaitMs)
          ? Math.max(measuredWaitMs, currentPredictedWaitMs) /
            Math.max(SHORTEST_WAIT_MS, Math.min(measuredWaitMs, currentPredictedWaitMs))
          : 2;
        const wait = after - meanHoldMs;
        const { load } = database.statistics();
        const savedSecondsPerDay = ((before - after) * load.lendCount * SECONDS_PER_DAY) / Math.max(1, load.windowMs);
        return Promise.resolve({
          method: 'simulated',
          description: {
            en: `Queueing model (Erlang C with the measured spread of service times) over ${load.lendCount} lends; at the present size it is off by a factor of ${error.toFixed(1)}.`,
            nl: `Wachtrijmodel (Erlang C met de gemeten spreiding van de bedieningstijden) over ${load.lendCount} uitleningen; bij de huidige grootte zit het er een factor ${error.toFixed(1)} naast.`,
          },
          metric: 'queries.waitP95',
          figure: {
            en: 'mean time of a statement with its wait, ms',
            nl: 'gemiddelde tijd van een query met het wachten, ms',
          },
          before,
          after,
          better: 'lower',
          gainInterval: [before / (wait * error + meanHoldMs), before / (wait / error + meanHoldMs)],
          savedSecondsPerDay,
          savedP95SecondsPerDay: savedSecondsPerDay * P95_OF_WAIT,
        });
      },
    },
    actuator: {
      kind: KIND,
      scope: 'process',
      apply({ parameters }, purpose) {
        const from = database.statistics().pool.max;
        const to = Number(parameters['to']);
        database.resizePool(to);
        if (purpose === 'trial')
          trials.start(KIND, {
            on: () => database.resizePool(to),
            off: () => database.resizePool(from),
            read: (since, until) => times.times(since, until).meanMs,
            better: 'lower',
          });
        return Promise.resolve({ from });
      },
      revert(_change, { from }) {
        trials.end(KIND);
        if (typeof from === 'number') database.resizePool(from);
        return Promise.resolve();
      },
      verify: (_change, proof) => Promise.resolve(trials.verify(KIND, proof)),
    },
  };
}
