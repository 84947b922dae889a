import { randomUUID } from 'node:crypto';
import { sessionEvents, sessionFigures, type ComponentHealth, type SessionEvent } from '@dataguardian/telemetry';
import { SessionError } from './errors.ts';
import { resolveSessionsOptions, type SessionsOptions } from './options.ts';
import { createActivityLog, type Activity } from './activity-log.ts';
import { createEndJournal } from './end-journal.ts';
import { LiveSession } from './live-session.ts';
import { DATA_BOUND, MAX_DATA_BYTES } from './migration.ts';
import { createPendingEnds } from './pending-ends.ts';
import { createSessionBus } from './session-bus.ts';
import { createSessionContext } from './session-context.ts';
import { createSessionCounters } from './session-counters.ts';
import { createSessionFigures, toFiguresEvent, type SessionStatistics } from './session-figures.ts';
import { createSessionFinder } from './session-finder.ts';
import { createSessionMemory, expireSlice } from './session-memory.ts';
import { expiryOf, meanBytes, type SessionRecord } from './session-record.ts';
import { createSessionTable, type EndCondition, type EndedSession, type Touch } from './session-table.ts';
import { createToken, hashToken, isToken } from './session-token.ts';
import { createQuietSharedTier } from './shared-tier.ts';
import type { OpenedSession, Session, SessionStart, SessionSummary } from './session.ts';

/** Sessions whose truth is PostgreSQL, served from memory within a lease. */
export interface Sessions {
  /** Opens a session with a new token; the user's session unused longest leaves when there are too many. */
  start(input: SessionStart): Promise<OpenedSession>;
  /** The live session that the token opens. Expired, ended and unknown are all `undefined`. */
  resume(token: string): Promise<Session | undefined>;
  /** The session if memory knows it to be right; `undefined` says nothing, ask {@link Sessions.resume}. */
  resumeNow(token: string): Session | undefined;
  /**
   * A new token if the presented one is due to be replaced: set it as a cookie. The presented one stays good until the
   * new one has been used for a while. `undefined` when it is not due, or another request was first.
   */
  renew(token: string): Promise<string | undefined>;
  /** Whether {@link Sessions.renew} may have something to do; costs a look into memory. */
  isRenewalDue(token: string): boolean;
  /** The session of the request that the running code belongs to. */
  current(): Session | undefined;
  /** Runs `work`, and everything it starts, with `session` as the current one. */
  run<Result>(session: Session | undefined, work: () => Result): Result;
  /** Gives the session a new token and a fresh time of authentication; the old token is dead at once. */
  rotate(token: string): Promise<OpenedSession | undefined>;
  /**
   * Ends one session; with `userId` only if it is that user's. Says whether it existed. While the database is away it
   * ends here at once and elsewhere when the database is back, as long as this process lives.
   */
  revoke(handle: string, options?: { readonly userId?: string }): Promise<boolean>;
  /** Ends a user's sessions. A failure leaves them ended here, and the rest is tried again. @throws SessionError SESSIONS_UNAVAILABLE */
  revokeUser(userId: string, options?: { readonly exceptHandle?: string }): Promise<number>;
  /** Ends the sessions of everybody in it; `exceptHandle` spares the one of whoever asks for it. */
  revokeOrganisation(organisationId: string, options?: { readonly exceptHandle?: string }): Promise<number>;
  /** Ends everybody's sessions, in one statement; `exceptHandle` spares the one of whoever asks for it. */
  revokeAll(options?: { readonly exceptHandle?: string }): Promise<number>;
  /** A user's sessions, most recently used first. */
  list(userId: string): Promise<readonly SessionSummary[]>;
  /** Puts an activity into the session's log, without any statement of its own. @example note(session, 'exported findings') */
  note(session: Pick<Session, 'handle' | 'userId'>, what: string): void;
  /** The latest hundred activities of a session, or those of all of a user's sessions, latest first; ended ones too. */
  activity(of: { readonly handle: string } | { readonly userId: string }): Promise<readonly Activity[]>;
  statistics(): Promise<SessionStatistics>;
  health(): ComponentHealth;
  /** Writes what is due and stops. */
  close(): Promise<void>;
}

const FLUSH_MS = 5_000;
const SWEEP_MS = 30_000;
/** The last use of a session that looks expired may not be written yet. */
const WRITTEN_AFTER_MS = 2 * FLUSH_MS;
const SWEEP_BATCH = 500;
/** Records that the size of all is estimated from. */
const SAMPLE = 100;
/** How long a token that was replaced is good while nobody has used the new one: it may have got lost on the way. */
const UNUSED_RENEWAL_MS = 10 * 60_000;

/**
 * Creates the session layer.
 * @throws SessionError SESSIONS_OPTIONS_INVALID
 */
