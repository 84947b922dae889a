import type { Clock } from '@dataguardian/telemetry';
import type { SessionDatabase } from './session-database.ts';

/** Something that was done in a session. */
export interface Activity {
  /** Public name of the session. */
  readonly handle: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** What was done: a word, or method, route and status. Never a token, a body or a query. @example 'POST /api/scans 201' */
  readonly what: string;
}

/** The latest hundred activities of each session, kept for a while after its end: for its owner, and for auditors. */
export interface ActivityLog {
  /** Costs no statement: notes are written together, a moment later. */
  note(session: { readonly handle: string; readonly userId: string }, what: string): void;
  /** Writes what was noted. What cannot be written is tried again with the next flush. */
  flush(): Promise<void>;
  /** Activities of a session or of all of a user's sessions, latest first, with those not written yet. */
  read(of: { readonly handle: string } | { readonly userId: string }): Promise<readonly Activity[]>;
  /** Removes sessions that nothing happened in since `before` (epoch milliseconds), in batches. */
  sweep(before: number): Promise<void>;
}

interface Pending {
  readonly userId: string;
  readonly entries: Omit<Activity, 'handle'>[];
}

interface Row {
  readonly handle: string;
  readonly entries: readonly Omit<Activity, 'handle'>[];
}

const KEPT = 100;
const LONGEST = 200;
/** Sessions with unwritten notes; beyond it, with the database away, new notes are left out. */
const MOST_PENDING = 10_000;
const SWEEP_BATCH = 500;

/** Creates a log in the table of `sessionsMigrationSqlV3`. */
export function createActivityLog(database: SessionDatabase, clock: Pick<Clock, 'now'>): ActivityLog {
  let pending = new Map<string, Pending>();
  /** Notes on their way are neither here nor, yet, there. */
  let writing: Promise<unknown> | undefined;
  let writeCount = 0;

  const add = (handle: string, userId: string, entries: readonly Omit<Activity, 'handle'>[]): void => {
    const known = pending.get(handle);
    if (known === undefined && pending.size >= MOST_PENDING) return;
    const all = [...(known?.entries ?? []), ...entries].slice(-KEPT);
    pending.set(handle, { userId, entries: all });
  };

  return {
    note({ handle, userId }, what) {
      const entry = { at: clock.now(), what: what.slice(0, LONGEST) };
      const known = pending.get(handle);
      if (known === undefined || known.entries.length >= KEPT) add(handle, userId, [entry]);
      else known.entries.push(entry);
    },
    async flush() {
      while (writing !== undefined) await writing.catch(() => undefined);
      if (pending.size === 0) return;
      const due = pending;
      pending = new Map();
      writeCount += 1;
      writing = write(database, due);
      try {
        await writing;
      } catch (error) {
        const meanwhile = pending;
        pending = due;
        for (const [handle, { userId, entries }] of meanwhile) add(handle, userId, entries);
        throw error;
      } finally {
        writing = undefined;
      }
    },
    async read(of) {
      const isOne = 'handle' in of;
      let rows: readonly Row[];
      let writesBefore: number;
      do {
        await writing?.catch(() => undefined);
        writesBefore = writeCount;
        ({ rows } = await database.query<Row>(
          `select handle, entries from session_activity where ${isOne ? 'handle::text' : 'user_id'} = $1`,
          [isOne ? of.handle : of.userId],
        ));
      } while (writeCount !== writesBefore);
      const unwritten = [...pending]
        .filter(([handle, { userId }]) => (isOne ? handle === of.handle : userId === of.userId))
        .map(([handle, { entries }]) => ({ handle, entries }));
      // Latest first already within each, for those of the same millisecond.
      const all = [...unwritten, ...rows].flatMap(({ handle, entries }) =>
        entries.map(({ at, what }) => ({ handle, at, what })).toReversed(),
      );
      const latest = all.toSorted((a, b) => b.at - a.at);
      return isOne ? latest.slice(0, KEPT) : latest;
    },
    async sweep(before) {
      await database.query(
        `delete from session_activity where handle in
           (select handle from session_activity where last_at <= to_timestamp($1) order by last_at limit $2
            for update skip locked)`,
        [before / 1_000, SWEEP_BATCH],
      );
    },
  };
}

/** Puts notes beside those that lie there, and drops the oldest. */
async function write(database: SessionDatabase, due: ReadonlyMap<string, Pending>): Promise<unknown> {
  const all = [...due];
  return database.query(
    `insert into session_activity as present (handle, user_id, entries, last_at)
     select t.handle, t.user_id, t.entries::jsonb, to_timestamp(t.last_at)
     from unnest($1::uuid[], $2::text[], $3::text[], $4::float8[]) as t(handle, user_id, entries, last_at)
     on conflict (handle) do update set
       last_at = greatest(present.last_at, excluded.last_at),
       entries = (select jsonb_agg(latest.entry order by latest.at, latest.place) from
         (select entry, place, (entry->>'at')::float8 as at
          from jsonb_array_elements(present.entries || excluded.entries) with ordinality as merged(entry, place)
          order by at desc, place desc limit ${KEPT}) as latest)`,
    [
      all.map(([handle]) => handle),
      all.map(([, { userId }]) => userId),
      all.map(([, { entries }]) => JSON.stringify(entries)),
      all.map(([, { entries }]) => (entries.at(-1)?.at ?? 0) / 1_000),
    ],
  );
}
