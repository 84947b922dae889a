import { setImmediate as nextTurn } from 'node:timers/promises';
import { createHash } from 'node:crypto';
import type { Snapshot } from '@dataguardian/profiler';
import { systemClock, type Clock } from '@dataguardian/telemetry';
import { ADVISOR, toAccuracy, type RuleAccuracy } from './accuracy.ts';
import { AdvisorError } from './errors.ts';
import { createLocalEffects } from './local-effects.ts';
import { createMemoryLedger, type Ledger, type LedgerEntry } from './ledger.ts';
import type { Actuator, Prover, Rule } from './prover.ts';
import { p95SavingOf, withP95Saving } from './p95-saving.ts';
import { createRecommendationBook } from './recommendation-book.ts';
import type {
  Change,
  Proposal,
  ProvenRecommendation,
  Recommendation,
  RecommendationState,
  RolledBackRecommendation,
  ShownRecommendation,
  Verification,
} from './recommendation.ts';
import type { Wording, Wordsmith } from './wording/wording.ts';

/** What the advisor knows and may do. */
export interface AdvisorOptions {
  readonly rules: readonly Rule[];
  readonly provers: readonly Prover[];
  readonly actuators: readonly Actuator[];
  /** @defaultValue one in memory */
  readonly ledger?: Ledger;
  readonly clock?: Clock;
  /** A proof older than this is established again, and withdrawn when it fails. @defaultValue 15 minutes */
  readonly proofLifetimeMs?: number;
  /** What was taken back is not proposed again for so long. @defaultValue 24 hours */
  readonly coolDownMs?: number;
  /** Words what is proven. @defaultValue none: recommendations have words of their own */
  readonly wordsmith?: Wordsmith;
  /** Hears of errors of rules, provers, actuators and the ledger; they never stop the advisor. */
  readonly onError?: (what: string, error: unknown) => void;
  /** Hears of every new state, for an audit. */
  readonly onTransition?: ((recommendation: Recommendation, by: string) => void) | undefined;
}

/** observe -> recommend -> prove -> apply -> verify. */
export interface Advisor {
  /** Lets every rule look at `snapshot` and proves what they propose. Resolves with what is new and proven. */
  propose(snapshot: Snapshot): Promise<readonly ShownRecommendation[]>;
  /** Everything with a proof, the most seconds saved at the 95th percentile first. */
  list(): Promise<readonly ShownRecommendation[]>;
  /** Whether {@link Advisor.apply} can carry it out; people must do the rest by hand. */
  canApply(recommendation: Recommendation): boolean;
  /**
   * @throws AdvisorError ADVISOR_UNKNOWN_RECOMMENDATION, ADVISOR_WRONG_STATE, ADVISOR_BUSY, ADVISOR_NO_ACTUATOR,
   * ADVISOR_APPLY_FAILED
   */
  apply(id: string, by: string): Promise<ShownRecommendation>;
  /** @throws AdvisorError as {@link apply} */
  revert(id: string, by: string): Promise<ShownRecommendation>;
  /** @throws AdvisorError ADVISOR_UNKNOWN_RECOMMENDATION, ADVISOR_WRONG_STATE */
  dismiss(id: string, by: string): Promise<ShownRecommendation>;
  /** Judges what is applied; takes back what did not bring its gain. */
  verify(): Promise<void>;
  /** Every step of every recommendation, the newest first. @param limit @defaultValue 200 */
  history(limit?: number): Promise<readonly LedgerEntry[]>;
  /** How often each rule was right. */
  accuracy(): Promise<readonly RuleAccuracy[]>;
}

const PROOF_LIFETIME_MS = 15 * 60_000;
const COOL_DOWN_MS = 24 * 60 * 60_000;
const ACCURACY_ENTRIES = 5_000;
const FEWEST_TO_SORT = 3;
const MOST_WORDINGS = 500;
const WITHDRAW_AFTER_MS = 60_000;

