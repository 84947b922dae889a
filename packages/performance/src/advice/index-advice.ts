import type { Actuator, Proposal, Prover, Rule } from '@dataguardian/advisor';
import type { IndexAdvisor, IndexProof, IndexRecommendation } from '@dataguardian/database';
import type { Clock } from '@dataguardian/telemetry';

/** The index advisor in the advisor's loop. */
export interface IndexAdvice {
  readonly rule: Rule;
  readonly prover: Prover;
  readonly actuator: Actuator;
}

const KIND = 'database.index';
/** A look at the workload copies tables and measures: not at every turn of the loop. */
const LOOK_EVERY_MS = 5 * 60_000;
const ERROR_RATE = 0.05;

/** Indexes to create and to drop: measured on a copy, applied guarded, compared by statement, taken back when useless. */
export function createIndexAdvice(indexes: IndexAdvisor, clock: Clock, hasWork: () => boolean): IndexAdvice {
  let known: readonly IndexRecommendation[] = [];
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    rule: {
      name: 'index-advisor',
      async propose() {
        if (clock.monotonic() - lookedAt >= LOOK_EVERY_MS && hasWork()) {
          lookedAt = clock.monotonic();
          known = (await indexes.recommend()).recommendations;
        }
        return known.map(toProposal);
      },
    },
    prover: {
      kind: KIND,
      async prove({ change }) {
        const id = String(change.parameters['id']);
        const proof = await indexes.prove(id);
        const savedMs = known.find((one) => one.id === id)?.savedMs ?? 0;
        if (proof === undefined) return undefined;
        return {
          method: proof.method === 'catalogue' ? 'bound' : 'measured',
          description: describe(proof),
          metric: 'queries.p95',
          before: proof.before.medianMs,
          after: proof.after.medianMs,
          better: 'lower',
          gainInterval: [
            proof.before.minMs / Math.max(proof.after.maxMs, Number.MIN_VALUE),
            proof.before.maxMs / Math.max(proof.after.minMs, Number.MIN_VALUE),
          ],
          savedSecondsPerDay: savedMs / 1_000,
        };
      },
    },
    actuator: {
      kind: KIND,
      async apply({ parameters }) {
        await indexes.apply(String(parameters['id']));
        return { id: parameters['id'] };
      },
      revert: (_change, { id }) => indexes.undo(String(id)),
      async verify({ parameters }) {
        const seen = await indexes.verify(String(parameters['id']));
        if (seen.verdict === 'early') return undefined;
        return {
          verdict: seen.verdict,
          before: seen.beforeMs,
          after: seen.afterMs,
          gain: seen.gain,
          errorRate: ERROR_RATE,
          sampleCount: seen.sampleCount,
          description: { en: seen.reason, nl: seen.reason },
        };
      },
    },
  };
}

function toProposal(recommendation: IndexRecommendation): Proposal {
  const { id, kind, table, indexName, statement, reason, sizeBytes, proof, writeCost } = recommendation;
  return {
    rule: 'index-advisor',
    change: { kind: KIND, subject: table, parameters: { id, statement } },
    title:
      kind === 'create'
        ? { en: `An index on ${table}`, nl: `Een index op ${table}` }
        : { en: `Drop ${indexName} of ${table}`, nl: `Verwijder ${indexName} van ${table}` },
    explanation: { en: reason, nl: reason },
    evidence: {
      statement,
      sizeBytes,
      writeCostRatio: writeCost.ratio,
      affectedStatementCount: proof.affected.length,
      plannerGain: proof.plannerGain,
    },
  };
}

function describe({ method, before, copiedRatio }: IndexProof): { en: string; nl: string } {
  if (method === 'catalogue')
    return { en: 'The catalogue of the database shows it.', nl: 'De catalogus van de database toont het.' };
  const share = `${Math.round(copiedRatio * 100)}%`;
  return {
    en: `${before.runs} runs with and without, in turns, on a copy of ${share} of the rows.`,
    nl: `${before.runs} metingen met en zonder, om en om, op een kopie van ${share} van de rijen.`,
  };
}
