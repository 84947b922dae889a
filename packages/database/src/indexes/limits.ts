/** What bounds the advisor's work and its advice. Every field has a default. */
export interface IndexAdvisorLimits {
  /** Statements looked at, the costliest first. @defaultValue 40 */
  readonly statementCount?: number;
  /** Candidates built on the copy. @defaultValue 120 */
  readonly candidateCount?: number;
  /** Rows of a table that are copied; larger tables are sampled. @defaultValue 500_000 */
  readonly sampleRowCount?: number;
  /** Tables below this many rows get no advice. @defaultValue 1_000 */
  readonly leastRowCount?: number;
  /** Size that all new indexes together may have. @defaultValue 1 GiB */
  readonly maxTotalBytes?: number;
  /** Least before/after of the statements that an index serves. @defaultValue 1.2 */
  readonly leastGain?: number;
  /** What an index must save at least, as a share of the time that the workload takes with all of them. @defaultValue 0.01 */
  readonly leastSavedRatio?: number;
  /** Runs of a proof, before and after in turns. @defaultValue 5 */
  readonly proofRuns?: number;
  /** An execution on the copy is cut off after this. @defaultValue 5_000 */
  readonly statementTimeoutMs?: number;
  /** How long an index must have been seen without use. @defaultValue 14 days */
  readonly unusedAfterMs?: number;
  /** How long a build may wait for a lock before it is tried again. @defaultValue 2_000 */
  readonly lockTimeoutMs?: number;
  /** How often a build is tried. @defaultValue 5 */
  readonly buildAttempts?: number;
  /** A transaction open for longer makes a build wait before it starts. @defaultValue 10_000 */
  readonly longTransactionMs?: number;
  /** Executions of a statement that a verification needs. @defaultValue 20 */
  readonly verificationCount?: number;
}

/** Limits with their defaults. */
export type ResolvedLimits = Readonly<Required<IndexAdvisorLimits>>;

const DAY_MS = 24 * 60 * 60_000;

export function resolveLimits(limits: IndexAdvisorLimits = {}): ResolvedLimits {
  return Object.freeze({
    statementCount: 40,
    candidateCount: 120,
    sampleRowCount: 500_000,
    leastRowCount: 1_000,
    maxTotalBytes: 1024 * 1024 * 1024,
    leastGain: 1.2,
    leastSavedRatio: 0.01,
    proofRuns: 5,
    statementTimeoutMs: 5_000,
    unusedAfterMs: 14 * DAY_MS,
    lockTimeoutMs: 2_000,
    buildAttempts: 5,
    longTransactionMs: 10_000,
    verificationCount: 20,
    ...limits,
  });
}