/** Creates an advisor; it acts only when called. */
export function createAdvisor(options: AdvisorOptions): Advisor {
  const {
    rules,
    clock = systemClock,
    ledger = createMemoryLedger(),
    proofLifetimeMs = PROOF_LIFETIME_MS,
    coolDownMs = COOL_DOWN_MS,
    wordsmith,
    onError = () => undefined,
    onTransition = () => undefined,
  } = options;
  const provers = new Map(options.provers.map((prover) => [prover.kind, prover]));
  const actuators = new Map(options.actuators.map((actuator) => [actuator.kind, actuator]));
  const book = createRecommendationBook(ledger, clock, onError);
  const effects = createLocalEffects(actuators);
  const wordings = new Map<string, Wording>();
  const groups = new Map<string, NonNullable<ShownRecommendation['group']>>();
  let sorted = '';
  /** Rules that are looking right now. */
  const asking = new Set<Rule>();

  const keep = async <Kept extends Recommendation>(
    recommendation: Kept,
    by: string,
    former: readonly RecommendationState[],
  ): Promise<Kept> => {
    const kept = await book.keep(recommendation, by, former);
    onTransition(kept, by);
    return kept;
  };

  const find = async <State extends RecommendationState>(
    id: string,
    verb: string,
    states: readonly State[],
  ): Promise<Extract<Recommendation, { state: State }>> => {
    const found = (await book.refresh()).get(id);
    if (found === undefined) throw new AdvisorError('ADVISOR_UNKNOWN_RECOMMENDATION', `No recommendation ${id}.`);
    if (!isIn(found, states))
      throw new AdvisorError('ADVISOR_WRONG_STATE', `Cannot ${verb} a recommendation that is ${found.state}.`);
    return found;
  };

  const actuatorOf = ({ kind }: Change): Actuator => {
    const actuator = actuators.get(kind);
    if (actuator === undefined) throw new AdvisorError('ADVISOR_NO_ACTUATOR', `Nothing here can apply ${kind}.`);
    return actuator;
  };

  const takeBack = async (
    recommendation: Extract<Recommendation, { state: 'applied' | 'verified' }>,
    by: string,
    verification: Verification | undefined,
  ): Promise<RolledBackRecommendation> => {
    const { undo, ...rest } = recommendation;
    await effects.revert(recommendation, undo);
    const rolledBack = { ...rest, state: 'rolledBack', rolledBackAt: clock.now(), rolledBackBy: by } as const;
    return keep({ ...rolledBack, verification }, by, [recommendation.state]);
  };

  /** A model may take its time: what is proven is shown with its own words until it has answered. */
  const putIntoWords = (proven: ProvenRecommendation): void => {
    if (wordsmith === undefined || wordings.has(proven.id)) return;
    wordsmith.word(proven).then(
      (wording) => {
        if (wording !== undefined) wordings.set(proven.id, wording);
        if (wordings.size > MOST_WORDINGS) wordings.delete(wordings.keys().next().value ?? '');
      },
      (error: unknown) => onError('wording', error),
    );
  };

  /** Asks anew only when there is something else to sort. */
  const sortIntoGroups = (shown: readonly ShownRecommendation[]): void => {
    const open = shown.filter(({ state }) => state === 'proven');
    const key = open
      .map(({ id }) => id)
      .toSorted()
      .join();
    if (wordsmith === undefined || key === sorted || open.length < FEWEST_TO_SORT) return;
    sorted = key;
    wordsmith.group(open).then(
      (found) => {
        groups.clear();
        for (const { title, ids } of found) for (const id of ids) groups.set(id, { title, by: wordsmith.by });
      },
      (error: unknown) => onError('grouping', error),
    );
  };

  /** What nobody proposes any more has lost its ground: its cause is gone. */
  const withdraw = async (known: ReadonlyMap<string, Recommendation>, proposed: ReadonlySet<string>): Promise<void> => {
    for (const recommendation of known.values()) {
      const { id, proposal, proposedAt, state } = recommendation;
      if (state !== 'proven' || proposed.has(id)) continue;
      // Another process may still propose it: then it has proved it anew by now.
      if (clock.now() - recommendation.provenAt < proofLifetimeMs + WITHDRAW_AFTER_MS) continue;
      await keep({ id, proposal, proposedAt, state: 'proposed' }, ADVISOR, ['proven']).catch((error: unknown) =>
        onError('withdrawal', error),
      );
    }
  };

  /** Proves the proposal, or lets it vanish from people's eyes when its gain cannot be shown any more. */
  const prove = async (
    proposal: Proposal,
    existing: Recommendation | undefined,
    snapshot: Snapshot,
  ): Promise<ShownRecommendation | undefined> => {
    const id = identify(proposal.change);
    const common = { id, proposal, proposedAt: existing?.proposedAt ?? clock.now() };
    const found = await provers.get(proposal.change.kind)?.prove(proposal, snapshot);
    if (found !== undefined) {
      const proof = withP95Saving(found, snapshot);
      const proven = await keep(
        { ...common, state: 'proven', proof, provenAt: clock.now() } as const,
        ADVISOR,
        UNDECIDED,
      );
      putIntoWords(proven);
      return proven;
    }
    if (existing?.state === 'proven') await keep({ ...common, state: 'proposed' }, ADVISOR, UNDECIDED);
    return undefined;
  };

  const isWorthProving = (existing: Recommendation | undefined): boolean => {
    if (existing === undefined || existing.state === 'proposed') return true;
    if (existing.state === 'proven') return clock.now() - existing.provenAt >= proofLifetimeMs;
    return existing.state === 'rolledBack' && clock.now() - existing.rolledBackAt >= coolDownMs;
  };

  return {
    async propose(snapshot) {
      const known = await book.refresh();
      const fresh: ShownRecommendation[] = [];
      const proposed = new Set<string>();
      const ask = async (rule: Rule): Promise<boolean> => {
        // One that copies tables for a minute must not keep the others from looking.
        if (asking.has(rule)) return false;
        asking.add(rule);
        try {
          for (const proposal of await rule.propose(snapshot)) {
            const id = identify(proposal.change);
            proposed.add(id);
            const existing = known.get(id);
            if (!isWorthProving(existing)) continue;
            const proven = await prove(proposal, existing, snapshot);
            if (proven !== undefined && existing?.state !== 'proven') fresh.push(proven);
          }
          return true;
        } catch (error) {
          onError(`rule ${rule.name}`, error);
          return false;
        } finally {
          asking.delete(rule);
        }
      };
      // Each looks in a turn of the event loop of its own: all of them at once would stop it for as long as they take together.
      let turn: Promise<unknown> = Promise.resolve();
      const haveAnswered = await Promise.all(
        rules.map((rule) => {
          turn = turn.then(() => nextTurn());
          return turn.then(() => ask(rule));
        }),
      );
      if (haveAnswered.every(Boolean)) await withdraw(known, proposed);
      sortIntoGroups([...known.values()].filter((one) => one.state !== 'proposed'));
      return fresh;
    },
    async list() {
      return [...(await book.refresh()).values()]
        .filter((recommendation) => recommendation.state !== 'proposed')
        .map((recommendation): ShownRecommendation => {
          const wording = wordings.get(recommendation.id);
          const group = groups.get(recommendation.id);
          return {
            ...recommendation,
            ...(wording === undefined ? {} : { wording }),
            ...(group === undefined ? {} : { group }),
          };
        })
        .toSorted((a, b) => p95SavingOf(b.proof) - p95SavingOf(a.proof));
    },
    canApply: ({ proposal }) => actuators.has(proposal.change.kind),
    async apply(id, by) {
      actuatorOf((await find(id, 'apply', ['proven'])).proposal.change);
      return book.exclusively(id, async () => {
        const found = await find(id, 'apply', ['proven']);
        const undo = await effects.apply(found).catch((cause: unknown) => {
          const reason = cause instanceof Error ? cause.message : String(cause);
          throw new AdvisorError('ADVISOR_APPLY_FAILED', `Applying failed: ${reason}`, { cause });
        });
        return keep({ ...found, state: 'applied', appliedAt: clock.now(), appliedBy: by, undo }, by, ['proven']);
      });
    },
    async revert(id, by) {
      await find(id, 'revert', IN_FORCE);
      return book.exclusively(id, async () => {
        const found = await find(id, 'revert', IN_FORCE);
        return takeBack(found, by, found.state === 'verified' ? found.verification : undefined);
      });
    },
    async dismiss(id, by) {
      const found = await find(id, 'dismiss', ['proven']);
      return keep({ ...found, state: 'dismissed', dismissedAt: clock.now(), dismissedBy: by }, by, ['proven']);
    },
    async verify() {
      const known = await book.refresh();
      for (const { recommendation, error } of await effects.catchUp([...known.values()])) {
        onError(`carrying out ${recommendation.proposal.change.kind} again`, error);
        // What is not in force must not be shown as if it were.
        if (isIn(recommendation, IN_FORCE))
          await takeBack(recommendation, ADVISOR, undefined).catch((cause: unknown) => onError('taking back', cause));
      }
      for (const recommendation of known.values()) {
        if (recommendation.state !== 'applied') continue;
        const { change } = recommendation.proposal;
        try {
          const verification = await actuatorOf(change).verify(change, recommendation.proof, recommendation.appliedAt);
          if (verification === undefined) continue;
          await book.exclusively(recommendation.id, async () => {
            const found = await find(recommendation.id, 'judge', ['applied']);
            if (verification.verdict === 'confirmed')
              await keep({ ...found, state: 'verified', verifiedAt: clock.now(), verification }, ADVISOR, ['applied']);
            else await takeBack(found, ADVISOR, verification);
          });
        } catch (error) {
          // Another process that judges the same one is no fault.
          if (error instanceof AdvisorError && CONTENDED.has(error.code)) continue;
          onError(`verification of ${change.kind}`, error);
        }
      }
    },
    history: (limit = 200) => ledger.history(limit),
    accuracy: async () => toAccuracy(await ledger.history(ACCURACY_ENTRIES)),
  };
}

const UNDECIDED: readonly RecommendationState[] = ['proposed', 'proven', 'rolledBack'];
const IN_FORCE = ['applied', 'verified'] as const;
const CONTENDED: ReadonlySet<string> = new Set(['ADVISOR_BUSY', 'ADVISOR_WRONG_STATE']);

function isIn<State extends RecommendationState>(
  recommendation: Recommendation,
  states: readonly State[],
): recommendation is Extract<Recommendation, { state: State }> {
  return states.some((state) => state === recommendation.state);
}

function identify(change: Change): string {
  return createHash('sha256')
    .update(JSON.stringify([change.kind, change.subject, change.parameters]))
    .digest('hex')
    .slice(0, 16);
}
