import type { Timer } from '@dataguardian/telemetry';
import type { ResolvedDatabaseOptions } from '../options.ts';
import type { Announcement } from './announcement.ts';
import { formatMessage, joinAnnouncements, parseMessage, type ChannelMessage } from './channel-message.ts';
import { createChannelSession, type BeatAnswer, type ChannelSession } from './channel-session.ts';
import { createHeardBeats } from './heard-beats.ts';
import { createMembers } from './members.ts';
import { parseSnapshot, type Snapshot } from './shared-tier.ts';

/** Why everything in memory became invalid. */
export type FlushReason = 'joined' | 'channel-lost' | 'told-to' | 'member-gone' | 'outcome-unknown' | 'schema';

/** Why nothing may be answered from memory: on the way to the others, waiting for one of them, or for a lost session. */
export type ChannelState = 'open' | 'joining' | 'waiting-for-members' | 'outcome-unknown';

/** What the channel needs and whom it tells. */
export interface ChannelHooks {
  readonly member: number;
  readonly leaseMs: number;
  announced(announcement: Announcement): void;
  flush(reason: FlushReason): void;
  /** Backends that carry a possibly writing statement for longer than `ageMs`. */
  waitingBackends(ageMs: number): readonly number[];
  /** That backend has nothing under way any more, for several beats. */
  giveUp(backendId: number): void;
  /** From `snapshot` on, which was asked for at `askedAt`, every writer is heard. */
  complete(snapshot: Snapshot, askedAt: number): void;
}

/** Where processes hear of each other's writes. */
export interface Channel {
  /** Monotonic time until which answers from memory may be given. */
  readonly openUntil: number;
  readonly state: ChannelState;
  /** Whether this process holds its member's lock and has heard itself, as far as it knows. */
  readonly isPresent: boolean;
  readonly snapshot: Snapshot | undefined;
  /** Whether the database reports changes of the schema by itself. */
  readonly watchesSchema: boolean;
  start(): void;
  /** Tells the others of writes that are acknowledged. */
  relay(announcements: readonly Announcement[]): void;
  /** Tells the others that anything may have been written. */
  tellToForget(): void;
  /** Something under way on a lost session may still be committed: closed until its backend has settled. */
  outcomeUnknown(backendId: number | undefined): void;
  close(): Promise<void>;
}

/**
 * Beats in a lease. An answer may be as old as the lease: three beats of it may pass until a member notices that the answer
 * to a write of its own is lost on the way.
 */
const BEATS_PER_LEASE = 8;
/** Relays of a busy writer are so far apart; one that has not written for as long tells at once. */
const RELAY_EVERY_MS = 3;
const RECONNECT_MS = 100;
const MOST_RECONNECT_MS = 2_000;
/** Idle beats after which an unanswered statement counts as done with unknown outcome. */
const LEAST_IDLE_BEATS = 2;
/** Idle beats after which an unanswered statement counts as never received. */
const IDLE_BEATS = 16;

/**
 * Lives on one connection that holds an advisory lock: the others see by it that this process is there, the triggers see
 * that it announces its own writes. Every beat is a notification; the queue of notifications is in commit order, so a
 * beat that came back proves that everything committed before it was sent has been heard, and a beat of another member
 * that had heard one's own proves the same of that member. No clocks are compared: all times are this process's own.
 */
