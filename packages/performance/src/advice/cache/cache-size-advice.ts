import {
  createGainWatch,
  type Actuator,
  type Proposal,
  type Prover,
  type Rule,
  type Verification,
} from '@dataguardian/advisor';
import type { Cache, CacheProposal } from '@dataguardian/cache';
import type { Clock } from '@dataguardian/telemetry';
import { sumOf, type CacheMeter, type CacheWindow } from './cache-meter.ts';

/** The size of the memory tier in the advisor's loop. */
export interface CacheSizeAdvice {
  readonly rule: Rule;
  readonly prover: Prover;
  readonly actuator: Actuator;
  /** Whether what has been sampled shows a gain. */
  readonly isReady: () => boolean;
}

/** What advice about a cache rests on. */
export interface CacheAdviceOptions {
  readonly cache: Cache;
  readonly meter: CacheMeter;
  readonly clock: Clock;
}

type SizeChange = Extract<CacheProposal['change'], { kind: 'memory-size' }>;

const KIND = 'cache.size';
const SECONDS_PER_DAY = 86_400;
const MS_PER_SECOND = 1_000;
const MEBIBYTE = 1_048_576;
/** Less is within the noise of a verification. */
const LEAST_GAIN = 1.06;
const LEAST_MISSES = 1e-4;
/** A tier is full when it holds that share of its bound. */
const FULL_RATIO = 0.95;
/** Or when it took in less than that share of what was added, in so long: it has what it needs, or fills too slowly to wait for. */
const SLOW_RATIO = 0.05;
const SLOW_MS = 10_000;
/** Filling takes some of the time of a verification, a change of size before it some of what it is compared with. */
const BATCH = 2;
/** A verification takes no longer. */
export const TRIAL_MS = 120_000;

/** So many seconds in which nothing left memory say that it has room. */
const FEWEST_WINDOWS = 10;
const NOTHING_LEFT: Verification = {
  verdict: 'absent',
  before: 0,
  after: 0,
  gain: 1,
  errorRate: 0,
  sampleCount: FEWEST_WINDOWS,
  description: {
    en: 'No value had to leave memory before, so that more of it holds nothing that was not held anyway.',
    nl: 'Er hoefde voorheen geen waarde uit het geheugen, dus meer ervan bevat niets wat er niet al in paste.',
  },
};

