import { randomUUID } from 'node:crypto';
import { sessionEvents, type ComponentHealth, type SessionEvent } from '@dataguardian/telemetry';
import { SessionError } from './errors.ts';
import { resolveSessionsOptions, type SessionsOptions } from './options.ts';
import { createLiveSession } from './live-session.ts';
import { createPendingEnds } from './pending-ends.ts';
import { createSessionMemory } from './session-memory.ts';
import type { SessionRecord } from './session-record.ts';
import { createSessionTable, ENDED_CHANNEL, type EndCondition, type Touch } from './session-table.ts';
import { createToken, hashToken, isToken } from './session-token.ts';
import type { OpenedSession, Session, SessionStart, SessionSummary } from './session.ts';

/** Figures of the session layer. */
export interface SessionStatistics {
  readonly inMemory: number;
  readonly live: number;
  readonly users: number;
}

/** Sessions whose truth is PostgreSQL, served from memory within a lease. */
export interface Sessions {
  /** Opens a session with a new token; the user's session unused longest leaves when there are too many. */
  start(input: SessionStart): Promise<OpenedSession>;
  /** The live session that the token opens. Expired, ended and unknown are all `undefined`. */
  resume(token: string): Promise<Session | undefined>;
  /** Gives the session a new token and a fresh time of authentication; the old token is dead at once. */
  rotate(token: string): Promise<OpenedSession | undefined>;
  /**
   * Ends one session; with `userId` only if it is that user's. Says whether it existed. While the database is away it
   * ends here at once and elsewhere when the database is back, as long as this process lives.
   */
  revoke(handle: string, options?: { readonly userId?: string }): Promise<boolean>;
  /** Ends a user's sessions. A failure leaves them ended here, and the rest is tried again. @throws SessionError SESSIONS_UNAVAILABLE */
  revokeUser(userId: string, options?: { readonly exceptHandle?: string }): Promise<number>;
  revokeOrganisation(organisationId: string): Promise<number>;
  /** A user's sessions, most recently used first. */
  list(userId: string): Promise<readonly SessionSummary[]>;
  statistics(): Promise<SessionStatistics>;
  health(): ComponentHealth;
  /** Writes what is due and stops. */
  close(): Promise<void>;
}

const FLUSH_MS = 5_000;
const SWEEP_MS = 30_000;
const SWEEP_BATCH = 500;
const RELISTEN_MS = 1_000;

/**
 * Creates the session layer.
 * @throws SessionError SESSIONS_OPTIONS_INVALID
 */