export function createChannel(options: ResolvedDatabaseOptions, hooks: ChannelHooks): Channel {
  const { clock } = options;
  const { member, leaseMs } = hooks;
  const beatMs = leaseMs / BEATS_PER_LEASE;
  const validMs = leaseMs - 3 * beatMs;
  const members = createMembers(() => clock.monotonic());
  const unsettled = new Set<number>();
  const idleBeats = new Map<number, number>();
  const outbox: ChannelMessage[] = [];
  let session: ChannelSession | undefined;
  let isJoined = false;
  /** Whether the other members are known, not only that there may be some. */
  let knowsMembers = false;
  let relays = false;
  let openUntil = Number.NEGATIVE_INFINITY;
  let ownHeard = Number.NEGATIVE_INFINITY;
  let beatNumber = 0;
  let isBeating = false;
  let beatAgain = false;
  let anonymousLoss = false;
  let snapshot: Snapshot | undefined;
  let watchesSchema = false;
  let schemaPrint: string | undefined;
  let retryMs = RECONNECT_MS;
  let closed = false;
  let relayTimer: Timer | undefined;
  let relayedAt = Number.NEGATIVE_INFINITY;
  let beatTimer: Timer | undefined;
  let reconnectTimer: Timer | undefined;
  const sentBeats = new Map<number, number>();
  const heardBeats = createHeardBeats(leaseMs * 2);
  const newcomers = new Set<number>();

  const reckon = (): void => {
    openUntil =
      isJoined && knowsMembers && unsettled.size === 0 && !anonymousLoss
        ? Math.min(ownHeard, members.freshness()) + validMs
        : Number.NEGATIVE_INFINITY;
  };
  const say = (message: ChannelMessage): void => {
    outbox.push(message);
  };
  const startRelaying = (): void => {
    if (relays) return;
    relays = true;
    // What was written while nobody listened was not announced.
    say({ sender: member, kind: 'flush' });
  };

  const hear = (payload: string): void => {
    const message = parseMessage(payload);
    if (message.sender === member) {
      const sentAt = message.kind === 'beat' ? sentBeats.get(message.number) : undefined;
      if (sentAt === undefined) return;
      ownHeard = Math.max(ownHeard, sentAt);
      noteBeat(message);
    } else if (message.kind === 'announcement') {
      hooks.announced(message.announcement);
    } else if (message.kind === 'flush') {
      hooks.flush('told-to');
    } else if (message.kind === 'join') {
      members.joining(message.sender);
      newcomers.add(message.sender);
      startRelaying();
      void beat();
    } else {
      const proven = message.heard === undefined ? undefined : heardBeats.find(message.heard);
      if (message.relays && proven !== undefined) members.heard(message.sender, proven);
      noteBeat(message);
      // One that has just joined waits for somebody who has heard its first beat.
      if (newcomers.delete(message.sender)) void beat();
    }
    reckon();
  };
  const noteBeat = (message: ChannelMessage): void => {
    if (message.kind !== 'beat') return;
    heardBeats.note({ member: message.sender, number: message.number }, { ownHeard, now: clock.monotonic() });
  };

  const lose = (lost: ChannelSession): void => {
    if (session !== lost) return;
    session = undefined;
    isJoined = false;
    knowsMembers = false;
    relays = false;
    outbox.length = 0;
    ownHeard = Number.NEGATIVE_INFINITY;
    snapshot = undefined;
    sentBeats.clear();
    heardBeats.clear();
    newcomers.clear();
    members.clear();
    relayTimer?.cancel();
    relayTimer = undefined;
    reckon();
    hooks.flush('channel-lost');
    void lost.end();
    if (!closed) reconnectTimer = clock.schedule(retryMs, () => void connect());
    retryMs = Math.min(retryMs * 2, MOST_RECONNECT_MS);
  };

  const connect = async (): Promise<void> => {
    if (closed || session !== undefined) return;
    const opened = createChannelSession(options, { member, leaseMs, hear, lost: () => lose(opened) });
    session = opened;
    try {
      await opened.join(formatMessage({ sender: member, kind: 'join' }));
      if (session !== opened) return;
      isJoined = true;
      // Whatever was kept so far was kept without hearing of others' writes.
      hooks.flush('joined');
      retryMs = RECONNECT_MS;
      await beat();
    } catch {
      lose(opened);
    }
  };

  const beat = async (): Promise<void> => {
    beatTimer?.cancel();
    const mine = session;
    if (mine === undefined || !isJoined) return;
    if (isBeating) {
      beatAgain = true;
      return;
    }
    isBeating = true;
    beatAgain = false;
    const sentAt = clock.monotonic();
    beatNumber += 1;
    sentBeats.set(beatNumber, sentAt);
    sentBeats.delete(beatNumber - BEATS_PER_LEASE * 4);
    if (unsettled.size > 0 || anonymousLoss) say({ sender: member, kind: 'flush' });
    const waiting = hooks.waitingBackends(beatMs);
    const heard = heardBeats.latest();
    say({ sender: member, kind: 'beat', number: beatNumber, relays, ...(heard === undefined ? {} : { heard }) });
    try {
      const answer = await mine.beat(takeOutbox(), [...unsettled, ...waiting], clock.monotonic());
      if (session === mine) take(answer, waiting, sentAt);
    } catch {
      lose(mine);
    } finally {
      isBeating = false;
      if (session !== undefined && session === mine)
        beatTimer = clock.schedule(
          beatAgain ? 0 : Math.max(0, beatMs - (clock.monotonic() - sentAt)),
          () => void beat(),
        );
    }
  };

  const take = (answer: BeatAnswer, waiting: readonly number[], sentAt: number): void => {
    const { present, relaying, settled } = answer;
    knowsMembers = true;
    if (members.present(present, relaying, sentAt).length > 0) {
      hooks.flush('member-gone');
      if (members.isListenedTo) beatAgain = true;
    }
    if (members.isListenedTo) {
      if (!relays) beatAgain = true;
      startRelaying();
    } else {
      relays = false;
    }
    settleBackends(settled, waiting);
    if (answer.watchesSchema !== watchesSchema || answer.schemaPrint !== schemaPrint) {
      if (schemaPrint !== undefined || watchesSchema) hooks.flush('schema');
      ({ watchesSchema, schemaPrint } = answer);
    }
    snapshot = parseSnapshot(answer.snapshot);
    if (snapshot !== undefined) hooks.complete(snapshot, sentAt);
    reckon();
  };

  const settleBackends = (settled: ReadonlySet<number>, waiting: readonly number[]): void => {
    const isOver = [...unsettled].filter((backendId) => settled.has(backendId));
    for (const backendId of isOver) unsettled.delete(backendId);
    // A statement that the server has done with and whose answer is not here may be a commit. One beat may fall between
    // the two on a busy machine; a second one does not, and still is within the lease.
    const idle = waiting.filter((backendId) => settled.has(backendId));
    for (const backendId of idleBeats.keys()) if (!idle.includes(backendId)) idleBeats.delete(backendId);
    for (const backendId of idle) idleBeats.set(backendId, (idleBeats.get(backendId) ?? 0) + 1);
    const unanswered = idle.filter((backendId) => (idleBeats.get(backendId) ?? 0) >= LEAST_IDLE_BEATS);
    for (const backendId of unanswered) if ((idleBeats.get(backendId) ?? 0) >= IDLE_BEATS) hooks.giveUp(backendId);
    if (isOver.length === 0 && unanswered.length === 0 && !anonymousLoss) return;
    anonymousLoss = false;
    hooks.flush('outcome-unknown');
    if (members.isListenedTo) {
      say({ sender: member, kind: 'flush' });
      beatAgain = true;
    }
  };

  const send = (): void => {
    relayTimer = undefined;
    relayedAt = clock.monotonic();
    const mine = session;
    if (mine === undefined || outbox.length === 0) return;
    mine.notify(takeOutbox()).catch(() => lose(mine));
  };
  const sendSoon = (): void => {
    const waitMs = relayedAt + RELAY_EVERY_MS - clock.monotonic();
    // Before the caller of the write hears of it: a timer of no time would still be a millisecond.
    if (relayTimer === undefined && waitMs <= 0) send();
    else relayTimer ??= clock.schedule(waitMs, send);
  };
  const takeOutbox = (): readonly string[] => joinAnnouncements(outbox.splice(0)).map(formatMessage);

  return {
    get openUntil() {
      return openUntil;
    },
    get state() {
      if (clock.monotonic() < openUntil) return 'open';
      if (!isJoined || !knowsMembers) return 'joining';
      return unsettled.size > 0 || anonymousLoss ? 'outcome-unknown' : 'waiting-for-members';
    },
    get isPresent() {
      return isJoined && ownHeard > Number.NEGATIVE_INFINITY;
    },
    get snapshot() {
      return snapshot;
    },
    get watchesSchema() {
      return watchesSchema;
    },
    start() {
      void connect();
    },
    relay(announcements) {
      if (!relays) return;
      for (const announcement of announcements) say({ sender: member, kind: 'announcement', announcement });
      sendSoon();
    },
    tellToForget() {
      if (!relays) return;
      say({ sender: member, kind: 'flush' });
      sendSoon();
    },
    outcomeUnknown(backendId) {
      if (backendId === undefined) anonymousLoss = true;
      else unsettled.add(backendId);
      reckon();
      hooks.flush('outcome-unknown');
      void beat();
    },
    async close() {
      closed = true;
      reconnectTimer?.cancel();
      beatTimer?.cancel();
      relayTimer?.cancel();
      const mine = session;
      isJoined = false;
      reckon();
      if (mine === undefined) return;
      session = undefined;
      if (outbox.length > 0) await mine.notify(takeOutbox()).catch(() => undefined);
      await mine.end();
    },
  };
}
