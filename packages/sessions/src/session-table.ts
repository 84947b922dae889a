import type { SessionDatabase } from './session-database.ts';
import { SESSION_COLUMNS, toRecord, type SessionRecord, type SessionRow } from './session-record.ts';

/** Other nodes hear here of handles that ended, and of data that changed. */
export const SESSIONS_CHANNEL = 'dataguardian_sessions_ended';

const NOTIFY_CHANGED = `pg_notify('${SESSIONS_CHANNEL}', 'changed ' || handle || ' ' || version)`;

/** Sessions in PostgreSQL: the truth. Writes only ever change rows that exist, so that an ended session stays ended. */
export interface SessionTable {
  insert(record: SessionRecord): Promise<void>;
  /** By its token, or by the former one as long as that is good. */
  find(tokenHash: string, now: number): Promise<SessionRecord | undefined>;
  listOf(userId: string): Promise<readonly SessionRecord[]>;
  /** Gives the session a new token; `false` when it has ended. */
  replaceToken(oldHash: string, newHash: string, at: number): Promise<boolean>;
  /**
   * Gives the session a new token and leaves the presented one good until `formerUntil`; `false` when another request
   * was first, or the session has ended.
   */
  renewToken(renewal: TokenRenewal): Promise<boolean>;
  /** The new token has arrived: the former one is good until `formerUntil` at the latest. */
  retireFormer(handle: string, formerUntil: number): Promise<void>;
  touch(touches: readonly Touch[]): Promise<void>;
  /** Writes fields and leaves the others alone; `undefined` when the session has ended. */
  patch(handle: string, fields: Readonly<Record<string, unknown>>): Promise<WrittenData | undefined>;
  /** Adds to a number; `undefined` when the session has ended. */
  increment(handle: string, key: string, by: number): Promise<WrittenData | undefined>;
  /** Writes all data if the session still has `version`; `undefined` when it has another or has ended. */
  replaceData(
    handle: string,
    version: number,
    data: Readonly<Record<string, unknown>>,
  ): Promise<WrittenData | undefined>;
  readData(handle: string): Promise<WrittenData | undefined>;
  /** Ends sessions and tells the other nodes; returns those that ended. */
  end(condition: EndCondition): Promise<readonly EndedSession[]>;
  countLive(now: number): Promise<LiveCount>;
}

/** A scheduled change of the token. */
export interface TokenRenewal {
  /** Hash of the token that the client presented. */
  readonly presentedHash: string;
  /** Hash of the token that is current now: the presented one, or one that never arrived. */
  readonly currentHash: string;
  readonly newHash: string;
  readonly at: number;
  readonly formerUntil: number;
}

/** Use of a session that is to be written. */
export interface Touch {
  readonly handle: string;
  readonly lastSeenAt: number;
  readonly idleExpiresAt: number;
}

/** The data of a session as the database has it after a write. */
export interface WrittenData {
  readonly data: Readonly<Record<string, unknown>>;
  readonly version: number;
}

