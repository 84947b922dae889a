/** Times of several runs, in milliseconds. */
export interface Timing {
  readonly medianMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly runs: number;
}

/** A statement that a change of indexes touches. */
export interface AffectedStatement {
  readonly fingerprint: string;
  /** Without literals. */
  readonly statement: string;
  /** Executions in the period that was looked at. */
  readonly count: number;
  readonly before: Timing;
  readonly after: Timing;
  /** before / after of the medians. */
  readonly gain: number;
}

/** How the gain was established. */
export interface IndexProof {
  /**
   * `copy`: on a copy of whole tables. `sample`: on samples of them; times are scaled to the full tables.
   * `catalogue`: nothing to measure, the catalogue says it all (an invalid index, the second of two equal ones).
   */
  readonly method: 'copy' | 'sample' | 'catalogue';
  /** Mean time of one execution over the affected statements, weighted by how often they run. */
  readonly before: Timing;
  readonly after: Timing;
  readonly gain: number;
  readonly affected: readonly AffectedStatement[];
  /** What the planner promised for the same: before / after of its cost. Secondary: it is often far off. */
  readonly plannerGain: number;
  /** Recommendations that were in place when this one was measured: those before it in the list. */
  readonly measuredAfter: readonly string[];
  /** Share of the rows that were copied, of the least copied table; 1 when all. */
  readonly copiedRatio: number;
}

/** What the change does to writes of its table. */
export interface WriteCost {
  /** Time that one written row takes longer (less when negative), measured on the copy. */
  readonly addedMsPerRow: number;
  /** Share of the table's observed write time, e.g. 0.04 for 4% more. */
  readonly ratio: number;
}

interface Common {
  /** Stable: the same change has the same id in every process. */
  readonly id: string;
  /** With its schema. */
  readonly table: string;
  /** What to run; the advisor itself runs it guarded. */
  readonly statement: string;
  /** One sentence with figures. */
  readonly reason: string;
  readonly proof: IndexProof;
  /** Of the index: expected for a new one, measured for one to drop. */
  readonly sizeBytes: number;
  readonly writeCost: WriteCost;
  /** Time saved, in milliseconds, over the period that was looked at; writes that become slower are subtracted. */
  readonly savedMs: number;
}

/** An index to be made. */
export interface NewIndex {
  /** `dgopt_` and a hash of the definition. */
  readonly indexName: string;
  /** With its schema. */
  readonly table: string;
  readonly statement: string;
  readonly sizeBytes: number;
}

/** An index that the workload lacks. */
export interface CreateRecommendation extends Common {
  readonly kind: 'create';
  /** `dgopt_` and a hash of the definition. */
  readonly indexName: string;
  /**
   * Where one is of no use without others, as those of the sides of an OR or of a join: all of them, itself first. They
   * are made and taken back together. @defaultValue itself alone
   */
  readonly indexes?: readonly NewIndex[];
}

/** Everything that a recommendation makes, each index with its own statement. */
export function toNewIndexes(recommendation: CreateRecommendation): readonly NewIndex[] {
  const { indexes, indexName, table, statement, sizeBytes } = recommendation;
  return indexes ?? [{ indexName, table, statement, sizeBytes }];
}

/** Why an index is not worth having. */
export type DropCause = 'invalid' | 'duplicate' | 'redundant' | 'unused';

/** An index that costs more than it brings. */
export interface DropRecommendation extends Common {
  readonly kind: 'drop';
  readonly indexName: string;
  readonly cause: DropCause;
  /** Statement that makes it anew. */
  readonly restore: string;
}

/** A change of indexes with its proof. */
export type IndexRecommendation = CreateRecommendation | DropRecommendation;

/** What is worth knowing of an index and needs no change, or none that can be proved. */
export interface IndexFinding {
  readonly index: string;
  readonly table: string;
  readonly kind: DropCause | 'blocks-hot' | 'bloated' | 'missing-foreign-key' | 'unmanaged' | 'drift';
  readonly evidence: string;
}

/** Mean time of one execution over the whole workload, in milliseconds: before, and with every recommendation applied. */
export interface WorkloadPromise {
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly gain: number;
}

/** What a look at the workload gave. */
export interface IndexAdvice {
  readonly recommendations: readonly IndexRecommendation[];
  /** What all recommendations together are promised to bring. */
  readonly promise: WorkloadPromise;
  readonly findings: readonly IndexFinding[];
  /** Statements that could not be looked at, by shape, with the reason. */
  readonly skipped: readonly { readonly statement: string; readonly reason: string }[];
  readonly statementCount: number;
  readonly candidateCount: number;
  /** How long it took. */
  readonly durationMs: number;
}
