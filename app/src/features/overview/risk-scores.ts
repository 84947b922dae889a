import { createHash } from 'node:crypto';
import { cachePolicies } from '@dataguardian/performance';
import type { AppContext } from '../../server/context.ts';
import type { Principal } from '../../server/principal.ts';
import { readsOf } from '../../server/tenant.ts';
import { readRiskInput } from '../reports/risk-repository.ts';
import { type RiskScore, scoreRisk } from '../reports/risk-score.ts';
import { everyScanTag } from '../scans/scan-signals.ts';
import { visibility } from '../scans/service.ts';

/** Scores of several scans together, kept until one of the scans changes. */
export interface RiskScores {
  /** @param scanIds The scans, in any order. */
  of(principal: Principal, scanIds: readonly string[]): Promise<RiskScore>;
}

/** More scans share the tag of their organisation, which is told of every change of any of them. */
const MAX_TAGS = 50;

/**
 * Makes the scores. Counting all findings of all sources is the costly part of the overview, and the overview ends with
 * every step of any scan: the score of the scans that are completed does not.
 */
export function createRiskScores({ database, cache }: Pick<AppContext, 'database' | 'cache'>): RiskScores {
  const scores = cache.namespace<RiskScore>('risk-scores', {
    ...cachePolicies.complianceScores,
    private: true,
    tags: [everyScanTag],
  });
  return {
    of(principal, scanIds) {
      const sorted = scanIds.toSorted();
      const name = createHash('sha256').update(sorted.join()).digest('base64url');
      const tags =
        sorted.length > MAX_TAGS ? [`scans:${principal.organisationId}`] : sorted.map((scanId) => `scan:${scanId}`);
      return scores.getOrSet(
        `${visibility(principal)}/${name}`,
        async () => scoreRisk(await readRiskInput(readsOf(database, principal), sorted)),
        { tags },
      );
    },
  };
}
