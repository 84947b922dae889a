/** Rows as objects, and how many rows the statement returned or changed. */
export interface QueryResult<Row> {
  readonly rows: Row[];
  readonly rowCount: number;
  /** What the server says it did: `SELECT`, `COMMIT`, `ROLLBACK` … */
  readonly command: string;
}

/** How one statement differs from the database's settings. */
export interface QueryOptions {
  /** Whether the query cache may answer it; never inside transactions and lent sessions. @defaultValue that of the database */
  readonly queryCache?: 'off' | 'on';
  /**
   * Where a read may be answered. A replica may be behind by `maxReplicaLagMs`, behind this caller's own writes too; the
   * query cache is not asked. Without a usable replica, and for everything that is not a plain read, the primary answers.
   * @defaultValue 'primary'
   */
  readonly readFrom?: 'primary' | 'replica';
}

/** Something that takes statements: the database, or a transaction of it. */
export interface Queryable {
  /**
   * Sends one statement; `$1` … stand for `values`.
   * @throws the error of `pg` for a statement that fails, DatabaseError for a connection that does.
   */
  query<Row extends object = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
    options?: QueryOptions,
  ): Promise<QueryResult<Row>>;
}
