/** What the session layer needs of a PostgreSQL. `pg.Pool` and `@dataguardian/database` have it. */
export interface SessionDatabase {
  query<Row extends object>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ rows: Row[]; rowCount: number | null }>;
  /** Hears of sessions that ended elsewhere. Without it other nodes notice within the lease. */
  listen?(channel: string, handlers: SessionBusHandlers): Promise<() => Promise<void>>;
}

/** Who hears of a channel. */
export interface SessionBusHandlers {
  onPayload(payload: string): void;
  /** Messages may have been missed: the connection was lost and is back. */
  onGap(): void;
}
