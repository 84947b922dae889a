import type { Actuator, LocalText, Proposal, Prover, Rule } from '@dataguardian/advisor';
import type {
  DropCause,
  IndexAdvisor,
  IndexProof,
  IndexRecommendation,
  IndexVerification,
} from '@dataguardian/database';
import type { Clock } from '@dataguardian/telemetry';
import type { SeenTimes } from './seen-times.ts';

/** The index advisor in the advisor's loop. */
export interface IndexAdvice {
  readonly rule: Rule;
  readonly prover: Prover;
  readonly actuator: Actuator;
}

const KIND = 'database.index';
/** A look at the workload copies tables and measures: not at every turn of the loop. */
const LOOK_EVERY_MS = 5 * 60_000;
/** Sooner when a statement has become costly that was not at the last look. */
const LOOK_AGAIN_MS = 30_000;
/** The verdict is due within two minutes; what was not asked for often enough by then has no gain to show. */
const VERDICT_MS = 110_000;
const ERROR_RATE = 0.05;
/** Less than this nobody would see. */
const LEAST_SEEN_GAIN = 1.05;
const SECONDS_PER_DAY = 86_400;

/** What the advice rests on. */
export interface IndexAdviceOptions {
  readonly indexes: IndexAdvisor;
  readonly clock: Clock;
  /** Fingerprints of the statements that cost enough for a look at indexes. */
  readonly costly: () => ReadonlySet<string>;
  /** When the counting of executions began, epoch milliseconds. */
  readonly countedSince: number;
  /** What the application sees of a change that was measured on a copy. */
  readonly seen: (proof: IndexProof) => Promise<SeenTimes>;
}

