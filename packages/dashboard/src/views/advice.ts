import { gainOf, type Advisor, type Recommendation, type ShownRecommendation } from '@dataguardian/advisor';
import type { LedgerView, ProofItem, ProofView, RecommendationItem } from '../api/advice.ts';
import type { Mark } from '../api/series.ts';
import type { TimeRange } from '../api/section.ts';
import { DashboardError } from '../errors.ts';
import { findCatalogued } from '../history/catalogue.ts';
import type { History } from '../history/history.ts';
import { cutRange } from '../history/series-question.ts';

/** A gain is confirmed or taken back within so long: the promise of the page. */
const VERDICT_MS = 120_000;
const AROUND_MS = 900_000;
const PROOF_POINTS = 120;
const MOST_PROOFS = 50;

type Carried = Extract<Recommendation, { state: 'applied' | 'verified' | 'rolledBack' }>;

/** Everything with a proof, with what the page needs to know about each. */
export async function listRecommendations(advisor: Advisor): Promise<readonly RecommendationItem[]> {
  return (await advisor.list()).map((recommendation) => toItem(advisor, recommendation));
}

/** One of them, with its history. @throws DashboardError DASHBOARD_NOT_FOUND */
export async function findRecommendation(
  advisor: Advisor,
  id: string,
): Promise<RecommendationItem & { readonly history: LedgerView['items'] }> {
  const found = (await advisor.list()).find((recommendation) => recommendation.id === id);
  if (found === undefined) throw new DashboardError('DASHBOARD_NOT_FOUND', 'There is no such recommendation.');
  const history = (await advisor.history()).filter((entry) => entry.id === id);
  return { ...toItem(advisor, found), history };
}

/** Every step and how often each rule was right. */
export async function readLedger(advisor: Advisor): Promise<LedgerView> {
  const [items, accuracy] = await Promise.all([advisor.history(), advisor.accuracy()]);
  return { items, accuracy };
}

/** Before and after of what was applied, newest first. */
export async function readProof(advisor: Advisor, history: History, now: number): Promise<ProofView> {
  const [all, accuracy] = await Promise.all([advisor.list(), advisor.accuracy()]);
  const carried = all
    .filter(isCarried)
    .toSorted((one, other) => other.appliedAt - one.appliedAt)
    .slice(0, MOST_PROOFS);
  return { items: await Promise.all(carried.map((one) => toProof(one, history, now))), accuracy };
}

/** Applied and undone changes as marks on charts. */
export async function changeMarks(advisor: Advisor, { from, to }: TimeRange): Promise<readonly Mark[]> {
  const marks = (await advisor.list()).filter(isCarried).flatMap((one) => {
    const applied = toMark(one);
    if (one.state !== 'rolledBack') return [applied];
    const undone: Mark = {
      id: `undo:${one.id}`,
      at: one.rolledBackAt,
      kind: 'change',
      label: `Undone: ${one.proposal.title.en}`,
      by: one.rolledBackBy,
    };
    return [applied, undone];
  });
  return marks.filter(({ at }) => at >= from && at < to);
}

function isCarried(recommendation: ShownRecommendation): recommendation is ShownRecommendation & Carried {
  return ['applied', 'verified', 'rolledBack'].includes(recommendation.state);
}

function toMark({ id, appliedAt, appliedBy, proposal }: Carried): Mark {
  return { id: `change:${id}`, at: appliedAt, kind: 'change', label: proposal.title.en, by: appliedBy };
}

function toItem(advisor: Advisor, recommendation: ShownRecommendation): RecommendationItem {
  return {
    ...recommendation,
    canApply: recommendation.state === 'proven' && advisor.canApply(recommendation),
    canRevert: recommendation.state === 'applied' || recommendation.state === 'verified',
    predictedGain: gainOf(recommendation.proof),
    verifiedGain: verifiedGainOf(recommendation),
    verdictDueAt: recommendation.state === 'applied' ? recommendation.appliedAt + VERDICT_MS : null,
  };
}

function verifiedGainOf(recommendation: ShownRecommendation): number | null {
  const isJudged = recommendation.state === 'verified' || recommendation.state === 'rolledBack';
  return isJudged ? (recommendation.verification?.gain ?? null) : null;
}

async function toProof(
  recommendation: ShownRecommendation & Carried,
  history: History,
  now: number,
): Promise<ProofItem> {
  const { proof, appliedAt } = recommendation;
  const metric = findCatalogued(proof.metric);
  const range = { from: appliedAt - AROUND_MS, to: Math.min(now, appliedAt + AROUND_MS) };
  const cut = cutRange(range, PROOF_POINTS, now);
  const values = metric === undefined ? [] : await history.values(metric, cut);
  return {
    recommendation,
    mark: toMark(recommendation),
    predictedGain: gainOf(proof),
    verifiedGain: verifiedGainOf(recommendation),
    series:
      metric === undefined
        ? null
        : {
            metric: metric.name,
            from: cut.from,
            stepMs: cut.stepMs,
            values: values.map((value) => (Number.isNaN(value) ? null : value)),
          },
  };
}
