import type { Actuator, Proposal, Prover, Rule, Verification } from '@dataguardian/advisor';
import type { Cache, CacheProposal } from '@dataguardian/cache';

/** The cache analyst's proposals in the advisor's loop. */
export interface CacheAdvice {
  readonly rule: Rule;
  readonly prover: Prover;
  readonly actuator: Actuator;
}

const KIND = 'cache.tuning';
const SECONDS_PER_DAY = 86_400;
const MS_PER_SECOND = 1_000;
const ERROR_RATE = 0.05;
const Z_95 = 1.96;

/** Size and ttl of the memory tier: simulated before, measured after, taken back when the gain stays away. */
export function createCacheAdvice(cache: Cache): CacheAdvice {
  const undo = new Map<string, () => void>();
  const find = (id: unknown): CacheProposal | undefined =>
    cache.analyst.proposals().find((proposal) => proposal.id === id);
  return {
    rule: {
      name: 'cache-analyst',
      propose: () =>
        cache.analyst
          .proposals()
          .filter(({ proof }) => proof.hitRatio !== undefined)
          .map(toProposal),
    },
    prover: {
      kind: KIND,
      prove({ change }) {
        const proof = find(change.parameters['proposalId'])?.proof;
        if (proof?.hitRatio === undefined) return Promise.resolve(undefined);
        const { now, expected, errorPoints } = proof.hitRatio;
        const error = errorPoints / 100;
        return Promise.resolve({
          method: 'simulated',
          description: {
            en: `${proof.method} ${proof.sampleSize} sampled requests; mean error ${errorPoints} points.`,
            nl: `Simulatie van het cachebeleid op een steekproef van ${proof.sampleSize} verzoeken; gemiddelde fout ${errorPoints} punt.`,
          },
          metric: 'cache.hitRatio',
          before: now,
          after: expected,
          gainInterval: [(expected - error) / now, (expected + error) / now],
          savedSecondsPerDay: (proof.savedLoadMsPerSecond * SECONDS_PER_DAY) / MS_PER_SECOND,
        });
      },
    },
    actuator: {
      kind: KIND,
      apply({ parameters }) {
        const proposalId = String(parameters['proposalId']);
        const takeBack = cache.analyst.apply(proposalId);
        if (takeBack === undefined) return Promise.reject(new Error('The cache does not propose this any more.'));
        undo.set(proposalId, takeBack);
        return Promise.resolve({ proposalId });
      },
      revert(_change, { proposalId }) {
        // After a restart the cache has its configured size again and there is nothing to take back.
        undo.get(String(proposalId))?.();
        undo.delete(String(proposalId));
        return Promise.resolve();
      },
      verify({ parameters }) {
        const verdict = cache.analyst.verify(String(parameters['proposalId']));
        if (verdict === undefined || verdict.state === 'early') return Promise.resolve(undefined);
        const { before, after } = verdict.hitRatio;
        return Promise.resolve({
          verdict: after < before ? 'worse' : verdict.state === 'kept' ? 'confirmed' : 'absent',
          before,
          after,
          ...toGain(before, after, verdict.requestCount),
          errorRate: ERROR_RATE,
          sampleCount: verdict.requestCount,
          description: {
            en: `Hit ratio over ${verdict.requestCount} requests since the change, against all before it.`,
            nl: `Trefkans over ${verdict.requestCount} verzoeken sinds de wijziging, tegenover alle daarvoor.`,
          },
        });
      },
    },
  };
}

const MEBIBYTE = 1_048_576;

function toProposal({ id, title, change, proof }: CacheProposal): Proposal {
  const size = change.kind === 'memory-size' ? change : undefined;
  const now = percent(proof.hitRatio?.now ?? 0);
  const expected = percent(proof.hitRatio?.expected ?? 0);
  return {
    rule: 'cache-analyst',
    change: { kind: KIND, subject: 'memory tier', parameters: { proposalId: id, ...change } },
    title: { en: title, nl: `Tweemaal zoveel geheugen: trefkans van ${now} naar ${expected}` },
    explanation: {
      en: `The memory tier evicts values that are asked for again. ${size === undefined ? '' : `With ${size.toBytes / MEBIBYTE} MiB instead of ${size.fromBytes / MEBIBYTE} MiB fewer reads reach the database.`}`,
      nl: `De geheugenlaag verwijdert waarden die later weer nodig zijn. ${size === undefined ? '' : `Met ${size.toBytes / MEBIBYTE} MiB in plaats van ${size.fromBytes / MEBIBYTE} MiB bereiken minder leesacties de database.`}`,
    },
    evidence: { sampleSize: proof.sampleSize, hitRatioNow: proof.hitRatio?.now ?? 0 },
  };
}

/** Ratio of the hit ratios; the interval is that of a binomial proportion (Wald), as both rest on many requests. */
function toGain(before: number, after: number, requestCount: number): Pick<Verification, 'gain' | 'gainInterval'> {
  if (before <= 0 || requestCount === 0) return {};
  const error = Z_95 * Math.sqrt((after * (1 - after)) / requestCount);
  return { gain: after / before, gainInterval: [(after - error) / before, (after + error) / before] };
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)}%`;
}
