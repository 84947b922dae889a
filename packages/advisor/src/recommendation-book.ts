import type { Clock } from '@dataguardian/telemetry';
import { AdvisorError } from './errors.ts';
import { gainOf } from './gain.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import type { Recommendation, RecommendationState } from './recommendation.ts';

/** The recommendations as this process knows them, and the way into the ledger. */
export interface RecommendationBook {
  /** Reads the ledger again; with the ledger away, what is known stays. */
  refresh(): Promise<ReadonlyMap<string, Recommendation>>;
  /**
   * Keeps a new state.
   * @param former States from which it may be reached.
   * @throws AdvisorError ADVISOR_WRONG_STATE when the ledger has moved on from them.
   */
  keep<Kept extends Recommendation>(
    recommendation: Kept,
    by: string,
    former: readonly RecommendationState[],
  ): Promise<Kept>;
  /**
   * Runs `work` while no other process acts on the recommendation, which is read again before that.
   * @throws AdvisorError ADVISOR_BUSY
   */
  exclusively<Result>(id: string, work: () => Promise<Result>): Promise<Result>;
}

/** Creates a book over `ledger`. */
export function createRecommendationBook(
  ledger: Ledger,
  clock: Clock,
  onError: (what: string, error: unknown) => void,
): RecommendationBook {
  const known = new Map<string, Recommendation>();
  const acting = new Set<string>();
  let isAway = false;

  /** The ledger's answer, or `fallback` when it is away: what was decided must not be lost because it cannot be written. */
  const ask = async <Answer>(question: () => Promise<Answer>, fallback: Answer): Promise<Answer> => {
    try {
      const answer = await question();
      isAway = false;
      return answer;
    } catch (error) {
      if (!isAway) onError('ledger', error);
      isAway = true;
      return fallback;
    }
  };

  const read = async (isWanted: (id: string) => boolean): Promise<void> => {
    const loaded = await ask(() => ledger.load(), undefined);
    for (const recommendation of loaded ?? [])
      if (isWanted(recommendation.id)) known.set(recommendation.id, recommendation);
  };

  return {
    async refresh() {
      await read((id) => !acting.has(id));
      return known;
    },
    async keep(recommendation, by, former) {
      const entry = toEntry(recommendation, clock.now(), by);
      if (!(await ask(() => ledger.save(recommendation, entry, former), true)))
        throw new AdvisorError('ADVISOR_WRONG_STATE', 'Another process has acted on the recommendation.');
      known.set(recommendation.id, recommendation);
      return recommendation;
    },
    async exclusively(id, work) {
      if (acting.has(id)) throw busy();
      acting.add(id);
      try {
        if (!(await ask(() => ledger.claim(id), true))) throw busy();
        try {
          // Another process may have acted on it, and given the right back, since it was last read.
          await read((one) => one === id);
          return await work();
        } finally {
          await ask(() => ledger.release(id), undefined);
        }
      } finally {
        acting.delete(id);
      }
    },
  };
}

const busy = (): AdvisorError => new AdvisorError('ADVISOR_BUSY', 'Somebody else is acting on the recommendation.');

function toEntry(recommendation: Recommendation, at: number, by: string): LedgerEntry {
  const { id, state, proposal } = recommendation;
  return {
    id,
    rule: proposal.rule,
    kind: proposal.change.kind,
    subject: proposal.change.subject,
    state,
    at,
    by,
    predictedGain: 'proof' in recommendation ? gainOf(recommendation.proof) : undefined,
    verifiedGain: 'verification' in recommendation ? recommendation.verification?.gain : undefined,
  };
}
