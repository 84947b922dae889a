import { createHash } from 'node:crypto';
import type { Snapshot } from '@dataguardian/profiler';
import { systemClock, type Clock } from '@dataguardian/telemetry';
import { AdvisorError } from './errors.ts';
import { createMemoryLedger, type Ledger } from './ledger.ts';
import type { Actuator, Prover, Rule } from './prover.ts';
import type {
  AppliedRecommendation,
  Change,
  ProposedRecommendation,
  Recommendation,
  RolledBackRecommendation,
  ShownRecommendation,
  Verification,
} from './recommendation.ts';

/** What the advisor knows and may do. */
export interface AdvisorOptions {
  readonly rules: readonly Rule[];
  readonly provers: readonly Prover[];
  readonly actuators: readonly Actuator[];
  readonly ledger?: Ledger;
  readonly clock?: Clock;
  /** Hears of errors of rules, provers and actuators; they never stop the advisor. */
  readonly onError?: (what: string, error: unknown) => void;
}

/** observe -> recommend -> prove -> apply -> verify. */
export interface Advisor {
  /** Lets every rule look at `snapshot` and proves what they propose. Resolves with what is new and proven. */
  propose(snapshot: Snapshot): Promise<readonly ShownRecommendation[]>;
  /** Everything with a proof, the most seconds saved first. */
  list(): Promise<readonly ShownRecommendation[]>;
  /** @throws AdvisorError ADVISOR_UNKNOWN_RECOMMENDATION, ADVISOR_WRONG_STATE, ADVISOR_NO_ACTUATOR, ADVISOR_APPLY_FAILED */
  apply(id: string, by: string): Promise<ShownRecommendation>;
  /** @throws AdvisorError as {@link apply} */
  revert(id: string, by: string): Promise<ShownRecommendation>;
  /** @throws AdvisorError ADVISOR_UNKNOWN_RECOMMENDATION, ADVISOR_WRONG_STATE */
  dismiss(id: string, by: string): Promise<ShownRecommendation>;
  /** Judges what is applied; takes back what did not bring its gain. */
  verify(): Promise<void>;
}

/** Who acts when the advisor takes something back by itself. */
const ADVISOR = 'advisor';

/** Creates an advisor; it acts only when called. */
export function createAdvisor(options: AdvisorOptions): Advisor {
  const { rules, clock = systemClock, ledger = createMemoryLedger(), onError = () => undefined } = options;
  const provers = new Map(options.provers.map((prover) => [prover.kind, prover]));
  const actuators = new Map(options.actuators.map((actuator) => [actuator.kind, actuator]));
  const known = new Map<string, Recommendation>();
  const loaded = ledger.load().then(
    (recommendations) => recommendations.forEach((recommendation) => known.set(recommendation.id, recommendation)),
    (error: unknown) => onError('ledger', error),
  );

  const keep = async <Kept extends Recommendation>(recommendation: Kept): Promise<Kept> => {
    known.set(recommendation.id, recommendation);
    await ledger.save(recommendation).catch((error: unknown) => onError('ledger', error));
    return recommendation;
  };

  const find = async (id: string): Promise<Recommendation> => {
    await loaded;
    const found = known.get(id);
    if (found === undefined) throw new AdvisorError('ADVISOR_UNKNOWN_RECOMMENDATION', `No recommendation ${id}.`);
    return found;
  };

  const actuatorOf = (change: Change): Actuator => {
    const actuator = actuators.get(change.kind);
    if (actuator === undefined) throw new AdvisorError('ADVISOR_NO_ACTUATOR', `Nothing here can apply ${change.kind}.`);
    return actuator;
  };

  const takeBack = async (
    recommendation: Extract<Recommendation, { state: 'applied' | 'verified' }>,
    by: string,
    verification: Verification | undefined,
  ): Promise<RolledBackRecommendation> => {
    const { undo, ...rest } = recommendation;
    await actuatorOf(recommendation.proposal.change).revert(recommendation.proposal.change, undo);
    return keep({ ...rest, state: 'rolledBack', rolledBackAt: clock.now(), rolledBackBy: by, verification });
  };

  const prove = async (
    proposed: ProposedRecommendation,
    snapshot: Snapshot,
  ): Promise<ShownRecommendation | undefined> => {
    const proof = await provers.get(proposed.proposal.change.kind)?.prove(proposed.proposal, snapshot);
    if (proof === undefined) return undefined;
    return keep({ ...proposed, state: 'proven', proof, provenAt: clock.now() });
  };

  return {
    async propose(snapshot) {
      await loaded;
      const fresh: ShownRecommendation[] = [];
      for (const rule of rules) {
        try {
          for (const proposal of await rule.propose(snapshot)) {
            const id = identify(proposal.change);
            const existing = known.get(id);
            if (existing !== undefined && existing.state !== 'proposed' && existing.state !== 'rolledBack') continue;
            const proven = await prove({ id, state: 'proposed', proposal, proposedAt: clock.now() }, snapshot);
            if (proven !== undefined) fresh.push(proven);
          }
        } catch (error) {
          onError(`rule ${rule.name}`, error);
        }
      }
      return fresh;
    },
    async list() {
      await loaded;
      return [...known.values()]
        .filter((recommendation): recommendation is ShownRecommendation => recommendation.state !== 'proposed')
        .toSorted((a, b) => b.proof.savedSecondsPerDay - a.proof.savedSecondsPerDay);
    },
    async apply(id, by) {
      const found = await find(id);
      if (found.state !== 'proven') throw wrongState(found, 'apply');
      const actuator = actuatorOf(found.proposal.change);
      try {
        const undo = await actuator.apply(found.proposal.change);
        const applied: AppliedRecommendation = {
          ...found,
          state: 'applied',
          appliedAt: clock.now(),
          appliedBy: by,
          undo,
        };
        return await keep(applied);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new AdvisorError('ADVISOR_APPLY_FAILED', `Applying failed: ${reason}`, { cause });
      }
    },
    async revert(id, by) {
      const found = await find(id);
      if (found.state !== 'applied' && found.state !== 'verified') throw wrongState(found, 'revert');
      return takeBack(found, by, found.state === 'verified' ? found.verification : undefined);
    },
    async dismiss(id, by) {
      const found = await find(id);
      if (found.state !== 'proven') throw wrongState(found, 'dismiss');
      return keep({ ...found, state: 'dismissed', dismissedAt: clock.now(), dismissedBy: by });
    },
    async verify() {
      await loaded;
      for (const recommendation of known.values()) {
        if (recommendation.state !== 'applied') continue;
        const { change } = recommendation.proposal;
        try {
          const verification = await actuatorOf(change).verify(change, recommendation.proof, recommendation.appliedAt);
          if (verification === undefined) continue;
          if (verification.verdict === 'confirmed')
            await keep({ ...recommendation, state: 'verified', verifiedAt: clock.now(), verification });
          else await takeBack(recommendation, ADVISOR, verification);
        } catch (error) {
          onError(`verification of ${change.kind}`, error);
        }
      }
    },
  };
}

function identify(change: Change): string {
  return createHash('sha256')
    .update(JSON.stringify([change.kind, change.subject, change.parameters]))
    .digest('hex')
    .slice(0, 16);
}

function wrongState(recommendation: Recommendation, verb: string): AdvisorError {
  return new AdvisorError('ADVISOR_WRONG_STATE', `Cannot ${verb} a recommendation that is ${recommendation.state}.`);
}
