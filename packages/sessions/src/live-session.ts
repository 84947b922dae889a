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
export class LiveSession implements Session {
  readonly handle: string;
  readonly userId: string;
  readonly organisationId: string | undefined;
  readonly roles: readonly string[];
  readonly createdAt: number;
  readonly authenticatedAt: number;
  readonly #places: LiveSessionPlaces;
  #seen: WrittenData;

  constructor(record: SessionRecord, places: LiveSessionPlaces) {
    this.handle = record.handle;
    this.userId = record.userId;
    this.organisationId = record.organisationId;
    this.roles = record.roles;
    this.createdAt = record.createdAt;
    this.authenticatedAt = record.authenticatedAt;
    this.#places = places;
    this.#seen = record;
    // Who the session belongs to must not change in anybody's hands.
    Object.freeze(this);
  }

  isFresh(withinMs: number): boolean {
    const ageMs = this.#places.clock.now() - this.authenticatedAt;
    // A proof from the future means that a clock jumped: nothing is known about its age. NaN is not fresh, either.
    return ageMs >= 0 && ageMs <= withinMs;
  }

  requireFresh(withinMs: number): void {
    if (!this.isFresh(withinMs)) throw new SessionNotFreshError();
  }

  get(key: string): unknown {
    if (!Object.hasOwn(this.#seen.data, key)) return undefined;
    const value = this.#seen.data[key];
    return typeof value === 'object' && value !== null ? structuredClone(value) : value;
  }

  set(key: string, value: unknown): Promise<void> {
    return this.patch({ [key]: value });
  }

  async patch(fields: Readonly<Record<string, unknown>>): Promise<void> {
    const { table, guard } = this.#places;
    this.#take(await guard(() => table.patch(this.handle, fields)));
  }

  async increment(key: string, by = 1): Promise<number> {
    const { table, guard } = this.#places;
    const { data } = this.#take(await guard(() => table.increment(this.handle, key, by)));
    return Number(data[key]);
  }

  async update(change: (data: Record<string, unknown>) => Record<string, unknown>): Promise<void> {
    const { table, guard } = this.#places;
    for (let attempt = 0; attempt < UPDATE_ATTEMPTS; attempt++) {
      const { data, version } = this.#take(await guard(() => table.readData(this.handle)));
      const changed = change(structuredClone(data));
      const written = await guard(() => table.replaceData(this.handle, version, changed));
      if (written !== undefined) {
        this.#take(written);
        return;
      }
    }
    throw new SessionError('SESSION_CONFLICT', `Others changed the session ${UPDATE_ATTEMPTS} times meanwhile.`);
  }

  #take(written: WrittenData | undefined): WrittenData {
    const { memory } = this.#places;
    if (written === undefined) {
      memory.forgetHandle(this.handle);
      throw new SessionError('SESSION_ENDED', 'The session has ended.');
    }
    // Answers of parallel writes may overtake each other.
    if (written.version > this.#seen.version) this.#seen = written;
    memory.learn(this.handle, written);
    return written;
  }
}
