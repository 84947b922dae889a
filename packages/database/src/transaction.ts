import { DatabaseError } from './errors.ts';
import type { Queryable, QueryResult } from './queryable.ts';

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
  // Sent at once: should the begin fail, a setting for the transaction alone changes nothing.
  const [begun, configured] = await Promise.allSettled(open(connection, options));
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

/**
 * Runs one read in a read-only transaction with settings of its own. Everything is sent at once, so that it takes one
 * way to the server and back; `text` must be a single command that only reads.
 */
export async function runReadAtOnce(
  connection: LentSession,
  text: string,
  values: readonly unknown[],
  settings: Readonly<Record<string, string>>,
): Promise<QueryResult<object>> {
  const opening = open(connection, { readOnly: true, settings });
  const [answer, committed, ...opened] = await Promise.allSettled([
    connection.query(text, values),
    connection.query('commit'),
    ...opening,
  ]);
  if (committed.status === 'rejected') connection.condemn();
  // Without its settings, what was read means nothing.
  for (const outcome of [...opened, answer, committed]) if (outcome.status === 'rejected') throw outcome.reason;
  if (answer.status === 'rejected') throw answer.reason;
  return answer.value;
}

function open(
  connection: LentSession,
  { isolation = 'read committed', readOnly = false, settings = {} }: TransactionOptions,
): readonly Promise<QueryResult<object>>[] {
  const sent = [connection.query(`begin isolation level ${isolation}${readOnly ? ' read only' : ''}`)];
  const names = Object.keys(settings);
  if (names.length === 0) return sent;
  const calls = names.map((_, index) => `set_config($${index * 2 + 1}, $${index * 2 + 2}, true)`);
  const values = names.flatMap((name) => [name, settings[name]]);
  return [...sent, connection.query(`select ${calls.join(', ')}`, values)];
}
