import { DatabaseError } from './errors.ts';
import type { Queryable } from './queryable.ts';

/** How a transaction runs. */
export interface TransactionOptions {
  /** @defaultValue 'read committed' */
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
  /** @defaultValue false */
  readonly readOnly?: boolean;
  /** Settings that end with the transaction, by name. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A session that is lent, and can be kept from the next borrower. */
export interface LentSession extends Queryable {
  /** Nobody gets the session after this borrower. */
  condemn(): void;
}

/**
 * Runs `work` between BEGIN and COMMIT; any error rolls back and reaches the caller.
 * @throws DatabaseError DATABASE_TRANSACTION_ABORTED when `work` swallowed the error of a statement.
 */
export async function runTransaction<Result>(
  connection: LentSession,
  work: (transaction: Queryable) => Promise<Result>,
  options: TransactionOptions,
): Promise<Result> {
  const { isolation = 'read committed', readOnly = false, settings = {} } = options;
  // Sent at once: should the begin fail, a setting for the transaction alone changes nothing.
  const opening = [connection.query(`begin isolation level ${isolation}${readOnly ? ' read only' : ''}`)];
  const names = Object.keys(settings);
  if (names.length > 0) {
    const calls = names.map((_, index) => `set_config($${index * 2 + 1}, $${index * 2 + 2}, true)`);
    const values = names.flatMap((name) => [name, settings[name]]);
    opening.push(connection.query(`select ${calls.join(', ')}`, values));
  }
  const [begun, configured] = await Promise.allSettled(opening);
  if (begun?.status === 'rejected') throw begun.reason;
  try {
    if (configured?.status === 'rejected') throw configured.reason;
    const result = await work(connection);
    const { command } = await connection.query('commit');
    // The server answers the commit of a failed transaction with ROLLBACK, which is no error to it.
    if (command !== 'COMMIT')
      throw new DatabaseError(
        'DATABASE_TRANSACTION_ABORTED',
        'The transaction was rolled back: a statement in it had failed and its error was not handed on.',
      );
    return result;
  } catch (error) {
    // Without an answer to the rollback nobody knows what is still open on the session.
    await connection.query('rollback').catch(() => connection.condemn());
    throw error;
  }
}
