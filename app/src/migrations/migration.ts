/** One step of the schema. */
export interface Migration {
  /** Orders the steps; never changes once released. */
  readonly id: string;
  /** Runs once, as the owner, in a transaction. */
  readonly up: string;
}
