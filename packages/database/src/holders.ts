import { poolLeaks, type Clock } from '@dataguardian/telemetry';
import type { Connection } from './connection.ts';
import { toFingerprint } from './fingerprint.ts';

/** Somebody who has a connection. */
export interface Holder {
  readonly heldMs: number;
  /** Shape of the statement it sent last, without literals; empty before the first. */
  readonly lastStatement: string;
  /** How long it has sent nothing while holding the connection. */
  readonly idleMs: number;
  /** Where the connection was asked for; empty for an autocommit statement. */
  readonly stack: string;
  readonly backendId: number | undefined;
  /** Whether it was held for longer than the leak threshold. */
  readonly leaking: boolean;
}

/** Knows who has which connection. */
export interface Holders {
  hold(connection: Connection, trace: HolderTrace): void;
  isHeld(connection: Connection): boolean;
  /** @returns how long it was held. */
  letGo(connection: Connection): number;
  /** Longest first. */
  list(): Holder[];
  /** Reports holders beyond the threshold on the `poolLeaks` channel, each once. */
  report(): void;
  readonly leakCount: number;
}

/** Where somebody asked for a connection. Formatted only when it is read: taking it costs about a microsecond. */
export interface HolderTrace {
  readonly stack?: string;
}

interface Hold {
  readonly since: number;
  readonly trace: HolderTrace;
  reported: boolean;
}

const STACK_FRAMES = 12;

/**
 * Takes the stack of whoever asks; to be called in his own turn, before anything is awaited.
 * @param below The function above which the stack starts; without it no stack is taken.
 */
export function takeTrace(below: ((...given: never[]) => unknown) | undefined): HolderTrace {
  const trace: HolderTrace = {};
  if (below === undefined) return trace;
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = STACK_FRAMES;
  Error.captureStackTrace(trace, below);
  Error.stackTraceLimit = limit;
  return trace;
}

/** @param leakThresholdMs 0 for never. */
export function createHolders(clock: Clock, leakThresholdMs: number): Holders {
  const holds = new Map<Connection, Hold>();
  let leakCount = 0;
  const toHolder = (connection: Connection, { since, trace }: Hold): Holder => {
    const now = clock.monotonic();
    const { busySince } = connection.session;
    return {
      heldMs: now - since,
      lastStatement: toFingerprint(connection.lastStatement()).statement,
      idleMs: busySince === undefined ? now - Math.max(since, connection.session.lastReadyAt) : 0,
      stack: (trace.stack ?? '').split('\n').slice(1).join('\n'),
      backendId: connection.wire.backendId,
      leaking: leakThresholdMs > 0 && now - since >= leakThresholdMs,
    };
  };
  return {
    hold(connection, trace) {
      holds.set(connection, { since: clock.monotonic(), trace, reported: false });
    },
    isHeld: (connection) => holds.has(connection),
    letGo(connection) {
      const hold = holds.get(connection);
      holds.delete(connection);
      return hold === undefined ? 0 : clock.monotonic() - hold.since;
    },
    list: () =>
      [...holds]
        .map(([connection, hold]) => toHolder(connection, hold))
        .sort((one, other) => other.heldMs - one.heldMs),
    report() {
      if (leakThresholdMs === 0) return;
      for (const [connection, hold] of holds) {
        if (hold.reported || clock.monotonic() - hold.since < leakThresholdMs) continue;
        hold.reported = true;
        leakCount += 1;
        const { heldMs, lastStatement, stack } = toHolder(connection, hold);
        if (poolLeaks.hasSubscribers) poolLeaks.publish({ heldMs, lastStatement, stack });
      }
    },
    get leakCount() {
      return leakCount;
    },
  };
}
