import type { Clock } from '@dataguardian/telemetry';
import { SessionError, SessionNotFreshError } from './errors.ts';
import type { SessionMemory } from './session-memory.ts';
import type { SessionRecord } from './session-record.ts';
import type { SessionTable, WrittenData } from './session-table.ts';
import type { Session } from './session.ts';

const UPDATE_ATTEMPTS = 20;

/** Where a session's writes go and its time comes from. */
export interface LiveSessionPlaces {
  readonly clock: Clock;
  readonly table: SessionTable;
  readonly memory: SessionMemory;
  /** Turns a failure of the store into a SessionError. */
  readonly guard: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** The session a request works with. It sees its own writes, and what others had written by then. */
export function createLiveSession(record: SessionRecord, { clock, table, memory, guard }: LiveSessionPlaces): Session {
  let seen: WrittenData = record;

  const ended = (): SessionError => {
    memory.forgetHandle(record.handle);
    return new SessionError('SESSION_ENDED', 'The session has ended.');
  };

  const take = (written: WrittenData | undefined): WrittenData => {
    if (written === undefined) throw ended();
    // Answers of parallel writes may overtake each other.
    if (written.version > seen.version) seen = written;
    memory.learn(record.handle, written);
    return written;
  };

  const patch = async (fields: Readonly<Record<string, unknown>>): Promise<void> => {
    take(await guard(() => table.patch(record.handle, fields)));
  };

  return Object.freeze({
    handle: record.handle,
    userId: record.userId,
    organisationId: record.organisationId,
    roles: record.roles,
    createdAt: record.createdAt,
    authenticatedAt: record.authenticatedAt,
    requireFresh(withinMs: number) {
      const ageMs = clock.now() - record.authenticatedAt;
      // A proof from the future means that a clock jumped: nothing is known about its age. NaN fails, too.
      if (!(ageMs >= 0 && ageMs <= withinMs)) throw new SessionNotFreshError();
    },
    get: (key: string) => (Object.hasOwn(seen.data, key) ? structuredClone(seen.data[key]) : undefined),
    set: (key: string, value: unknown) => patch({ [key]: value }),
    patch,
    async increment(key: string, by = 1) {
      const { data } = take(await guard(() => table.increment(record.handle, key, by)));
      return Number(data[key]);
    },
    async update(change: (data: Record<string, unknown>) => Record<string, unknown>) {
      for (let attempt = 0; attempt < UPDATE_ATTEMPTS; attempt++) {
        const { data, version } = take(await guard(() => table.readData(record.handle)));
        const changed = change(structuredClone(data));
        const written = await guard(() => table.replaceData(record.handle, version, changed));
        if (written !== undefined) {
          take(written);
          return;
        }
      }
      throw new SessionError('SESSION_CONFLICT', `Others changed the session ${UPDATE_ATTEMPTS} times meanwhile.`);
    },
  });
}