export function createSessions(options: SessionsOptions): Sessions {
  const resolved = resolveSessionsOptions(options);
  const { clock, database, leaseMs, outageLeaseMs, idleTimeoutMs, absoluteTimeoutMs } = resolved;
  const table = createSessionTable(database);
  const memory = createSessionMemory(resolved.memoryCapacity);
  const pendingEnds = createPendingEnds(createEndJournal(resolved.journalFolder));
  const counters = createSessionCounters();
  const log = createActivityLog(database, clock);
  const context = createSessionContext();
  const touches = new Map<string, Touch>();
  let outage: unknown;
  let closed = false;
  const bus = createSessionBus({
    database,
    clock,
    leaseMs,
    onEnded: (handle) => memory.forgetHandle(handle),
    onChanged: (handle, version) => memory.outdate(handle, version),
  });

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
      if (isDataBound(cause))
        throw new SessionError('SESSION_DATA_TOO_LARGE', `A session may hold ${MAX_DATA_BYTES} bytes of data.`, {
          cause,
        });
      outage = cause;
      throw new SessionError('SESSIONS_UNAVAILABLE', 'The store of sessions does not answer.', { cause });
    }
  };

  const figures = createSessionFigures({ clock, counters, countLive: (now) => guard(() => table.countLive(now)) });

  const isLive = (record: SessionRecord): boolean => clock.now() < expiryOf(record);

  const sharedTier = createQuietSharedTier(resolved.sharedTier, outageLeaseMs);
  const finder = createSessionFinder({
    table,
    memory,
    bus,
    sharedTier,
    touches,
    counters,
    clock,
    leaseMs,
    outageLeaseMs,
    guard,
  });

  const touch = (record: SessionRecord): void => {
    const now = clock.now();
    if (now - record.lastSeenAt < resolved.touchIntervalMs) return;
    const touched: Touch = { handle: record.handle, lastSeenAt: now, idleExpiresAt: now + idleTimeoutMs };
    touches.set(record.handle, touched);
    const known = memory.get(record.tokenHash);
    if (known !== undefined) known.record = Object.freeze({ ...known.record, ...touched });
  };

  const end = async (condition: EndCondition): Promise<readonly EndedSession[]> => {
    try {
      const ended = await guard(() => table.end(condition));
      for (const { handle, tokenHash, createdAt } of ended) {
        memory.forgetHandle(handle);
        sharedTier.drop(tokenHash);
        figures.ended(createdAt);
      }
      return ended;
    } catch (error) {
      pendingEnds.add(condition);
      throw error;
    }
  };

  const places = { clock, table, memory, guard };

  /** The session of a record that was found by that token, unless it has ended. */
  const open = (record: SessionRecord | undefined, tokenHash: string): Session | undefined => {
    if (record === undefined || !isLive(record) || pendingEnds.covers(record)) return undefined;
    touch(record);
    if (record.tokenHash === tokenHash) retireFormer(record);
    return new LiveSession(record, places);
  };

  /** The present token is in use: whoever still has the former one has little time left. */
  const retireFormer = (record: SessionRecord): void => {
    const until = clock.now() + resolved.renewalGraceMs;
    if (record.formerUntil <= until) return;
    const known = memory.get(record.tokenHash);
    if (known !== undefined) known.record = Object.freeze({ ...known.record, formerUntil: until });
    table.retireFormer(record.handle, until).catch(() => undefined);
  };

  const flush = async (): Promise<void> => {
    await pendingEnds.settle(end);
    const due = [...touches.values()];
    if (due.length === 0) return;
    await guard(() => table.touch(due));
    for (const written of due) if (touches.get(written.handle) === written) touches.delete(written.handle);
  };

  /** Says that sessions ended, to whoever listens and in their logs. */
  const tellEnds = (kind: 'expired' | 'revoked' | 'evicted', ended: readonly EndedSession[]): void => {
    counters[kind] += ended.length;
    for (const session of ended) {
      tell(kind, { ...session, organisationId: session.organisationId ?? undefined });
      log.note(session, kind);
    }
  };

  const revokeMany = async (condition: EndCondition): Promise<number> => {
    const ended = await end(condition);
    tellEnds('revoked', ended);
    return ended.length;
  };

  const sweep = async (): Promise<void> => {
    let ended: readonly EndedSession[];
    do {
      ended = await end({ kind: 'expired', now: clock.now() - WRITTEN_AFTER_MS, batchSize: SWEEP_BATCH });
      tellEnds('expired', ended);
    } while (ended.length === SWEEP_BATCH && !closed);
    await log.sweep(clock.now() - resolved.activityRetentionMs);
  };

  const readStatistics = async (): Promise<SessionStatistics> => ({
    ...(await figures.read()),
    inMemory: memory.size,
    bytesPerSession: meanBytes(memory.sample(SAMPLE)),
  });

  const tellFigures = async (): Promise<void> => {
    if (sessionFigures.hasSubscribers) sessionFigures.publish(toFiguresEvent(await readStatistics()));
  };

  const giveBack = (): void => {
    if (expireSlice(memory, clock) && !closed) setImmediate(giveBack);
  };

  const quietly = (work: () => Promise<void>) => () => void work().catch(() => undefined);
  const timers = [
    clock.repeat(FLUSH_MS, quietly(flush)),
    clock.repeat(
      FLUSH_MS,
      quietly(() => log.flush()),
    ),
    clock.repeat(SWEEP_MS, quietly(sweep)),
    clock.repeat(SWEEP_MS, giveBack),
    clock.repeat(SWEEP_MS, quietly(tellFigures)),
  ];

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
        renewedAt: now,
        formerHash: undefined,
        formerUntil: 0,
        version: 1,
      });
      await guard(() => table.insert(record));
      memory.put(record, clock.monotonic());
      sharedTier.keep(record);
      counters.started += 1;
      tell('started', record);
      log.note(record, 'started');
      const own = await guard(() => table.listOf(input.userId));
      for (const surplus of own.filter(({ handle }) => handle !== record.handle).slice(resolved.perUserLimit - 1))
        tellEnds('evicted', await end({ kind: 'handle', handle: surplus.handle }));
      return { session: new LiveSession(record, places), token };
    },
    async resume(token) {
      if (!isToken(token)) return undefined;
      const tokenHash = hashToken(token);
      return open(await finder.find(tokenHash), tokenHash);
    },
    resumeNow(token) {
      if (!isToken(token)) return undefined;
      const tokenHash = hashToken(token);
      return open(finder.findNow(tokenHash), tokenHash);
    },
    async renew(token) {
      if (resolved.renewalIntervalMs === 0 || !isToken(token)) return undefined;
      const presentedHash = hashToken(token);
      const record = memory.get(presentedHash)?.record ?? (await finder.load(presentedHash));
      if (record === undefined || !isLive(record)) return undefined;
      const now = clock.now();
      const isPresent = record.tokenHash === presentedHash;
      // A former token that comes back while nobody uses the new one: that one got lost on its way.
      const isLost = !isPresent && record.formerUntil > now + resolved.renewalGraceMs;
      const age = now - record.renewedAt;
      if (isPresent ? age < resolved.renewalIntervalMs : !isLost || age < resolved.renewalGraceMs) return undefined;
      const next = createToken();
      const renewal = {
        presentedHash,
        currentHash: record.tokenHash,
        newHash: hashToken(next),
        at: now,
        formerUntil: now + UNUSED_RENEWAL_MS,
      };
      if (!(await guard(() => table.renewToken(renewal)))) return undefined;
      memory.forget(record.tokenHash);
      sharedTier.drop(record.tokenHash);
      counters.renewed += 1;
      tell('rotated', record);
      return next;
    },
    isRenewalDue(token) {
      if (resolved.renewalIntervalMs === 0) return false;
      const record = memory.get(hashToken(token))?.record;
      // Memory knows present tokens only: what it does not know may be a former one.
      return record === undefined || clock.now() - record.renewedAt >= resolved.renewalIntervalMs;
    },
    current: () => context.current(),
    run: (session, work) => context.run(session, work),
    async rotate(token) {
      if (!isToken(token)) return undefined;
      const oldHash = hashToken(token);
      const next = createToken();
      const newHash = hashToken(next);
      const existed = await guard(() => table.replaceToken(oldHash, newHash, clock.now()));
      memory.forget(oldHash);
      sharedTier.drop(oldHash);
      const record = existed ? await finder.load(newHash) : undefined;
      if (record === undefined || !isLive(record)) return undefined;
      tell('rotated', record);
      log.note(record, 'rotated');
      return { session: new LiveSession(record, places), token: next };
    },
    async revoke(handle, { userId } = {}) {
      const condition: EndCondition = { kind: 'handle', handle, ...(userId === undefined ? {} : { userId }) };
      try {
        const ended = await end(condition);
        tellEnds('revoked', ended);
        return ended.length > 0;
      } catch (error) {
        // The sign-out holds here from now on and is written once the database answers.
        if (!pendingEnds.has(condition)) throw error;
        counters.revoked += 1;
        tell('revoked', { handle, userId: userId ?? '', organisationId: undefined });
        return true;
      }
    },
    revokeUser: (userId, options = {}) => revokeMany({ kind: 'user', userId, ...options, startedBy: clock.now() }),
    revokeOrganisation: (organisationId, options = {}) =>
      revokeMany({ kind: 'organisation', organisationId, ...options, startedBy: clock.now() }),
    revokeAll: (options = {}) => revokeMany({ kind: 'all', ...options, startedBy: clock.now() }),
    async list(userId) {
      const records = await guard(() => table.listOf(userId));
      return records
        .map((record) => finder.withTouch(record))
        .filter((record) => isLive(record) && !pendingEnds.covers(record))
        .map(({ handle, userAgent, address, createdAt, lastSeenAt }) => ({
          handle,
          userAgent,
          address,
          createdAt,
          lastSeenAt,
        }));
    },
    note: (session, what) => log.note(session, what),
    activity: (of) => guard(() => log.read(of)),
    statistics: readStatistics,
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
      figures.close();
      await flush().catch(() => undefined);
      await log.flush().catch(() => undefined);
      await bus.close();
    },
  };
}

function isDataBound(error: unknown): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === DATA_BOUND;
}