/** More memory where values are evicted that are asked for again: simulated before, measured after. */
export function createCacheSizeAdvice({ cache, meter, clock }: CacheAdviceOptions): CacheSizeAdvice {
  const watch = createGainWatch<CacheWindow>({ windows: (spanMs) => meter.windows(spanMs), clock, batch: BATCH });
  let trialUntil = Number.NEGATIVE_INFINITY;
  const undo = new Map<number, () => void>();
  const find = (): { readonly proposal: CacheProposal; readonly change: SizeChange } | undefined => {
    // The curve of a size that is being judged belongs to neither of the two.
    if (clock.now() < trialUntil) return undefined;
    for (const proposal of cache.analyst.proposals()) {
      const { change, proof } = proposal;
      if (change.kind !== 'memory-size' || proof.hitRatio === undefined) continue;
      if (missesOf(proof.hitRatio.now) / missesOf(proof.hitRatio.expected) >= LEAST_GAIN) return { proposal, change };
    }
    return undefined;
  };
  return {
    isReady: () => find() !== undefined,
    rule: {
      name: 'cache-size',
      propose() {
        const found = find();
        return found === undefined ? [] : [toProposal(found.proposal, found.change)];
      },
    },
    prover: {
      kind: KIND,
      prove({ change: { parameters } }) {
        const found = find();
        const hitRatio = found?.proposal.proof.hitRatio;
        if (found?.change.toBytes !== parameters['toBytes'] || hitRatio === undefined)
          return Promise.resolve(undefined);
        const { sampleSize, savedLoadMsPerSecond } = found?.proposal.proof ?? {
          sampleSize: 0,
          savedLoadMsPerSecond: 0,
        };
        const { now, expected, errorPoints } = hitRatio;
        const error = errorPoints / 100;
        return Promise.resolve({
          method: 'simulated',
          description: {
            en: `The tier’s own policy in miniature, at this size and at twice of it, on ${sampleSize} sampled requests; its hit ratio is off by ${errorPoints} point on average.`,
            nl: `Het eigen beleid van de laag in het klein, bij deze en bij de dubbele grootte, op een steekproef van ${sampleSize} verzoeken; de trefkans zit er gemiddeld ${errorPoints} punt naast.`,
          },
          metric: 'cache.hitRatio',
          figure: { en: 'share of reads that memory cannot answer', nl: 'deel dat het geheugen niet kan beantwoorden' },
          before: missesOf(now),
          after: missesOf(expected),
          better: 'lower',
          gainInterval: [
            missesOf(now) / missesOf(expected - error),
            missesOf(now) / missesOf(Math.min(1, expected + error)),
          ],
          savedSecondsPerDay: (savedLoadMsPerSecond * SECONDS_PER_DAY) / MS_PER_SECOND,
        });
      },
    },
    actuator: {
      kind: KIND,
      scope: 'process',
      apply({ parameters }, purpose) {
        const toBytes = Number(parameters['toBytes']);
        const fromBytes = cache.stats().memoryMaxBytes;
        undo.set(toBytes, cache.analyst.carryOut({ kind: 'memory-size', fromBytes, toBytes }));
        if (purpose === 'trial') trialUntil = clock.now() + TRIAL_MS;
        return Promise.resolve({ fromBytes });
      },
      revert({ parameters }) {
        const toBytes = Number(parameters['toBytes']);
        // After a restart the cache has its configured size again and there is nothing to take back.
        undo.get(toBytes)?.();
        undo.delete(toBytes);
        return Promise.resolve();
      },
      verify({ parameters }, proof, appliedAt) {
        const toBytes = Number(parameters['toBytes']);
        const before = watch.before(appliedAt);
        const fromBytes = before.at(-1)?.memoryMaxBytes ?? toBytes;
        const former = before.filter(({ memoryMaxBytes }) => memoryMaxBytes === fromBytes);
        // A cache that is filling hits more from minute to minute, whatever its bound.
        if (toBytes > fromBytes && former.length >= FEWEST_WINDOWS && former.every((window) => !isFull(window)))
          return Promise.resolve(NOTHING_LEFT);
        const read = (window: CacheWindow): number => {
          const { reads, memoryHits } = sumOf(window);
          return reads === 0 ? Number.NaN : missesOf(memoryHits / reads);
        };
        return Promise.resolve(
          watch.verify(proof, appliedAt, {
            read,
            better: 'lower',
            isFormer: ({ memoryMaxBytes }) => memoryMaxBytes === fromBytes,
            // What fills cannot hit yet what it was promised for.
            settledAt: (since) => findFull(since, toBytes - fromBytes),
          }),
        );
      },
    },
  };
}

/** When a tier that was made larger had filled; one that was made smaller is full at once. */
function findFull(windows: readonly CacheWindow[], addedBytes: number): number | undefined {
  return windows.find((window) => {
    const { at, memoryBytes } = window;
    if (isFull(window)) return true;
    const earlier = windows.findLast((former) => former.at <= at - SLOW_MS);
    return earlier !== undefined && memoryBytes - earlier.memoryBytes < addedBytes * SLOW_RATIO;
  })?.at;
}

function isFull({ memoryBytes, memoryMaxBytes, evictedCount }: CacheWindow): boolean {
  return evictedCount > 0 || memoryBytes >= memoryMaxBytes * FULL_RATIO;
}

function missesOf(hitRatio: number): number {
  return Math.max(LEAST_MISSES, 1 - hitRatio);
}

function toProposal({ title, proof }: CacheProposal, { fromBytes, toBytes }: SizeChange): Proposal {
  const { now = 0, expected = 0 } = proof.hitRatio ?? {};
  const from = (fromBytes / MEBIBYTE).toFixed(1);
  const to = (toBytes / MEBIBYTE).toFixed(1);
  return {
    rule: 'cache-size',
    change: { kind: KIND, subject: 'memory tier', parameters: { toBytes } },
    title: { en: title, nl: `Tweemaal zoveel geheugen: trefkans van ${percent(now)} naar ${percent(expected)}` },
    explanation: {
      en: `The memory tier evicts values that are asked for again. With ${to} MiB instead of ${from} MiB fewer reads reach the database.`,
      nl: `De geheugenlaag verwijdert waarden die later weer nodig zijn. Met ${to} MiB in plaats van ${from} MiB bereiken minder leesacties de database.`,
    },
    evidence: { fromBytes, toBytes, hitRatioNow: now, hitRatioExpected: expected, sampleSize: proof.sampleSize },
  };
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)}%`;
}
