import type { Actuator, AlternatingTrials, LocalText, Proposal, Prover, Rule } from '@dataguardian/advisor';
import type { Admission, ResolvedLimits, RuntimeLimits } from '@dataguardian/sessions';
import type { Clock } from '@dataguardian/telemetry';
import { settledSince } from '../settled-stretch.ts';
import { REFUSAL_MS, type AdmissionTrace } from './admission-trace.ts';
import { createReplay, type AdmissionReplay } from './replay-admission.ts';

/** The limits of admission in the advisor's loop. */
export interface LimitsAdvice {
  readonly rule: Rule;
  readonly prover: Prover;
  readonly actuator: Actuator;
}

/** What the advice rests on. */
export interface LimitsAdviceOptions {
  /** Absent before a server with admission control is built. */
  readonly admission: () => Admission | undefined;
  readonly trace: AdmissionTrace;
  readonly trials: AlternatingTrials;
  readonly clock: Clock;
}

type Limit = keyof RuntimeLimits;

const KIND = 'sessions.limits';
const LOOK_BACK_MS = 60_000;
/** Fewer arrivals say too little. */
const FEWEST_ARRIVALS = 300;
/** More say little more, and take longer to play. */
const MOST_ARRIVALS = 3_000;
/** The rule and the prover look at the same moment. */
const SAME_LOOK_MS = 10_000;
/** Less is not worth a change. */
const NOTICEABLE_MS = 2;
const LEAST_GAIN = 1.2;
/** Those who ask for little must not pay for those who ask for much. */
const MOST_LIGHT_LOSS = 1.1;
const SECONDS_PER_DAY = 86_400;
const MS_PER_SECOND = 1_000;
const LIMITS: readonly Limit[] = ['concurrency', 'perUserRunning', 'longestWaitMs'];
const FACTORS = [2, 4];
const NEARLY_ALL = 0.9;
/** Beyond these a limit is no limit any more. */
const MOST: Readonly<Record<Limit, number>> = { concurrency: 1_024, perUserRunning: 64, longestWaitMs: 2_000 };

const WORDS: Readonly<Record<Limit, (from: number, to: number) => LocalText>> = {
  concurrency: (from, to) => ({
    en: `${to} requests at once instead of ${from}`,
    nl: `${to} verzoeken tegelijk in plaats van ${from}`,
  }),
  perUserRunning: (from, to) => ({
    en: `${to} requests of one person at once instead of ${from}`,
    nl: `${to} verzoeken van één persoon tegelijk in plaats van ${from}`,
  }),
  longestWaitMs: (from, to) => ({
    en: `Let requests wait for up to ${to} ms instead of ${from} ms before they are refused`,
    nl: `Laat verzoeken tot ${to} ms in plaats van ${from} ms wachten voordat ze worden geweigerd`,
  }),
};

interface Found {
  readonly limit: Limit;
  readonly from: number;
  readonly to: number;
  readonly present: AdmissionReplay;
  readonly changed: AdmissionReplay;
  /** From arrival to answer, measured and not simulated. */
  readonly measuredMs: number;
  readonly waitMs: number;
  readonly arrivalsPerSecond: number;
}

