import type { CacheVerdict } from '@dataguardian/telemetry';
import type { QueryResult } from './queryable.ts';
import type { Wire, WireObserver } from './wire-observer.ts';

/** How one autocommit statement runs. */
export interface RunOptions {
  /** Rows as objects by column name, or as arrays in the order of the columns. @defaultValue 'object' */
  readonly rowMode?: 'object' | 'array';
  /** Whether the query cache may answer; only has a meaning where one is. @defaultValue that of the database */
  readonly queryCache?: 'off' | 'on';
  /** Called with the session that carries the statement, right before it is handed over; again when it is sent again. */
  readonly onConnection?: (wire: Wire) => void;
  /**
   * Makes the statement one that may run on a session which a layer has changed, see {@link SessionChanges}. Gives what
   * is sent on the session right before it; a failure of that changes nothing for the statement.
   */
  readonly prelude?: ((wire: Wire) => string | undefined) | undefined;
}

/** What a layer did to sessions for statements of its own choice. Nobody else gets such a session before it is undone. */
export interface SessionChanges {
  isChanged(wire: Wire): boolean;
  /** The statement that undoes it. */
  toUndo(): string;
  undone(wire: Wire): void;
  /** Whether a changed session that is idle for so long is to be undone. */
  isOver(idleMs: number): boolean;
}

/** A column of a result as the server describes it. */
export interface ResultField {
  readonly name: string;
  /** Object id of its table, 0 when it is computed. */
  readonly tableID: number;
  readonly columnID: number;
  /** Object id of its type. */
  readonly dataTypeID: number;
  readonly dataTypeSize: number;
  readonly dataTypeModifier: number;
  readonly format: string;
}

/** What a statement gave, with the description of its columns. Belongs to the caller, rows included. */
export interface StatementResult<Row = unknown> extends QueryResult<Row> {
  readonly fields: readonly ResultField[];
  /** The result of `pg` itself, for statements that `pg` sent; several results for several commands in one text. */
  readonly raw?: unknown;
  /** Where it came from. @defaultValue 'off' */
  readonly verdict?: CacheVerdict;
  /** Part of the time spent waiting for a connection. @defaultValue 0 */
  readonly waitMs?: number;
}

/**
 * Runs autocommit statements. `Database.query` and `asPgPool().query` go through one; statements of lent sessions and
 * of transactions never do.
 */
export interface StatementRunner {
  run(text: string, values: readonly unknown[], options: RunOptions): Promise<StatementResult>;
}

/**
 * Something between the callers and the pool. A query cache answers a hit with a copy and passes a miss to `inner`
 * with an `onConnection` of its own (call the given one too). It hears of every session through `observer`, those of
 * transactions and checked-out clients included.
 */
export interface StatementLayer {
  readonly observer?: WireObserver;
  readonly sessionChanges?: SessionChanges;
  wrap(inner: StatementRunner): StatementRunner;
  close?(): Promise<void>;
}

/** One statement that is over, wherever it ran. */
export interface FinishedStatement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly durationMs: number;
  /** Part of `durationMs` spent waiting for a connection. */
  readonly waitMs: number;
  readonly rowCount: number;
  readonly verdict: CacheVerdict;
  readonly failed: boolean;
  /** Whether it ran on a lent session, a transaction's included. */
  readonly lent: boolean;
  /** What `asked` returned for it. */
  readonly caller: string | undefined;
}

/** Hears of every statement: autocommit, cached, in transactions. Must be cheap and must not throw. */
export interface StatementObserver {
  /** Called in the caller's own turn, so that its stack can be read; the answer comes back as `caller`. */
  asked(text: string): string | undefined;
  finished(statement: FinishedStatement): void;
}
