import type { Clock } from '@dataguardian/telemetry';
import type { SessionBus } from './session-bus.ts';
import type { SessionCounters } from './session-counters.ts';
import type { Remembered, SessionMemory } from './session-memory.ts';
import { expiryOf, type SessionRecord } from './session-record.ts';
import type { SessionTable, Touch } from './session-table.ts';
import type { QuietSharedTier } from './shared-tier.ts';

/** Where records are looked for, and for how long each place is believed. */
export interface SessionFinderOptions {
  readonly table: SessionTable;
  readonly memory: SessionMemory;
  readonly bus: SessionBus;
  readonly sharedTier: QuietSharedTier;
  /** Uses that the database has not heard of, by handle. */
  readonly touches: ReadonlyMap<string, Touch>;
  readonly counters: SessionCounters;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly outageLeaseMs: number;
  /** Turns a failure of the store into a SessionError. */
  readonly guard: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** Finds the record of a token: memory, then the database, and in its absence what was known last. */
export interface SessionFinder {
  /** What memory knows to be right. */
  findNow(tokenHash: string): SessionRecord | undefined;
  /** @throws SessionError SESSIONS_UNAVAILABLE */
  find(tokenHash: string): Promise<SessionRecord | undefined>;
  /** Asks the database. @throws SessionError SESSIONS_UNAVAILABLE */
  load(tokenHash: string): Promise<SessionRecord | undefined>;
  /** Adds uses that the database has not heard of. */
  withTouch(record: SessionRecord): SessionRecord;
}

/** A record that looks expired may have been used on another node: it is read again unless it was just now. */
const JUST_NOW_MS = 1_000;
/** A database that is slow or hung must not make those wait whom memory knows. */
const PATIENCE_MS = 100;

/** Creates a finder. */
export function createSessionFinder(options: SessionFinderOptions): SessionFinder {
  const { table, memory, bus, sharedTier, touches, counters, clock, leaseMs, outageLeaseMs, guard } = options;
  const loads = new Map<string, Promise<SessionRecord | undefined>>();

  const ageOf = ({ confirmedAt }: Remembered): number => clock.monotonic() - bus.rightUntil(confirmedAt);

  const withTouch = (record: SessionRecord): SessionRecord => {
    const touch = touches.get(record.handle);
    return touch === undefined ? record : Object.freeze({ ...record, ...touch });
  };

  const load = (tokenHash: string): Promise<SessionRecord | undefined> => {
    const running = loads.get(tokenHash);
    if (running !== undefined) return running;
    const before = memory.generation;
    const askedAt = clock.monotonic();
    const loading = guard(() => table.find(tokenHash, clock.now()))
      .then((record) => {
        counters.fromDatabase += 1;
        if (record === undefined) memory.forget(tokenHash);
        // Memory knows sessions by their present token; a former one is looked up as long as it is good.
        else if (memory.generation === before && record.tokenHash === tokenHash) {
          memory.put(withTouch(record), askedAt);
          sharedTier.keep(record);
        }
        return record;
      })
      .finally(() => loads.delete(tokenHash));
    loads.set(tokenHash, loading);
    return loading;
  };

  /** The database's answer; or `late` when it fails, or does not come soon. It is awaited on, and remembered, all the same. */
  const loadSoon = async (tokenHash: string): Promise<SessionRecord | undefined | 'late'> => {
    let timer: { cancel(): void } | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = clock.schedule(PATIENCE_MS, () => resolve('late'));
    });
    const answer = await Promise.race([load(tokenHash).catch(() => 'late' as const), late]);
    timer?.cancel();
    return answer;
  };

  /** What another process has put aside, when the database does not answer; nobody else knows. */
  const findUnknown = async (tokenHash: string): Promise<SessionRecord | undefined> => {
    const answer = await loadSoon(tokenHash);
    if (answer !== 'late') return answer;
    const shared = await sharedTier.read(tokenHash);
    if (shared === undefined) return load(tokenHash);
    counters.fromLease += 1;
    return shared;
  };

  return {
    findNow(tokenHash) {
      const known = memory.get(tokenHash);
      if (known === undefined || ageOf(known) >= leaseMs) return undefined;
      counters.fromMemory += 1;
      return known.record;
    },
    async find(tokenHash) {
      const known = memory.get(tokenHash);
      if (known === undefined) return findUnknown(tokenHash);
      const age = ageOf(known);
      const looksExpired = expiryOf(known.record) <= clock.now();
      // Nobody tells of uses: that the bus is silent says nothing of them.
      const readAgo = clock.monotonic() - known.confirmedAt;
      if (looksExpired ? readAgo < Math.min(JUST_NOW_MS, leaseMs) : age < leaseMs) {
        counters.fromMemory += 1;
        return known.record;
      }
      if (age >= outageLeaseMs) return findUnknown(tokenHash);
      const answer = await loadSoon(tokenHash);
      if (answer !== 'late') return answer;
      counters.fromLease += 1;
      return known.record;
    },
    load,
    withTouch,
  };
}
