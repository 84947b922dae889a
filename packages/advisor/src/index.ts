export { createAdvisor, type Advisor, type AdvisorOptions } from './advisor.ts';
export { advisorErrors, AdvisorError, type AdvisorErrorCode } from './errors.ts';
export { createMemoryLedger, type Ledger } from './ledger.ts';
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
  RolledBackRecommendation,
  ShownRecommendation,
  Verification,
  VerifiedRecommendation,
} from './recommendation.ts';
