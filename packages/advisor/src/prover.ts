import type { Snapshot } from '@dataguardian/profiler';
import type { Change, Proof, Proposal, Verification } from './recommendation.ts';

/** Looks at what was observed and proposes changes. Must be pure or read-only. */
export interface Rule {
  readonly name: string;
  propose(snapshot: Snapshot): readonly Proposal[] | Promise<readonly Proposal[]>;
}

/** Establishes the gain of a kind of change without touching what users use. */
export interface Prover {
  readonly kind: string;
  /** `undefined` when there is no gain, or none can be shown: the proposal is dropped. */
  prove(proposal: Proposal, snapshot: Snapshot): Promise<Proof | undefined>;
}

/** Carries a kind of change out, takes it back, and measures what came of it. */
export interface Actuator {
  readonly kind: string;
  /**
   * Where the change takes effect. A `process` change is carried out again in every process that shares the ledger, and
   * after a restart; a `shared` one (an index) once. @defaultValue 'shared'
   */
  readonly scope?: 'process' | 'shared';
  /**
   * Applies the change and returns what {@link revert} needs. Must leave nothing behind when it throws.
   * @param purpose `trial` when its gain is still to be judged, `again` when it was and the process is a new one.
   */
  apply(change: Change, purpose: 'trial' | 'again'): Promise<Readonly<Record<string, unknown>>>;
  revert(change: Change, undo: Readonly<Record<string, unknown>>): Promise<void>;
  /** `undefined` while there is too little to judge by. */
  verify(change: Change, proof: Proof, appliedAt: number): Promise<Verification | undefined>;
}
