import { systemClock, type Clock } from '@dataguardian/telemetry';
import { DatabaseError } from './errors.ts';

/** Settings of {@link createDatabase}. Durations are in milliseconds. */
export interface DatabaseOptions {
  /** `postgresql://…`; `?host=/folder` reaches a unix socket. @defaultValue the PG* environment of the process */
  readonly connectionString?: string;
  /** Connections that are kept once opened. @defaultValue 10 */
  readonly minConnections?: number;
  /** @defaultValue 50 */
  readonly maxConnections?: number;
  /** Role that every connection takes on as it starts. @defaultValue the one that connects */
  readonly role?: string;
  /** Shown in pg_stat_activity. @defaultValue 'dataguardian' */
  readonly applicationName?: string;
  /** How long a statement may run; 0 for ever. @defaultValue 30_000 */
  readonly statementTimeoutMs?: number;
  /** How long a transaction may idle; 0 for ever. @defaultValue 60_000 */
  readonly idleTransactionTimeoutMs?: number;
  /** How long a caller waits for a connection, time in the queue included. @defaultValue 10_000 */
  readonly acquireTimeoutMs?: number;
  /** How long opening one connection may take. @defaultValue 5_000 */
  readonly connectTimeoutMs?: number;
  /** Connections above the minimum close after being idle for so long. @defaultValue 30_000 */
  readonly idleTimeoutMs?: number;
  /** Whether the query cache answers autocommit reads; a statement may differ. @defaultValue 'off' */
  readonly queryCache?: 'off' | 'on';
  readonly clock?: Clock;
}

/** Options with their defaults, checked. */
export type ResolvedDatabaseOptions = Readonly<
  Required<Omit<DatabaseOptions, 'connectionString' | 'role'>> & Pick<DatabaseOptions, 'connectionString' | 'role'>
>;

/** @throws DatabaseError DATABASE_OPTIONS_INVALID listing every problem. */
export function resolveDatabaseOptions(options: DatabaseOptions = {}): ResolvedDatabaseOptions {
  const resolved = {
    minConnections: 10,
    maxConnections: 50,
    applicationName: 'dataguardian',
    statementTimeoutMs: 30_000,
    idleTransactionTimeoutMs: 60_000,
    acquireTimeoutMs: 10_000,
    connectTimeoutMs: 5_000,
    idleTimeoutMs: 30_000,
    queryCache: 'off' as const,
    clock: systemClock,
    ...options,
  };
  const problems = (['statementTimeoutMs', 'idleTransactionTimeoutMs', 'acquireTimeoutMs', 'connectTimeoutMs'] as const)
    .filter((name) => !Number.isFinite(resolved[name]) || resolved[name] < 0)
    .map((name) => `${name} must be 0 or more, not ${resolved[name]}`);
  const { minConnections, maxConnections } = resolved;
  if (!Number.isInteger(maxConnections) || maxConnections < 1) problems.push('maxConnections must be 1 or more');
  if (!Number.isInteger(minConnections) || minConnections < 0 || minConnections > maxConnections)
    problems.push('minConnections must be between 0 and maxConnections');
  if (resolved.role !== undefined && !/^[a-z_][a-z0-9_]*$/.test(resolved.role))
    problems.push('role must be a plain identifier');
  if (problems.length > 0) throw new DatabaseError('DATABASE_OPTIONS_INVALID', `${problems.join('; ')}.`);
  return Object.freeze(resolved);
}
