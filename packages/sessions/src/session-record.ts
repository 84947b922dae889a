/** What is known of a session; times in epoch milliseconds. */
export interface SessionRecord {
  /** SHA-256 of the token, hexadecimal. */
  readonly tokenHash: string;
  /** Public name: may be shown and logged, opens nothing. */
  readonly handle: string;
  readonly userId: string;
  readonly organisationId: string | undefined;
  readonly roles: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
  readonly userAgent: string;
  readonly address: string;
  readonly createdAt: number;
  readonly authenticatedAt: number;
  readonly lastSeenAt: number;
  readonly idleExpiresAt: number;
  readonly absoluteExpiresAt: number;
  /** Since when the token is the present one. */
  readonly renewedAt: number;
  /** The former token, and until when it is good. */
  readonly formerHash: string | undefined;
  readonly formerUntil: number;
  /** Grows with every write of data or token; a record of a lower one is older. */
  readonly version: number;
}

/** A row of the table, as `pg` gives it. */
export interface SessionRow {
  readonly token_hash: Buffer;
  readonly handle: string;
  readonly user_id: string;
  readonly organisation_id: string | null;
  readonly roles: string[];
  readonly data: Record<string, unknown>;
  readonly user_agent: string;
  readonly address: string;
  readonly created_at: Date;
  readonly authenticated_at: Date;
  readonly last_seen_at: Date;
  readonly idle_expires_at: Date;
  readonly absolute_expires_at: Date;
  readonly renewed_at: Date;
  readonly former_hash: Buffer | null;
  readonly former_until: Date | null;
  /** `bigint`, which `pg` gives as text. */
  readonly version: string;
}

/** Columns that {@link toRecord} reads. */
export const SESSION_COLUMNS =
  'token_hash, handle, user_id, organisation_id, roles, data, user_agent, address, created_at, authenticated_at, last_seen_at, idle_expires_at, absolute_expires_at, renewed_at, former_hash, former_until, version';

export function toRecord(row: SessionRow): SessionRecord {
  return Object.freeze({
    tokenHash: row.token_hash.toString('hex'),
    handle: row.handle,
    userId: row.user_id,
    organisationId: row.organisation_id ?? undefined,
    roles: Object.freeze(row.roles),
    data: Object.freeze(row.data),
    userAgent: row.user_agent,
    address: row.address,
    createdAt: row.created_at.getTime(),
    authenticatedAt: row.authenticated_at.getTime(),
    lastSeenAt: row.last_seen_at.getTime(),
    idleExpiresAt: row.idle_expires_at.getTime(),
    absoluteExpiresAt: row.absolute_expires_at.getTime(),
    renewedAt: row.renewed_at.getTime(),
    formerHash: row.former_hash?.toString('hex'),
    formerUntil: row.former_until?.getTime() ?? 0,
    version: Number(row.version),
  });
}

/** When the session ends if it is not used again, epoch milliseconds. */
export function expiryOf({ idleExpiresAt, absoluteExpiresAt }: SessionRecord): number {
  return Math.min(idleExpiresAt, absoluteExpiresAt);
}

/** Mean size of what belongs to each session alone, as text; 0 of none. */
export function meanBytes(records: readonly SessionRecord[]): number {
  const sum = records.reduce(
    (bytes, { tokenHash, handle, userId, roles, data, userAgent, address }) =>
      bytes + JSON.stringify([tokenHash, handle, userId, roles, data, userAgent, address]).length,
    0,
  );
  return records.length === 0 ? 0 : Math.round(sum / records.length);
}
