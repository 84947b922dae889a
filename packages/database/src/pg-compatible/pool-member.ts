import type { Timer } from '@dataguardian/telemetry';
import type { Client } from 'pg';
import type { WireSession } from '../wire/wire-session.ts';

/** A client as the pool lends it. */
export type PooledClient = Client & {
  release: (destroy?: Error | boolean) => void;
  /** Absent from some injected clients. */
  ref?: () => void;
  unref?: () => void;
};

/** A client and what the pool knows of it. */
export interface PoolMember {
  readonly client: PooledClient;
  /** Undefined for clients that cannot be looked into: the native one and injected ones. */
  readonly session: WireSession | undefined;
  readonly onIdleError: (error: Error & { client?: unknown }) => void;
  idleTimer: Timer | undefined;
  /** Set when its lifetime is over: it goes when its borrower is done. */
  expired: boolean;
  useCount: number;
  /** Statements of `pool.query` that are under way on it together. */
  sharedCount: number;
  /** Set when a statement that shared it failed: it takes no more, and goes when the others are done. */
  failure: Error | undefined;
}

/** Who waits for a client. */
export interface PendingConnect {
  readonly settle: (error: Error | undefined, member: PoolMember | undefined) => void;
  /** A request for a client to share; it does not keep shared clients from taking more. */
  readonly forSharing: boolean;
  timer: Timer | undefined;
  timedOut: boolean;
}

/** Whether a client went or goes away by itself. */
export function isGoing({ client }: PoolMember): boolean {
  // oxlint-disable-next-line no-underscore-dangle -- the names are those of `pg`
  const { _queryable, _ending } = client as unknown as { _queryable?: boolean; _ending?: boolean };
  return _queryable !== true || _ending === true;
}
