import { createGainWatch, type Actuator, type Proposal, type Prover, type Rule } from '@dataguardian/advisor';
import type { CacheProposal } from '@dataguardian/cache';
import { NOTHING, type CacheWindow } from './cache-meter.ts';
import { expectLoads } from './expected-loads.ts';
import { TRIAL_MS, type CacheAdviceOptions } from './cache-size-advice.ts';

/** Times to live in the advisor's loop: short ones, whose effect shows within two minutes. */
export interface CacheTtlAdvice {
  readonly rule: Rule;
  readonly prover: Prover;
  readonly actuator: Actuator;
}

type TtlChange = Extract<CacheProposal['change'], { kind: 'ttl' }>;

const KIND = 'cache.ttl';
const SECONDS_PER_DAY = 86_400;
const PERIOD_MS = 95_000;
/** Values that live longer are not seen to live twice as long within the time of a verification. */
export const LONGEST_TRIED_MS = 10_000;
const FEWEST_READS = 200;

/** A longer life for values that do not change: from comparisons of each refresh, verified by loads for each read. */
export function createCacheTtlAdvice({ cache, meter, clock }: CacheAdviceOptions): CacheTtlAdvice {
  const undo = new Map<string, () => void>();
  /** Namespaces that are being judged, and until when. */
  const inTrial = new Map<string, number>();

  const found = (): { readonly proposal: CacheProposal; readonly change: TtlChange }[] =>
    cache.analyst
      .proposals()
      .flatMap((proposal) => (proposal.change.kind === 'ttl' ? [{ proposal, change: proposal.change }] : []))
      .filter(
        ({ change: { namespace, fromMs } }) =>
          fromMs <= LONGEST_TRIED_MS && (inTrial.get(namespace) ?? 0) <= clock.now(),
      );

  const countsOf = (namespace: string): typeof NOTHING =>
    meter
      .windows(PERIOD_MS)
      .map(({ namespaces }) => namespaces.get(namespace) ?? NOTHING)
      .reduce((sum, { reads, loads }) => ({ ...sum, reads: sum.reads + reads, loads: sum.loads + loads }), NOTHING);

  return {
    rule: { name: 'cache-ttl', propose: () => found().map(({ proposal, change }) => toProposal(proposal, change)) },
    prover: {
      kind: KIND,
      prove({ change: { subject, parameters } }) {
        const one = found().find(({ change }) => change.namespace === subject && change.toMs === parameters['toMs']);
        const { reads, loads } = countsOf(subject);
        const outdated = one?.proposal.proof.outdatedReadRatio;
        if (one === undefined || outdated === undefined || reads < FEWEST_READS || loads === 0)
          return Promise.resolve(undefined);
        // A value read at rate r lives T and is loaded every T + 1/r: twice the T divides loads by 1 + hit ratio.
        const now = loads / reads;
        const gain = 2 - now;
        const { sampleSize, savedLoadMsPerSecond } = one.proposal.proof;
        const percent = (outdated.expected * 100).toFixed(1);
        return Promise.resolve({
          method: 'simulated',
          description: {
            en: `${sampleSize} refreshed values compared with the ones before. At most ${percent}% of reads see an outdated value afterwards; the loads follow from the hit ratio.`,
            nl: `${sampleSize} ververste waarden vergeleken met de vorige. Hoogstens ${percent}% van de leesacties ziet daarna een verouderde waarde; het aantal laadacties volgt uit de trefkans.`,
          },
          metric: 'cache.misses',
          figure: { en: `loads for each read of ${subject}`, nl: `laadacties per leesactie van ${subject}` },
          before: now,
          after: now / gain,
          better: 'lower',
          gainInterval: [1 + (gain - 1) / 2, 2],
          savedSecondsPerDay: (savedLoadMsPerSecond * 2 * (1 - 1 / gain) * SECONDS_PER_DAY) / 1_000,
        });
      },
    },
    actuator: {
      kind: KIND,
      scope: 'process',
      apply({ subject, parameters }, purpose) {
        const { fromMs, toMs } = parameters;
        const change = { kind: 'ttl', namespace: subject, fromMs: Number(fromMs), toMs: Number(toMs) } as const;
        undo.set(subject, cache.analyst.carryOut(change));
        if (purpose === 'trial') inTrial.set(subject, clock.now() + TRIAL_MS);
        return Promise.resolve({ fromMs });
      },
      revert({ subject }) {
        undo.get(subject)?.();
        undo.delete(subject);
        inTrial.delete(subject);
        return Promise.resolve();
      },
      verify({ subject, parameters }, proof, appliedAt) {
        const [fromMs, toMs] = [Number(parameters['fromMs']), Number(parameters['toMs'])];
        const countsIn = ({ namespaces }: CacheWindow): typeof NOTHING => namespaces.get(subject) ?? NOTHING;
        const read = (window: CacheWindow): number => {
          const { reads, loads } = countsIn(window);
          return reads === 0 ? Number.NaN : loads / reads;
        };
        // Whole lives are compared: many values are loaded in the same second, and expire together.
        const watch = createGainWatch<CacheWindow>({
          windows: (spanMs) => meter.windows(spanMs, toMs),
          clock,
          settleMs: fromMs,
          periodMs: PERIOD_MS,
          lookCount: 1,
          batch: 1,
        });
        const former = watch
          .before(appliedAt)
          .map((window) => ({ ...countsIn(window), durationMs: window.durationMs }));
        const expected = expectLoads(former);
        // What the former life would bring with the reads of each window: a load that halves is no gain.
        const control = (window: CacheWindow): number =>
          expected(countsIn(window).reads, window.durationMs) / countsIn(window).reads;
        return Promise.resolve(watch.verify(proof, appliedAt, { read, control, better: 'lower' }));
      },
    },
  };
}

function toProposal({ title, proof }: CacheProposal, { namespace, fromMs, toMs }: TtlChange): Proposal {
  return {
    rule: 'cache-ttl',
    change: { kind: KIND, subject: namespace, parameters: { fromMs, toMs } },
    title: { en: title, nl: `${namespace}: verversen brengt bijna altijd dezelfde waarde; verdubbel de levensduur` },
    explanation: {
      en: `Values of ${namespace} live for ${fromMs} ms and are loaded anew without having changed. ${toMs} ms save loads.`,
      nl: `Waarden van ${namespace} leven ${fromMs} ms en worden opnieuw geladen zonder te zijn veranderd. ${toMs} ms spaart laadacties.`,
    },
    evidence: {
      namespace,
      fromMs,
      toMs,
      refreshCount: proof.sampleSize,
      outdatedReadsNow: proof.outdatedReadRatio?.now ?? 0,
      outdatedReadsExpected: proof.outdatedReadRatio?.expected ?? 0,
    },
  };
}
