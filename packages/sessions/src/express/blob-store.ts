/** A body and when it ends, epoch milliseconds: a touch may have put the end off since the body was written. */
export interface Blob {
  readonly body: string;
  readonly expiresAt: number;
}

/** Bodies of sessions by id, each with an end. An id that was removed does not come back. */
export interface BlobStore {
  /** `undefined` for unknown, expired and removed ids. */
  read(id: string): Promise<Blob | undefined>;
  /** Creates or replaces; does nothing for an id that was removed. */
  write(id: string, body: string, expiresAt: number): Promise<void>;
  /** Puts the end off and leaves the body alone; does nothing for an id that is not there. */
  touch(id: string, expiresAt: number): Promise<void>;
  remove(id: string): Promise<void>;
  /** Every live body. */
  all(): Promise<readonly string[]>;
  count(): Promise<number>;
  clear(): Promise<void>;
}

/** How long an id stays known as removed: longer than any request runs. */
export const TOMBSTONE_MS = 10 * 60_000;