/** Indexes to create and to drop: measured on a copy, applied guarded, compared by statement, taken back when useless. */
export function createIndexAdvice({ indexes, clock, costly, countedSince, seen }: IndexAdviceOptions): IndexAdvice {
  let known: readonly IndexRecommendation[] = [];
  let lookedAt = Number.NEGATIVE_INFINITY;
  let costlyThen: ReadonlySet<string> = new Set();

  const isDue = (now: ReadonlySet<string>): boolean => {
    const sinceMs = clock.monotonic() - lookedAt;
    if (now.size === 0 || sinceMs < LOOK_AGAIN_MS) return false;
    return sinceMs >= LOOK_EVERY_MS || [...now].some((fingerprint) => !costlyThen.has(fingerprint));
  };

  return {
    rule: {
      name: 'index-advisor',
      async propose() {
        const now = costly();
        if (isDue(now)) {
          lookedAt = clock.monotonic();
          costlyThen = now;
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
        const isNew = known.find((one) => one.id === id)?.kind === 'create';
        // Nothing becomes faster for want of an index: what it is about is room and writes.
        const times = isNew ? await seen(proof) : copied(proof);
        if (isNew && times.beforeMs < times.afterMs * LEAST_SEEN_GAIN) return undefined;
        return {
          method: proof.method === 'catalogue' ? 'bound' : 'measured',
          description: describe(proof),
          metric: 'queries.p95',
          figure: { en: 'time of a call of the statements, ms', nl: 'tijd van een aanroep van de query’s, ms' },
          before: times.beforeMs,
          after: times.afterMs,
          better: 'lower',
          gainInterval: [
            times.beforeMs / Math.max(times.afterRangeMs[1], Number.MIN_VALUE),
            times.beforeMs / Math.max(times.afterRangeMs[0], Number.MIN_VALUE),
          ],
          savedSecondsPerDay: (savedMs / Math.max(1, clock.now() - countedSince)) * SECONDS_PER_DAY,
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
      async verify({ parameters }, _proof, appliedAt) {
        const seen = await indexes.verify(String(parameters['id']));
        const isOverdue = clock.now() - appliedAt >= VERDICT_MS;
        if (seen.verdict === 'early' && !isOverdue) return undefined;
        const verdict = seen.verdict === 'early' ? 'absent' : seen.verdict;
        return {
          verdict,
          before: seen.beforeMs,
          after: seen.afterMs,
          ...(seen.verdict === 'early' ? {} : { gain: seen.gain }),
          errorRate: ERROR_RATE,
          sampleCount: seen.sampleCount,
          description: toVerdictText(seen),
        };
      },
    },
  };
}

function copied({ before, after }: IndexProof): SeenTimes {
  return { beforeMs: before.medianMs, afterMs: after.medianMs, afterRangeMs: [after.minMs, after.maxMs] };
}

function toVerdictText({ verdict, sampleCount, beforeMs, afterMs, reason }: IndexVerification): LocalText {
  if (verdict === 'early')
    return {
      en: `Only ${sampleCount} executions in two minutes: too few to see a gain.`,
      nl: `Maar ${sampleCount} uitvoeringen in twee minuten: te weinig om winst te zien.`,
    };
  const times = `${beforeMs.toFixed(2)} → ${afterMs.toFixed(2)} ms`;
  return {
    en: `Mean time of the statements, each with the same weight on both sides, relieved of what statements of other tables show too: ${times} over ${sampleCount} executions. ${sentence(reason)}`,
    nl: `Gemiddelde tijd van de query’s, elk aan beide kanten even zwaar, ontdaan van wat query’s van andere tabellen ook laten zien: ${times} over ${sampleCount} uitvoeringen.`,
  };
}

function sentence(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
}

function toProposal(recommendation: IndexRecommendation): Proposal {
  const { id, kind, table, indexName, statement, reason, sizeBytes, proof, writeCost } = recommendation;
  const [costliest] = proof.affected.toSorted(
    (one, other) => other.count * other.before.medianMs - one.count * one.before.medianMs,
  );
  return {
    rule: 'index-advisor',
    change: { kind: KIND, subject: table, parameters: { id, statement } },
    title:
      kind === 'create'
        ? { en: `An index on ${table}`, nl: `Een index op ${table}` }
        : { en: `Drop ${indexName} of ${table}`, nl: `Verwijder ${indexName} van ${table}` },
    explanation: { en: sentence(reason).replace(/\.\.$/, '.'), nl: toDutch(recommendation) },
    evidence: {
      statement,
      ...(costliest === undefined ? {} : { fingerprint: costliest.fingerprint }),
      sizeBytes,
      writeCostRatio: writeCost.ratio,
      affectedStatementCount: proof.affected.length,
      plannerGain: proof.plannerGain,
    },
  };
}

function toDutch(recommendation: IndexRecommendation): string {
  const { table, indexName, proof, sizeBytes } = recommendation;
  const megabytes = (sizeBytes / 1_048_576).toFixed(1);
  if (recommendation.kind === 'create')
    return `${proof.affected.length} query’s op ${table} worden sneller: ${proof.before.medianMs.toFixed(1)} naar ${proof.after.medianMs.toFixed(1)} ms. De index neemt ${megabytes} MB in.`;
  return `${indexName} van ${table} ${DROP_CAUSES[recommendation.cause]}, en neemt ${megabytes} MB in.`;
}

const DROP_CAUSES: Readonly<Record<DropCause, string>> = {
  invalid: 'is onbruikbaar',
  duplicate: 'is gelijk aan een andere index',
  redundant: 'wordt door een andere index gedekt',
  unused: 'wordt niet gebruikt',
};

function describe({ method, before, copiedRatio }: IndexProof): { en: string; nl: string } {
  if (method === 'catalogue')
    return { en: 'The catalogue of the database shows it.', nl: 'De catalogus van de database toont het.' };
  const share = `${Math.round(copiedRatio * 100)}%`;
  return {
    en: `${before.runs} runs with and without, in turns, on a copy of ${share} of the rows; before it is what the application saw of late, after it the way to the server is added.`,
    nl: `${before.runs} metingen met en zonder, om en om, op een kopie van ${share} van de rijen; ervoor telt wat de applicatie onlangs zag, erna is de weg naar de server erbij geteld.`,
  };
}
