import type { Clock } from '@dataguardian/telemetry';
import type { Connection } from './connection.ts';
import type { Pool } from './pool.ts';
import type { StatementProfile } from './statement-profiles.ts';
import type { WireResult, WireSession, WireStatement } from './wire/wire-session.ts';

/** Sessions that many short reads share at once, each behind the other without waiting for answers. */
export interface Lanes {
  /** Sends on the lane that will answer first; undefined when the statement needs a session of its own. */
  trySend(
    statement: WireStatement,
    profile: StatementProfile,
    onSession: (session: WireSession) => void,
  ): Promise<WireResult> | undefined;
  readonly count: number;
  readonly inFlightCount: number;
  /** Gives the sessions back. */
  close(): void;
}

/** What lanes need. */
export interface LanesOptions {
  readonly clock: Clock;
  /** Most lanes; 0 for none. */
  readonly laneCount: number;
  readonly idleTimeoutMs: number;
}

interface Lane {
  readonly connection: Connection;
  /** Time that what is under way is expected to take. */
  backlogMs: number;
  usedAt: number;
}

/** More statements under way on one lane than this gain nothing. */
const MOST_IN_FLIGHT = 64;
/** A lane whose current statement takes this long takes no more until it is done. */
const STALL_MS = 20;
/** With more work than this before it, a statement takes an idle connection instead. */
const SPILL_MS = 5;
const TICK_MS = 1_000;

export function createLanes(pool: Pool, { clock, laneCount, idleTimeoutMs }: LanesOptions): Lanes {
  const lanes: Lane[] = [];
  let opening = false;
  let closed = false;

  const isUsable = ({ connection }: Lane): boolean =>
    !connection.broken && clock.monotonic() < connection.expiresAt && connection.session.isOpen;

  const openOne = async (): Promise<void> => {
    opening = true;
    try {
      const connection = await pool.acquireForSharing();
      if (connection === undefined) return;
      if (closed) pool.releaseShared(connection);
      else lanes.push({ connection, backlogMs: 0, usedAt: clock.monotonic() });
    } catch {
      // The statement that wanted a lane goes its own way and reports what is wrong.
    } finally {
      opening = false;
    }
  };

  const retire = (lane: Lane): void => {
    const index = lanes.indexOf(lane);
    if (index !== -1) lanes.splice(index, 1);
    if (lane.connection.session.inFlightCount === 0) pool.releaseShared(lane.connection);
  };

  const choose = (profile: StatementProfile): Lane | undefined => {
    let best: Lane | undefined;
    for (const lane of lanes) {
      const { session } = lane.connection;
      const { busySince, inFlightCount } = session;
      if (inFlightCount >= MOST_IN_FLIGHT || !isUsable(lane)) continue;
      if (busySince !== undefined && clock.monotonic() - busySince > STALL_MS) continue;
      if (best === undefined || inFlightCount < best.connection.session.inFlightCount) best = lane;
    }
    const { meanMs } = profile.times;
    if (best !== undefined && best.backlogMs + meanMs > SPILL_MS && pool.hasIdle()) return undefined;
    return best;
  };

  const tick = clock.repeat(TICK_MS, () => {
    const waiting = pool.state().waiting > 0;
    for (const lane of lanes.slice()) {
      const isFree = lane.connection.session.inFlightCount === 0;
      const unusedMs = clock.monotonic() - lane.usedAt;
      const isSpare = unusedMs > (waiting ? TICK_MS : idleTimeoutMs);
      if (!isUsable(lane) || (isFree && isSpare)) retire(lane);
    }
  });

  pool.setSharedIdleCount(
    () => lanes.filter(({ connection }) => !connection.broken && connection.session.inFlightCount === 0).length,
  );

  return {
    trySend(statement, profile, onSession) {
      const { kind, times } = profile;
      if (laneCount === 0 || kind !== 'read' || !times.isFitToShare()) return undefined;
      const lane = choose(profile);
      const isBusy = lane === undefined || lane.connection.session.inFlightCount > 0;
      if (isBusy && lanes.length < laneCount && !opening && !closed) void openOne();
      if (lane === undefined) return undefined;
      const expectedMs = times.meanMs;
      lane.backlogMs += expectedMs;
      lane.usedAt = clock.monotonic();
      onSession(lane.connection.session);
      return lane.connection.session.send(statement).finally(() => {
        lane.backlogMs -= expectedMs;
        if (lane.connection.session.inFlightCount === 0 && !lanes.includes(lane)) pool.releaseShared(lane.connection);
      });
    },
    get count() {
      return lanes.length;
    },
    get inFlightCount() {
      return lanes.reduce((total, { connection }) => total + connection.session.inFlightCount, 0);
    },
    close() {
      closed = true;
      tick.cancel();
      for (const lane of lanes.slice()) retire(lane);
    },
  };
}

/** Small pools share nothing: a lane would take what transactions need. */
export function toLaneCount(options: { readonly laneCount: number; readonly maxConnections: number }): number {
  return Math.min(options.laneCount, Math.floor(options.maxConnections / 4));
}
