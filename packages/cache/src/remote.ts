import type { AdmittedValue } from './memory/admission.ts';
import type { TagState } from './tag-table.ts';

/** A value as Redis has it. Times are wall-clock epoch milliseconds, because processes share them. */
export interface RemoteRecord {
  readonly value: unknown;
  readonly freshUntil: number;
  readonly staleUntil: number;
  /** How long the value took to load, in milliseconds. */
  readonly loadMs: number;
  /** The tags and the version of each that the value was loaded under; the namespace's own comes first. */
  readonly tags: readonly (readonly [name: string, version: number])[];
  /** The version of the namespace's own tag when the record carries no other; NaN when it does, or when nobody knows. */
  readonly ownVersion: number;
  /** Unique to this record. */
  readonly version: string;
}

/** What a read found. `away`: Redis did not answer in time, or is known to be down. */
export type RemoteRead =
  | { readonly kind: 'value'; readonly record: RemoteRecord }
  /** It is the record that the caller knows; `value` is not decoded. */
  | { readonly kind: 'unchanged'; readonly record: RemoteRecord }
  | { readonly kind: 'none' }
  | { readonly kind: 'lease' }
  | { readonly kind: 'away' };

/** A read whose value may still have to be unpacked. */
export type MaybeRead = RemoteRead | Promise<RemoteRead>;

/** What must hold for a value to be served as it is, without being put into memory. */
export interface CurrentCheck {
  /** The wall clock, read when the reply has come. */
  readonly now: () => number;
  /** The namespace's own tag. */
  readonly own: TagState;
}

/** What a batch found: by place the value where it may be served as it is, and what there is to say about the others. */
export interface RemoteBatch {
  readonly values: unknown[];
  readonly others: { readonly index: number; readonly read: MaybeRead }[];
}

/** The right to load a value, and the proof that nothing changed since. */
export interface Fence {
  /** What Redis must still hold for a commit to count. */
  readonly expected: Buffer;
  readonly kind: 'lease' | 'refresh';
}

/** The outcome of asking for the right to load. */
export type Acquisition =
  | { readonly kind: 'granted'; readonly fence: Fence }
  | { readonly kind: 'held'; readonly forMs: number }
  | { readonly kind: 'value'; readonly record: RemoteRecord }
  /** Redis answers, but takes nothing: it is full, or read-only. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'away' };

/** What is to be stored. */
export interface NewRecord extends Omit<RemoteRecord, 'version' | 'ownVersion'> {
  readonly admitted?: AdmittedValue;
}

/** One namespace in Redis. No method rejects because Redis is away. */
export interface RemoteSpace {
  /** Bytes of records that were read and written. */
  readonly traffic: { readonly readBytes: number; readonly writtenBytes: number };
  /** @param known The version of the record that memory has, to be told `unchanged` instead of getting it again. */
  read(key: string, known?: string): Promise<RemoteRead>;
  /**
   * Reads keys in as few round trips as possible; a large value is unpacked off the event loop.
   * @param check For callers that keep nothing in memory: values that pass it need no further look.
   */
  readMany(
    keys: readonly string[],
    known: (key: string) => string | undefined,
    check?: CurrentCheck,
  ): Promise<RemoteBatch>;
  /** Asks for the right to load `key`; `former` is the stale record that a refresh would replace. */
  acquire(key: string, former: RemoteRecord | undefined): Promise<Acquisition>;
  /** Stores a loaded value unless the key changed since the fence was granted; then `undefined`, else the version. */
  commit(key: string, fence: Fence, record: NewRecord): Promise<Commit>;
  /** Gives the right back after a failed load. */
  release(key: string, fence: Fence): void;
  /** Keeps the right while the load runs; the returned function ends that. */
  keep(key: string, fence: Fence): () => void;
  /** Stores a value whatever is there; `onSend` is called when the order among other commands is settled. */
  write(key: string, record: NewRecord, onSend: () => void): Promise<Commit>;
  remove(keys: readonly string[]): Promise<void>;
  /** `undefined`: Redis is away, and forgets the value when it is back. */
  expire(key: string, ttlMs: number, graceMs: number): Promise<boolean | undefined>;
  increment(key: string, by: number, ttlMs: number): Promise<number | undefined>;
  /** Resolves when the key changes, or after `timeoutMs`. */
  whenChanged(key: string, timeoutMs: number): Promise<void>;
}

/**
 * How a write ended. `superseded`: somebody changed the key meanwhile, so the value was not stored. `refused`: Redis
 * answers, but takes nothing; what it had of the key is gone.
 */
export type Commit =
  | { readonly kind: 'stored'; readonly version: string }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'away' };

/** What this process may still believe. */
export interface Coherence {
  /** Entries of another epoch must be confirmed before they are served. */
  readonly epoch: number;
  /** How long from now a value loaded at this moment may be believed, in milliseconds. */
  readonly trustMs: number;
  /** How long a value may be believed that Redis would not take: of its changes elsewhere nobody may hear. */
  readonly untoldMs: number;
  /** Makes the versions of `tags` known; does nothing when they are. */
  learnTags(tags: readonly TagState[]): Promise<void> | undefined;
}
