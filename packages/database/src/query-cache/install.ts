import { DatabaseError } from '../errors.ts';
import type { Queryable } from '../queryable.ts';
import { invalidationSetupStatements, toInstallStatement, type InstallOptions } from './invalidation-sql.ts';

/**
 * Puts the triggers on the tables, in one transaction; harmless to repeat. Each table is locked against writes for the
 * moment in which it gets its triggers.
 * @param transaction Runs as the owner of the tables.
 * @returns The tables that announce their writes now.
 * @throws DatabaseError DATABASE_INVALIDATION_REFUSED where prepared transactions are allowed: PostgreSQL cannot notify
 * from one, so that a trigger would make PREPARE TRANSACTION fail. Errors of PostgreSQL where the role may not, or where
 * writers did not end within `lockTimeoutMs` (55P03).
 */
export async function installInvalidation(
  transaction: (work: (sql: Queryable) => Promise<readonly string[]>) => Promise<readonly string[]>,
  options: InstallOptions = {},
): Promise<readonly string[]> {
  return transaction(async (sql) => {
    const { rows } = await sql.query<{ allowed: string }>(
      "select current_setting('max_prepared_transactions') as allowed",
    );
    if (rows[0]?.allowed !== '0')
      throw new DatabaseError(
        'DATABASE_INVALIDATION_REFUSED',
        `The server allows prepared transactions (max_prepared_transactions = ${rows[0]?.allowed}).`,
      );
    if (options.lockTimeoutMs !== undefined)
      await sql.query("select set_config('lock_timeout', $1, true)", [String(options.lockTimeoutMs)]);
    for (const statement of invalidationSetupStatements) await sql.query(statement);
    const { text, values } = toInstallStatement(options);
    return (await sql.query<{ name: string }>(text, values)).rows.map(({ name }) => name);
  });
}
