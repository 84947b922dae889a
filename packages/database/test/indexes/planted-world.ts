/** A database with a workload, and what is wrong with its indexes. */
export interface PlantedWorld {
  readonly name: string;
  /** Makes tables and rows; `scale` 1 has about half a million rows. */
  readonly setUp: (scale: number) => readonly string[];
  /** Sent after the tables are there; errors are expected of those marked so. */
  readonly faults: readonly { readonly sql: string; readonly fails?: boolean }[];
  /** Indexes that must be advised to be dropped. */
  readonly wrongIndexes: readonly string[];
  /** Statements that use indexes which must be left alone. */
  readonly touches: readonly string[];
  readonly statements: readonly PlantedStatement[];
}

/** One statement of a workload. */
export interface PlantedStatement {
  readonly name: string;
  /** How often it runs in one round of the workload. */
  readonly weight: number;
  readonly text: string;
  /** Values of one execution. `pick(n)` gives a whole number from 1 to n. */
  readonly values: (pick: (most: number) => number, scale: number) => readonly unknown[];
  readonly writes?: boolean;
}
