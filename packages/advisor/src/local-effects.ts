import { AdvisorError } from './errors.ts';
import type { Actuator } from './prover.ts';
import type { Recommendation } from './recommendation.ts';

type Undo = Readonly<Record<string, unknown>>;

/** Keeps what this process does in step with what the ledger says is in force. */
export interface LocalEffects {
  /** Carries a change out. Resolves with what taking it back needs. */
  apply(recommendation: Recommendation): Promise<Undo>;
  /** Takes it back; in a process that had not carried it out there is nothing to take back. */
  revert(recommendation: Recommendation, undo: Undo): Promise<void>;
  /**
   * Carries out what others applied, and takes back what others took back, as far as it concerns each process.
   * Resolves with what failed, to be tried again the next time.
   */
  catchUp(
    recommendations: readonly Recommendation[],
  ): Promise<readonly { readonly recommendation: Recommendation; readonly error: unknown }[]>;
}

/** Creates the record of what is in force in this process. */
export function createLocalEffects(actuators: ReadonlyMap<string, Actuator>): LocalEffects {
  /** Undo of each `process` change that this process carried out. */
  const carriedOut = new Map<string, Undo>();

  const actuatorOf = ({ proposal: { change } }: Recommendation): Actuator => {
    const actuator = actuators.get(change.kind);
    if (actuator === undefined) throw new AdvisorError('ADVISOR_NO_ACTUATOR', `Nothing here can apply ${change.kind}.`);
    return actuator;
  };

  const apply = async (recommendation: Recommendation): Promise<Undo> => {
    const actuator = actuatorOf(recommendation);
    const purpose = recommendation.state === 'verified' ? 'again' : 'trial';
    const undo = await actuator.apply(recommendation.proposal.change, purpose);
    if (actuator.scope === 'process') carriedOut.set(recommendation.id, undo);
    return undo;
  };

  const revert = async (recommendation: Recommendation, undo: Undo): Promise<void> => {
    const actuator = actuatorOf(recommendation);
    if (actuator.scope !== 'process') {
      await actuator.revert(recommendation.proposal.change, undo);
      return;
    }
    const own = carriedOut.get(recommendation.id);
    if (own === undefined) return;
    await actuator.revert(recommendation.proposal.change, own);
    carriedOut.delete(recommendation.id);
  };

  return {
    apply,
    revert,
    async catchUp(recommendations) {
      const failed: { recommendation: Recommendation; error: unknown }[] = [];
      for (const recommendation of recommendations) {
        if (actuators.get(recommendation.proposal.change.kind)?.scope !== 'process') continue;
        const isInForce = recommendation.state === 'applied' || recommendation.state === 'verified';
        try {
          if (isInForce && !carriedOut.has(recommendation.id)) await apply(recommendation);
          if (recommendation.state === 'rolledBack') await revert(recommendation, {});
        } catch (error) {
          failed.push({ recommendation, error });
        }
      }
      return failed;
    },
  };
}
