import type { SessionRecord } from './session-record.ts';

/**
 * A place that several processes share and that may be gone at any time, Redis for example: asked only while the
 * database does not answer, so that a process that has just started knows who is signed in. A namespace of
 * `@dataguardian/cache` has it. Keys are hashes of tokens; values hold what the session holds.
 */
export interface SessionSharedTier {
  get(key: string): Promise<SessionRecord | undefined>;
  set(key: string, record: SessionRecord, options: { readonly ttlMs: number }): Promise<unknown>;
  delete(key: string): Promise<unknown>;
}

/** The same without failures: what it cannot do is as if it were not there. */
export interface QuietSharedTier {
  read(tokenHash: string): Promise<SessionRecord | undefined>;
  keep(record: SessionRecord): void;
  drop(tokenHash: string): void;
}

/** Wraps a tier, or nothing. @param ttlMs How long a record may be served from there. */
export function createQuietSharedTier(tier: SessionSharedTier | undefined, ttlMs: number): QuietSharedTier {
  if (tier === undefined)
    return { read: () => Promise.resolve(undefined), keep: () => undefined, drop: () => undefined };
  const ignore = (): void => undefined;
  return {
    read: (tokenHash) => tier.get(tokenHash).catch(() => undefined),
    keep: (record) => void tier.set(record.tokenHash, record, { ttlMs }).catch(ignore),
    drop: (tokenHash) => void tier.delete(tokenHash).catch(ignore),
  };
}