/** A session that is no more. */
export interface EndedSession {
  readonly handle: string;
  readonly tokenHash: string;
  readonly userId: string;
  readonly organisationId: string | null;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** Live sessions, their users, and how old they are on average. */
export interface LiveCount {
  readonly sessions: number;
  readonly users: number;
  readonly meanAgeMs: number;
}

/** Which sessions to end. */
export type EndCondition =
  | { readonly kind: 'handle'; readonly handle: string; readonly userId?: string }
  | { readonly kind: 'user'; readonly userId: string; readonly exceptHandle?: string; readonly startedBy: number }
  | {
      readonly kind: 'organisation';
      readonly organisationId: string;
      readonly exceptHandle?: string;
      readonly startedBy: number;
    }
  | { readonly kind: 'all'; readonly exceptHandle?: string; readonly startedBy: number }
  | { readonly kind: 'expired'; readonly now: number; readonly batchSize: number };

export function createSessionTable(database: SessionDatabase): SessionTable {
  return {
    async insert(record) {
      await database.query(
        `insert into sessions (${SESSION_COLUMNS})
         values (decode($1, 'hex'), $2, $3, $4, $5, $6, $7, $8, to_timestamp($9), to_timestamp($10), to_timestamp($11),
           to_timestamp($12), to_timestamp($13), to_timestamp($9), null, null, 1)`,
        [
          record.tokenHash,
          record.handle,
          record.userId,
          record.organisationId ?? null,
          record.roles,
          JSON.stringify(record.data),
          record.userAgent,
          record.address,
          ...[
            record.createdAt,
            record.authenticatedAt,
            record.lastSeenAt,
            record.idleExpiresAt,
            record.absoluteExpiresAt,
          ].map((at) => at / 1_000),
        ],
      );
    },
    async find(tokenHash, now) {
      const { rows } = await database.query<SessionRow>(
        `select ${SESSION_COLUMNS} from sessions where token_hash = decode($1, 'hex')
         union all
         select ${SESSION_COLUMNS} from sessions where former_hash = decode($1, 'hex') and former_until > to_timestamp($2)`,
        [tokenHash, now / 1_000],
      );
      return rows[0] === undefined ? undefined : toRecord(rows[0]);
    },
    async listOf(userId) {
      const { rows } = await database.query<SessionRow>(
        `select ${SESSION_COLUMNS} from sessions where user_id = $1 order by last_seen_at desc`,
        [userId],
      );
      return rows.map(toRecord);
    },
    async replaceToken(oldHash, newHash, at) {
      const { rowCount } = await database.query(
        `with rotated as (
           update sessions set token_hash = decode($2, 'hex'), authenticated_at = to_timestamp($3),
             renewed_at = to_timestamp($3), former_hash = null, former_until = null, version = version + 1
           where token_hash = decode($1, 'hex') returning handle)
         select pg_notify('${SESSIONS_CHANNEL}', handle::text) from rotated`,
        [oldHash, newHash, at / 1_000],
      );
      return (rowCount ?? 0) > 0;
    },
    async renewToken({ presentedHash, currentHash, newHash, at, formerUntil }) {
      const { rowCount } = await database.query(
        `with renewed as (
           update sessions set token_hash = decode($3, 'hex'), former_hash = decode($1, 'hex'),
             former_until = to_timestamp($5), renewed_at = to_timestamp($4), version = version + 1
           where token_hash = decode($2, 'hex') returning handle)
         select pg_notify('${SESSIONS_CHANNEL}', handle::text) from renewed`,
        [presentedHash, currentHash, newHash, at / 1_000, formerUntil / 1_000],
      );
      return (rowCount ?? 0) > 0;
    },
    async retireFormer(handle, formerUntil) {
      await database.query(
        `update sessions set former_until = to_timestamp($2) where handle = $1::uuid and former_until > to_timestamp($2)`,
        [handle, formerUntil / 1_000],
      );
    },
    async touch(touches) {
      if (touches.length === 0) return;
      await database.query(
        `update sessions s set last_seen_at = greatest(s.last_seen_at, to_timestamp(t.seen)),
           idle_expires_at = greatest(s.idle_expires_at, to_timestamp(t.expires))
         from unnest($1::uuid[], $2::float8[], $3::float8[]) as t(handle, seen, expires)
         where s.handle = t.handle`,
        [
          touches.map(({ handle }) => handle),
          touches.map(({ lastSeenAt }) => lastSeenAt / 1_000),
          touches.map(({ idleExpiresAt }) => idleExpiresAt / 1_000),
        ],
      );
    },
    async patch(handle, fields) {
      const { rows } = await database.query<DataRow>(
        `update sessions set data = data || $2::jsonb, version = version + 1
         where handle = $1::uuid returning data, version, ${NOTIFY_CHANGED}`,
        [handle, JSON.stringify(fields)],
      );
      return toWritten(rows[0]);
    },
    async increment(handle, key, by) {
      const { rows } = await database.query<DataRow>(
        `update sessions set version = version + 1,
           data = data || jsonb_build_object($2::text, coalesce((data->>$2)::float8, 0) + $3::float8)
         where handle = $1::uuid returning data, version, ${NOTIFY_CHANGED}`,
        [handle, key, by],
      );
      return toWritten(rows[0]);
    },
    async replaceData(handle, version, data) {
      const { rows } = await database.query<DataRow>(
        `update sessions set data = $3::jsonb, version = version + 1
         where handle = $1::uuid and version = $2 returning data, version, ${NOTIFY_CHANGED}`,
        [handle, version, JSON.stringify(data)],
      );
      return toWritten(rows[0]);
    },
    async readData(handle) {
      const { rows } = await database.query<DataRow>('select data, version from sessions where handle = $1::uuid', [
        handle,
      ]);
      return toWritten(rows[0]);
    },
    async end(condition) {
      const [where, values] = toCondition(condition);
      const { rows } = await database.query<EndedSession>(
        `with ended as (delete from sessions where ${where} returning *)
         select handle, encode(token_hash, 'hex') as "tokenHash", user_id as "userId", organisation_id as "organisationId",
           (extract(epoch from created_at) * 1000)::float8 as "createdAt",
           pg_notify('${SESSIONS_CHANNEL}', handle::text) from ended`,
        values,
      );
      return rows;
    },
    async countLive(now) {
      const { rows } = await database.query<LiveCount>(
        `select count(*)::int as sessions, count(distinct user_id)::int as users,
           coalesce(avg(extract(epoch from to_timestamp($1) - created_at)) * 1000, 0)::float8 as "meanAgeMs"
         from sessions
         where least(idle_expires_at, absolute_expires_at) > to_timestamp($1)`,
        [now / 1_000],
      );
      return rows[0] ?? { sessions: 0, users: 0, meanAgeMs: 0 };
    },
  };
}

function toCondition(condition: EndCondition): [where: string, values: readonly unknown[]] {
  switch (condition.kind) {
    case 'handle':
      return condition.userId === undefined
        ? ['handle::text = $1', [condition.handle]]
        : ['handle::text = $1 and user_id = $2', [condition.handle, condition.userId]];
    case 'user':
      return [
        'user_id = $1 and handle::text <> $2 and created_at <= to_timestamp($3)',
        [condition.userId, condition.exceptHandle ?? '', condition.startedBy / 1_000],
      ];
    case 'organisation':
      return [
        'organisation_id = $1 and handle::text <> $2 and created_at <= to_timestamp($3)',
        [condition.organisationId, condition.exceptHandle ?? '', condition.startedBy / 1_000],
      ];
    case 'all':
      return [
        'handle::text <> $1 and created_at <= to_timestamp($2)',
        [condition.exceptHandle ?? '', condition.startedBy / 1_000],
      ];
    case 'expired':
      return [
        // One process at a time: the others would only wait for its locks. The subquery is run once per statement.
        `(select pg_try_advisory_xact_lock(hashtext('${SESSIONS_CHANNEL}'))) and token_hash in (select token_hash from sessions
           where least(idle_expires_at, absolute_expires_at) <= to_timestamp($1)
           order by least(idle_expires_at, absolute_expires_at) limit $2 for update skip locked)`,
        [condition.now / 1_000, condition.batchSize],
      ];
  }
}

interface DataRow {
  readonly data: Record<string, unknown>;
  readonly version: string;
}

function toWritten(row: DataRow | undefined): WrittenData | undefined {
  return row === undefined ? undefined : { data: Object.freeze(row.data), version: Number(row.version) };
}