/** Limits that let people lose less time: the recorded arrivals played again through the real queue with other limits. */
export function createLimitsAdvice(options: LimitsAdviceOptions): LimitsAdvice {
  const { admission, trace, trials, clock } = options;

  const replayAll = async (): Promise<Found | undefined> => {
    const limits = admission()?.limits();
    const arrivals = trace.since(clock.now() - LOOK_BACK_MS).slice(-MOST_ARRIVALS);
    const [first] = arrivals;
    const isTrying = LIMITS.some((limit) => trials.isRunning(trialOf(limit)));
    if (isTrying || limits === undefined || first === undefined || arrivals.length < FEWEST_ARRIVALS) return undefined;
    // A load or a limit that has just come is not to be averaged with the quiet before it.
    const from = settledSince((since, until) => trace.times(since, until).responseMs, clock.now());
    const { responseMs: measuredMs, waitMs } = trace.times(from, clock.now());
    if (Number.isNaN(waitMs) || waitMs < NOTICEABLE_MS) return undefined;
    const arrivalsPerSecond = (arrivals.length * MS_PER_SECOND) / Math.max(1, clock.now() - first.at);
    const replay = createReplay(arrivals);
    const present = await replay.play(limits);
    const found: Found[] = [];
    for (const { limit, to } of candidatesOf(limits)) {
      const changed = await replay.play({ ...limits, [limit]: to });
      const one = { limit, from: limits[limit], to, present, changed, measuredMs, waitMs, arrivalsPerSecond };
      if (gainOf(one) >= LEAST_GAIN && changed.lightResponseMs <= present.lightResponseMs * MOST_LIGHT_LOSS)
        found.push(one);
    }
    // The smallest change that brings nearly all there is to gain.
    const best = Math.max(...found.map(gainOf));
    return found.find((one) => Math.log(gainOf(one)) >= NEARLY_ALL * Math.log(best));
  };

  let lastLook: { readonly at: number; readonly found: Promise<Found | undefined> } | undefined;
  const look = (): Promise<Found | undefined> => {
    if (lastLook === undefined || clock.now() - lastLook.at >= SAME_LOOK_MS)
      lastLook = { at: clock.now(), found: replayAll() };
    return lastLook.found;
  };

  return {
    rule: {
      name: 'admission-limits',
      async propose() {
        const found = await look();
        return found === undefined ? [] : [toProposal(found)];
      },
    },
    prover: {
      kind: KIND,
      async prove({ change: { parameters } }) {
        const found = await look();
        if (found === undefined || found.limit !== parameters['limit'] || found.to !== parameters['to'])
          return undefined;
        const { present, changed, measuredMs, arrivalsPerSecond } = found;
        // How far the replay is off at the present limits says how far it may be off at others.
        const error = Math.max(present.responseMs, measuredMs) / Math.min(present.responseMs, measuredMs);
        const after = changed.responseMs;
        const gain = measuredMs / after;
        if (gain < LEAST_GAIN) return undefined;
        return {
          method: 'simulated',
          description: {
            en: `${present.requestCount} recorded arrivals played again through the same queue: ${changed.refusedCount} refused instead of ${present.refusedCount}, a refusal counted as ${REFUSAL_MS} ms. At the present limits the replay is off by a factor of ${error.toFixed(1)}.`,
            nl: `${present.requestCount} vastgelegde verzoeken opnieuw door dezelfde wachtrij: ${changed.refusedCount} geweigerd in plaats van ${present.refusedCount}, een weigering telt als ${REFUSAL_MS} ms. Bij de huidige grenzen zit het naspelen er een factor ${error.toFixed(1)} naast.`,
          },
          metric: 'sessions.waitP95',
          figure: { en: 'mean time to the answer, ms', nl: 'gemiddelde tijd tot het antwoord, ms' },
          before: measuredMs,
          after,
          better: 'lower',
          gainInterval: [Math.max(1, gain / error), gain * error],
          savedSecondsPerDay: ((measuredMs - after) / MS_PER_SECOND) * arrivalsPerSecond * SECONDS_PER_DAY,
          savedP95SecondsPerDay:
            (Math.max(0, present.p95Ms - changed.p95Ms) / MS_PER_SECOND) * arrivalsPerSecond * SECONDS_PER_DAY,
        };
      },
    },
    actuator: {
      kind: KIND,
      scope: 'process',
      apply({ parameters }, purpose) {
        const door = admission();
        if (door === undefined) return Promise.reject(new Error('This process has no admission control.'));
        const limit = toLimit(parameters['limit']);
        const from = door.limits()[limit];
        const to = Math.min(MOST[limit], Number(parameters['to']));
        door.relimit({ [limit]: to });
        if (purpose === 'trial')
          trials.start(trialOf(limit), {
            on: () => door.relimit({ [limit]: to }),
            off: () => door.relimit({ [limit]: from }),
            read: (since, until) => trace.times(since, until).responseMs,
            better: 'lower',
          });
        return Promise.resolve({ from });
      },
      revert({ parameters }, { from }) {
        const limit = toLimit(parameters['limit']);
        trials.end(trialOf(limit));
        if (typeof from === 'number') admission()?.relimit({ [limit]: from });
        return Promise.resolve();
      },
      verify: ({ parameters }, proof) => Promise.resolve(trials.verify(trialOf(toLimit(parameters['limit'])), proof)),
    },
  };
}

function gainOf({ present, changed }: Found): number {
  return present.responseMs / changed.responseMs;
}

function candidatesOf(limits: ResolvedLimits): { readonly limit: Limit; readonly to: number }[] {
  return FACTORS.flatMap((factor) =>
    LIMITS.map((limit) => ({ limit, to: limits[limit] * factor })).filter(
      ({ limit, to }) => to <= MOST[limit] && (limit !== 'perUserRunning' || to <= limits.concurrency),
    ),
  );
}

function toLimit(name: unknown): Limit {
  const limit = LIMITS.find((one) => one === name);
  if (limit === undefined) throw new TypeError(`There is no limit ${String(name)}.`);
  return limit;
}

function trialOf(limit: Limit): string {
  return `${KIND} ${limit}`;
}

function toProposal({ limit, from, to, present, changed, measuredMs, waitMs }: Found): Proposal {
  const ms = waitMs.toFixed(1);
  return {
    rule: 'admission-limits',
    change: { kind: KIND, subject: 'admission', parameters: { limit, to } },
    title: WORDS[limit](from, to),
    explanation: {
      en: `People wait ${ms} ms at the door with each request, although the server has room for more.`,
      nl: `Mensen wachten bij elk verzoek ${ms} ms aan de deur, hoewel de server ruimte heeft voor meer.`,
    },
    evidence: {
      limit,
      from,
      to,
      waitMs,
      measuredMs,
      replayedMs: present.responseMs,
      expectedMs: changed.responseMs,
      refusedCount: present.refusedCount,
      lightUsersMs: changed.lightResponseMs,
    },
  };
}
