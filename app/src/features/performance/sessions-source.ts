import type { AdmissionStatistics, Database, Sessions, SessionsSource, SessionsView } from '@dataguardian/performance';
import { sessionEvents, type Clock } from '@dataguardian/telemetry';

/** What the view is made from. */
export interface SessionsSourceOptions {
  readonly sessions: () => Sessions;
  /** The owner's pool: names of users of every organisation. */
  readonly owner: Database;
  /** Absent before the server is built. */
  readonly admission: () => AdmissionStatistics | undefined;
  readonly clock: Clock;
  readonly idleTimeoutMs: number;
  /** Writes who ended whose session. */
  readonly audit: (by: string, action: string, subject: string) => Promise<void>;
}

const EVENTS_KEPT = 100;

/** Who is signed in and what they use, for operators: across organisations, by name. */
export function createSessionsSource(options: SessionsSourceOptions): SessionsSource {
  const { sessions, owner, admission, clock, idleTimeoutMs, audit } = options;
  const events: { readonly at: number; readonly kind: string; readonly userId: string }[] = [];
  sessionEvents.subscribe(({ kind, userId }) => {
    events.unshift({ at: clock.now(), kind, userId });
    if (events.length > EVENTS_KEPT) events.pop();
  });

  const namesOf = async (ids: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    const { rows } = await owner.query<{ id: string; email: string }>(
      'select id::text as id, email from users where id::text = any ($1)',
      [[...new Set(ids)]],
    );
    return new Map(rows.map(({ id, email }) => [id, email]));
  };

  return {
    async view(): Promise<SessionsView> {
      const figures = admission();
      const heaviest = figures?.heaviest ?? [];
      const [{ live, users, inMemory }, names, used] = await Promise.all([
        sessions().statistics(),
        namesOf([...heaviest.map(({ user }) => user), ...events.map(({ userId }) => userId)]),
        owner.query<{ user_id: string; sessions: number; seen: number }>(
          `select user_id, count(*)::float8 as sessions, (extract(epoch from max(last_seen_at)) * 1000)::float8 as seen
             from sessions where user_id = any ($1) group by user_id`,
          [heaviest.map(({ user }) => user)],
        ),
      ]);
      const byUser = new Map(used.rows.map((row) => [row.user_id, row]));
      return {
        now: { live, users, inMemory },
        users: heaviest
          .filter(({ user }) => names.has(user))
          .map(({ user, requests, busyMs, bytes }) => ({
            userId: user,
            name: names.get(user) ?? user,
            sessionCount: byUser.get(user)?.sessions ?? 0,
            lastSeenAt: byUser.get(user)?.seen ?? 0,
            requestCount: requests,
            requestMs: null,
            queryMs: null,
            cpuMs: busyMs,
            scanBytes: null,
            memoryBytes: null,
            transferredBytes: bytes,
            limitRatio: null,
          })),
        admission: figures ?? null,
        isolation: null,
        events: events.map(({ at, kind, userId }) => ({ at, kind, user: names.get(userId) ?? '' })),
      };
    },
    names: namesOf,
    async devices(userId) {
      const listed = await sessions().list(userId);
      return listed.map(({ handle, userAgent, address, createdAt, lastSeenAt }) => ({
        handle,
        userId,
        userAgent,
        address,
        createdAt,
        lastSeenAt,
        expiresAt: lastSeenAt + idleTimeoutMs,
        isOwn: sessions().current()?.handle === handle,
      }));
    },
    async revoke(handle, by) {
      const existed = await sessions().revoke(handle);
      if (existed) await audit(by, 'session.revoke', handle);
      return existed;
    },
    async revokeUser(userId, by) {
      const endedCount = await sessions().revokeUser(userId);
      await audit(by, 'session.revoke-user', userId);
      return endedCount;
    },
  };
}
