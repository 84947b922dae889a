import {
  createGainWatch,
  type Actuator,
  type Proof,
  type Proposal,
  type Prover,
  type Rule,
} from '@dataguardian/advisor';
import type { Cache, CacheProposal, ProposalProof } from '@dataguardian/cache';
import { sumOf, type CacheWindow } from './cache-meter.ts';
import type { CacheAdviceOptions } from './cache-size-advice.ts';

/** Early refresh of hot keys in the advisor's loop. */
export interface CacheRefreshAdvice {
  readonly rule: Rule;
  readonly prover: Prover;
  readonly actuator: Actuator;
}

type RefreshChange = Extract<CacheProposal['change'], { kind: 'early-refresh' }>;

/** An earlier refresh that the cache analyst proposes, with the reads that wait now and afterwards. */
interface Found {
  readonly proposal: CacheProposal;
  readonly change: RefreshChange;
  readonly waits: NonNullable<ProposalProof['waitingReadRatio']>;
}

const KIND = 'cache.refresh';
const SECONDS_PER_DAY = 86_400;
const MS_PER_SECOND = 1_000;
const PERIOD_MS = 95_000;
/** Values that live longer do not expire often enough for a judgement within the time of a verification. */
const LONGEST_TRIED_MS = 2_000;
/** Waits come in bursts, one for each life: several lives make one value of a comparison. */
const STRETCH_MS = 5_000;

/** An earlier refresh for keys that many read: from the reads that waited when one expired, verified by the same count. */
export function createCacheRefreshAdvice({ cache, meter, clock }: CacheAdviceOptions): CacheRefreshAdvice {
  const undo = new Map<string, () => void>();
  const find = (): Found[] => findRefreshes(cache).filter(({ change }) => change.ttlMs <= LONGEST_TRIED_MS);
  const waitsPerRead =
    (namespace: string) =>
    (window: CacheWindow): number => {
      const { reads, lapsedReads } = sumOf(window, (name) => name === namespace);
      return reads === 0 ? Number.NaN : lapsedReads / reads;
    };
  return {
    rule: { name: 'cache-refresh', propose: () => find().map(toProposal) },
    prover: {
      kind: KIND,
      prove({ change: { subject, parameters } }) {
        const one = find().find(
          ({ change }) => change.namespace === subject && change.toRatio === parameters['toRatio'],
        );
        return Promise.resolve(one && toProof(one));
      },
    },
    actuator: {
      kind: KIND,
      scope: 'process',
      apply({ subject, parameters }) {
        const fromRatio = Number(parameters['fromRatio']);
        const toRatio = Number(parameters['toRatio']);
        const ttlMs = Number(parameters['ttlMs']);
        undo.set(
          subject,
          cache.analyst.carryOut({ kind: 'early-refresh', namespace: subject, fromRatio, toRatio, ttlMs }),
        );
        return Promise.resolve({ fromRatio });
      },
      revert({ subject }) {
        undo.get(subject)?.();
        undo.delete(subject);
        return Promise.resolve();
      },
      verify({ subject, parameters }, proof, appliedAt) {
        const watch = createGainWatch<CacheWindow>({
          windows: (spanMs) => meter.windows(spanMs, STRETCH_MS),
          clock,
          settleMs: Number(parameters['ttlMs']),
          periodMs: PERIOD_MS,
          lookCount: 1,
          batch: 1,
        });
        return Promise.resolve(watch.verify(proof, appliedAt, { read: waitsPerRead(subject), better: 'lower' }));
      },
    },
  };
}

/** Earlier refreshes for values that live too long for a trial: people set them. */
export function findRefreshHints(cache: Cache): { readonly proposal: Proposal; readonly proof: Proof }[] {
  return findRefreshes(cache)
    .filter(({ change }) => change.ttlMs > LONGEST_TRIED_MS)
    .flatMap((found) => {
      const proof = toProof(found);
      const { namespace, toRatio } = found.change;
      const change = { kind: 'cache.hint', subject: namespace, parameters: { earlyRefreshRatio: toRatio } };
      return proof === undefined ? [] : [{ proposal: { ...toProposal(found), rule: 'cache-hot-keys', change }, proof }];
    });
}

function findRefreshes(cache: Cache): Found[] {
  return cache.analyst.proposals().flatMap((proposal) => {
    const { change, proof } = proposal;
    if (change.kind !== 'early-refresh' || proof.waitingReadRatio === undefined) return [];
    return [{ proposal, change, waits: proof.waitingReadRatio }];
  });
}

function toProof({ proposal: { proof }, change, waits: { now, expected } }: Found): Proof | undefined {
  if (expected <= 0) return undefined;
  const { sampleSize, savedWaitMsPerSecond = 0, moreLoadsRatio = 0 } = proof;
  const percent = (moreLoadsRatio * 100).toFixed(1);
  const gain = now / expected;
  return {
    method: 'simulated',
    description: {
      en: `${sampleSize} reads of hot keys counted that waited because the value had just expired; how many remain follows from how early a refresh begins. At most ${percent}% more loads.`,
      nl: `${sampleSize} leesacties van veelgelezen sleutels geteld die wachtten omdat de waarde net was verlopen; hoeveel er blijven volgt uit hoe vroeg het verversen begint. Hoogstens ${percent}% meer laadacties.`,
    },
    metric: 'cache.misses',
    figure: {
      en: `share of reads of ${change.namespace} that wait for an expired value`,
      nl: `deel van de leesacties van ${change.namespace} dat op een verlopen waarde wacht`,
    },
    before: now,
    after: expected,
    better: 'lower',
    gainInterval: [1 + (gain - 1) / 2, 2 * gain],
    savedSecondsPerDay: (savedWaitMsPerSecond * SECONDS_PER_DAY) / MS_PER_SECOND,
  };
}

function toProposal({ proposal: { title, proof }, change, waits }: Found): Proposal {
  const { namespace, fromRatio, toRatio, ttlMs } = change;
  return {
    rule: 'cache-refresh',
    change: { kind: KIND, subject: namespace, parameters: { fromRatio, toRatio, ttlMs } },
    title: {
      en: title,
      nl: `${namespace}: lezers wachten telkens als een veelgelezen waarde verloopt; ververs eerder`,
    },
    explanation: {
      en: `Whenever a hot value of ${namespace} expires, all who ask for it wait for one load. With earlyRefreshRatio ${toRatio} instead of ${fromRatio} its refresh begins earlier, in the background.`,
      nl: `Telkens als een veelgelezen waarde van ${namespace} verloopt, wachten alle lezers op één laadactie. Met earlyRefreshRatio ${toRatio} in plaats van ${fromRatio} begint het verversen eerder, op de achtergrond.`,
    },
    evidence: {
      namespace,
      fromRatio,
      toRatio,
      waitedReads: proof.sampleSize,
      waitingShareNow: waits.now,
      waitingShareExpected: waits.expected,
    },
  };
}