export function createSessions(options: SessionsOptions): Sessions {
  const resolved = resolveSessionsOptions(options);
  const { clock, database, leaseMs, outageLeaseMs, idleTimeoutMs, absoluteTimeoutMs } = resolved;
  const table = createSessionTable(database);
  const memory = createSessionMemory(resolved.memoryCapacity);
  const pendingEnds = createPendingEnds();
  const touches = new Map<string, Touch>();
  const loads = new Map<string, Promise<SessionRecord | undefined>>();
  let outage: unknown;
  let closed = false;

  const tell = (
    kind: SessionEvent['kind'],
    record: Pick<SessionRecord, 'handle' | 'userId' | 'organisationId'>,
  ): void => {
    const { handle, userId, organisationId } = record;
    if (sessionEvents.hasSubscribers) sessionEvents.publish({ kind, handle, userId, organisationId });
  };

  const guard = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      const result = await work();
      outage = undefined;
      return result;
    } catch (cause) {
      outage = cause;
      throw new SessionError('SESSIONS_UNAVAILABLE', 'The store of sessions does not answer.', { cause });
    }
  };

  const isLive = (record: SessionRecord): boolean =>
    clock.now() < Math.min(record.idleExpiresAt, record.absoluteExpiresAt);

  const load = (tokenHash: string): Promise<SessionRecord | undefined> => {
    const running = loads.get(tokenHash);
    if (running !== undefined) return running;
    const before = memory.generation;
    const loading = guard(() => table.find(tokenHash))
      .then((record) => {
        if (record === undefined) memory.forget(tokenHash);
        else if (memory.generation === before) memory.put(withTouch(record), clock.monotonic());
        return record;
      })
      .finally(() => loads.delete(tokenHash));
    loads.set(tokenHash, loading);
    return loading;
  };

  /** The database lags behind by what has not been flushed yet. */
  const withTouch = (record: SessionRecord): SessionRecord => {
    const touch = touches.get(record.tokenHash);
    return touch === undefined ? record : Object.freeze({ ...record, ...touch });
  };

  const recall = async (tokenHash: string): Promise<SessionRecord | undefined> => {
    const known = memory.get(tokenHash);
    const age = known === undefined ? Number.POSITIVE_INFINITY : clock.monotonic() - known.confirmedAt;
    if (known !== undefined && age < leaseMs) return known.record;
    try {
      return await load(tokenHash);
    } catch (error) {
      if (known !== undefined && age < outageLeaseMs) return known.record;
      throw error;
    }
  };

  const touch = (record: SessionRecord): void => {
    const now = clock.now();
    if (now - record.lastSeenAt < resolved.touchIntervalMs) return;
    const touched: Touch = { tokenHash: record.tokenHash, lastSeenAt: now, idleExpiresAt: now + idleTimeoutMs };
    touches.set(record.tokenHash, touched);
    const known = memory.get(record.tokenHash);
    if (known !== undefined) known.record = Object.freeze({ ...known.record, ...touched });
  };

  const end = async (condition: EndCondition): Promise<readonly string[]> => {
    try {
      const handles = await guard(() => table.end(condition));
      for (const handle of handles) memory.forgetHandle(handle);
      return handles;
    } catch (error) {
      pendingEnds.add(condition);
      throw error;
    }
  };

  const toSession = (record: SessionRecord): Session => createLiveSession(record, { clock, table, memory, guard });

  const flush = async (): Promise<void> => {
    await pendingEnds.settle(end);
    const due = [...touches.values()];
    if (due.length === 0) return;
    await guard(() => table.touch(due));
    for (const written of due) if (touches.get(written.tokenHash) === written) touches.delete(written.tokenHash);
  };

  const sweep = async (): Promise<void> => {
    let handles: readonly string[];
    do {
      handles = await end({ kind: 'expired', now: clock.now(), batchSize: SWEEP_BATCH });
      for (const handle of handles) tell('expired', { handle, userId: '', organisationId: undefined });
    } while (handles.length === SWEEP_BATCH && !closed);
  };

  let stopListening: (() => Promise<void>) | undefined;
  const listen = async (): Promise<void> => {
    try {
      stopListening = await database.listen?.(ENDED_CHANNEL, (handle) => memory.forgetHandle(handle));
      if (closed) await stopListening?.();
    } catch {
      // Until the channel is open, the lease bounds how long an ended session is served here.
      if (!closed) clock.schedule(RELISTEN_MS, () => void listen());
    }
  };
  void listen();

  const quietly = (work: () => Promise<void>) => () => void work().catch(() => undefined);
  const timers = [clock.repeat(FLUSH_MS, quietly(flush)), clock.repeat(SWEEP_MS, quietly(sweep))];

  return {
    async start(input) {
      const token = createToken();
      const now = clock.now();
      const record: SessionRecord = Object.freeze({
        tokenHash: hashToken(token),
        handle: randomUUID(),
        userId: input.userId,
        organisationId: input.organisationId,
        roles: Object.freeze([...input.roles]),
        data: Object.freeze({ ...input.data }),
        userAgent: input.device.userAgent.slice(0, 300),
        address: input.device.address.slice(0, 100),
        createdAt: now,
        authenticatedAt: now,
        lastSeenAt: now,
        idleExpiresAt: now + idleTimeoutMs,
        absoluteExpiresAt: now + absoluteTimeoutMs,
        version: 1,
      });
      await guard(() => table.insert(record));
      memory.put(record, clock.monotonic());
      tell('started', record);
      const own = await guard(() => table.listOf(input.userId));
      for (const surplus of own.filter(({ handle }) => handle !== record.handle).slice(resolved.perUserLimit - 1)) {
        await end({ kind: 'handle', handle: surplus.handle });
        tell('evicted', surplus);
      }
      return { session: toSession(record), token };
    },
    async resume(token) {
      if (!isToken(token)) return undefined;
      const record = await recall(hashToken(token));
      if (record === undefined || !isLive(record) || pendingEnds.covers(record)) return undefined;
      touch(record);
      return toSession(record);
    },
    async rotate(token) {
      if (!isToken(token)) return undefined;
      const oldHash = hashToken(token);
      const next = createToken();
      const newHash = hashToken(next);
      const existed = await guard(() => table.replaceToken(oldHash, newHash, clock.now()));
      memory.forget(oldHash);
      touches.delete(oldHash);
      const record = existed ? await load(newHash) : undefined;
      if (record === undefined) return undefined;
      tell('rotated', record);
      return { session: toSession(record), token: next };
    },
    async revoke(handle, { userId } = {}) {
      const condition: EndCondition = { kind: 'handle', handle, ...(userId === undefined ? {} : { userId }) };
      const handles = await end(condition).catch((error: unknown) => {
        // The sign-out holds here from now on and is written once the database answers.
        if (pendingEnds.has(condition)) return [handle];
        throw error;
      });
      for (const ended of handles) tell('revoked', { handle: ended, userId: userId ?? '', organisationId: undefined });
      return handles.length > 0;
    },
    async revokeUser(userId, { exceptHandle } = {}) {
      const handles = await end({
        kind: 'user',
        userId,
        startedBy: clock.now(),
        ...(exceptHandle === undefined ? {} : { exceptHandle }),
      });
      for (const handle of handles) tell('revoked', { handle, userId, organisationId: undefined });
      return handles.length;
    },
    async revokeOrganisation(organisationId) {
      const handles = await end({ kind: 'organisation', organisationId, startedBy: clock.now() });
      for (const handle of handles) tell('revoked', { handle, userId: '', organisationId });
      return handles.length;
    },
    async list(userId) {
      const records = await guard(() => table.listOf(userId));
      return records
        .map(withTouch)
        .filter((record) => isLive(record) && !pendingEnds.covers(record))
        .map(({ handle, userAgent, address, createdAt, lastSeenAt }) => ({
          handle,
          userAgent,
          address,
          createdAt,
          lastSeenAt,
        }));
    },
    async statistics() {
      const { sessions, users } = await guard(() => table.countLive(clock.now()));
      return { inMemory: memory.size, live: sessions, users };
    },
    health: () =>
      outage === undefined
        ? { status: 'up', detail: 'Sessions are stored.' }
        : {
            status: 'degraded',
            detail: 'The database is away: running sessions are served from memory, nobody can sign in.',
          },
    async close() {
      if (closed) return;
      closed = true;
      for (const timer of timers) timer.cancel();
      await flush().catch(() => undefined);
      await stopListening?.().catch(() => undefined);
    },
  };
}
