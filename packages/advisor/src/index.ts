export type { RuleAccuracy } from './accuracy.ts';
export { createAdvisor, type Advisor, type AdvisorOptions } from './advisor.ts';
export { advisorErrors, AdvisorError, type AdvisorErrorCode } from './errors.ts';
export {
  createGainWatch,
  type GainMetric,
  type GainWatch,
  type GainWatchOptions,
  type GainWindow,
} from './judgement/gain-watch.ts';
export {
  createAlternatingTrials,
  type AlternatingTrials,
  type AlternatingTrialsOptions,
  type Trial,
} from './judgement/alternating-trials.ts';
export { judgePairs, type GainPair, type PairQuestion } from './judgement/judge-pairs.ts';
export { judgeGain, type GainJudgement, type GainQuestion, type GainSamples } from './judgement/judge-gain.ts';
export { advisorMigrationSql, createDatabaseLedger, type LedgerDatabase } from './database-ledger.ts';
export { gainOf, savedShareOf } from './gain.ts';
export { createMemoryLedger, type Ledger, type LedgerEntry } from './ledger.ts';
export type { Actuator, Prover, Rule } from './prover.ts';
export type {
  AppliedRecommendation,
  Change,
  DismissedRecommendation,
  LocalText,
  Proof,
  Proposal,
  ProposedRecommendation,
  ProvenRecommendation,
  Recommendation,
  RecommendationState,
  RolledBackRecommendation,
  ShownRecommendation,
  Verification,
  VerifiedRecommendation,
} from './recommendation.ts';
export { replayWithout, type DurationQuantiles, type StallReplay, type Stretch } from './replay/stall-replay.ts';
export type { ChatEndpointOptions } from './wording/chat-endpoint.ts';
export type { RecommendationGroup } from './wording/grouping.ts';
export type { SuggestedPatch } from './wording/patch-check.ts';
export { createWordsmith, type Wording, type Wordsmith, type WordsmithOptions } from './wording/wording.ts';
