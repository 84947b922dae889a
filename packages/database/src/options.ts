import type { ConnectionOptions } from 'node:tls';
import { systemClock, type Clock } from '@dataguardian/telemetry';
import { DatabaseError } from './errors.ts';
import { findQueryCacheProblems, type QueryCacheOptions } from './query-cache/options.ts';
import type { StatementObserver } from './statement-runner.ts';

/** Settings of {@link createDatabase}. Durations are in milliseconds. */
export interface DatabaseOptions {
  /** `postgresql://…`; `?host=/folder` reaches a unix socket. @defaultValue the PG* environment of the process */
  readonly connectionString?: string;
  /** Connections that are opened with the first use and kept. @defaultValue 10 */
  readonly minConnections?: number;
  /** @defaultValue 50 */
  readonly maxConnections?: number;
  /** TLS: true for the machine's certificates, or what `tls.connect` takes. @defaultValue what the connection string says */
  readonly ssl?: boolean | ConnectionOptions;
  /** Role that every connection takes on as it starts. @defaultValue the one that connects */
  readonly role?: string;
  /** Shown in pg_stat_activity. @defaultValue 'dataguardian' */
  readonly applicationName?: string;
  /** How long a statement may run; 0 for ever. @defaultValue 30_000 */
  readonly statementTimeoutMs?: number;
  /** How long a statement may wait for a lock; 0 for ever. @defaultValue 0 */
  readonly lockTimeoutMs?: number;
  /** How long a transaction may idle; 0 for ever. @defaultValue 60_000 */
  readonly idleTransactionTimeoutMs?: number;
  /** How long a caller waits for a connection, time in the queue included. @defaultValue 10_000 */
  readonly acquireTimeoutMs?: number;
  /** How long opening one connection may take. @defaultValue 5_000 */
  readonly connectTimeoutMs?: number;
  /** Connections above the minimum close after being idle for so long. @defaultValue 30_000 */
  readonly idleTimeoutMs?: number;
  /** Connections are replaced at this age, up to a tenth earlier so that they do not all go at once; 0 for never. @defaultValue 1_800_000 */
  readonly maxLifetimeMs?: number;
  /** Idle connections are asked for a sign of life this often; 0 for never. @defaultValue 60_000 */
  readonly keepAliveMs?: number;
  /** How long `close` waits for lent connections before it takes them away. @defaultValue 10_000 */
  readonly closeTimeoutMs?: number;
  /** A connection held for longer is reported as a leak, with the stack of its holder; 0 for never. @defaultValue 30_000 */
  readonly leakThresholdMs?: number;
  /** Connections that many reads share at once; 0 gives each statement a connection of its own. @defaultValue 2 */
  readonly laneCount?: number;
  /** Statements whose 95th percentile is above this do not share. @defaultValue 5 */
  readonly slowStatementMs?: number;
  /** Statements that the server keeps parsed for each connection; 0 behind a transaction pooler. @defaultValue 256 */
  readonly maxPreparedStatements?: number;
  /**
   * Whether the query cache answers autocommit reads: all of them, those that ask for it with a `queryCache` of their
   * own, or none. @defaultValue 'off'
   */
  readonly queryCache?: 'off' | 'asked' | 'on';
  /** How the query cache works where it does. */
  readonly queryCacheOptions?: QueryCacheOptions;
  /** Hear of every statement with its values, inside this process. @defaultValue none */
  readonly statementObservers?: readonly StatementObserver[];
  /** Connection strings of streaming replicas; reads that ask for `readFrom: 'replica'` go there. @defaultValue none */
  readonly replicas?: readonly string[];
  /**
   * Replicas further behind than this answer nothing; the primary does. Measured four times a second: 500 is the least
   * that makes sense. @defaultValue 1_000
   */
  readonly maxReplicaLagMs?: number;
  /** A source of numbers in [0, 1) for jitter. @defaultValue Math.random */
  readonly random?: () => number;
  readonly clock?: Clock;
}

type Absent = 'connectionString' | 'role' | 'ssl' | 'queryCacheOptions';

/** Options with their defaults, checked. */
export type ResolvedDatabaseOptions = Readonly<Required<Omit<DatabaseOptions, Absent>> & Pick<DatabaseOptions, Absent>>;

const DURATIONS = [
  'statementTimeoutMs',
  'lockTimeoutMs',
  'idleTransactionTimeoutMs',
  'acquireTimeoutMs',
  'connectTimeoutMs',
  'idleTimeoutMs',
  'maxLifetimeMs',
  'keepAliveMs',
  'closeTimeoutMs',
  'leakThresholdMs',
  'slowStatementMs',
  'maxReplicaLagMs',
] as const;

/** @throws DatabaseError DATABASE_OPTIONS_INVALID listing every problem. */
export function resolveDatabaseOptions(options: DatabaseOptions = {}): ResolvedDatabaseOptions {
  const resolved = {
    minConnections: 10,
    maxConnections: 50,
    applicationName: 'dataguardian',
    statementTimeoutMs: 30_000,
    lockTimeoutMs: 0,
    idleTransactionTimeoutMs: 60_000,
    acquireTimeoutMs: 10_000,
    connectTimeoutMs: 5_000,
    idleTimeoutMs: 30_000,
    maxLifetimeMs: 1_800_000,
    keepAliveMs: 60_000,
    closeTimeoutMs: 10_000,
    leakThresholdMs: 30_000,
    laneCount: 2,
    slowStatementMs: 5,
    maxPreparedStatements: 256,
    queryCache: 'off' as const,
    statementObservers: [],
    replicas: [],
    maxReplicaLagMs: 1_000,
    random: Math.random,
    clock: systemClock,
    ...options,
  };
  const problems = [
    ...DURATIONS.filter((name) => !Number.isFinite(resolved[name]) || resolved[name] < 0).map(
      (name) => `${name} must be 0 or more, not ${resolved[name]}`,
    ),
    ...(['laneCount', 'maxPreparedStatements'] as const)
      .filter((name) => !Number.isInteger(resolved[name]) || resolved[name] < 0)
      .map((name) => `${name} must be a whole number, 0 or more`),
  ];
  const { minConnections, maxConnections } = resolved;
  if (!Number.isInteger(maxConnections) || maxConnections < 1) problems.push('maxConnections must be 1 or more');
  if (!Number.isInteger(minConnections) || minConnections < 0 || minConnections > maxConnections)
    problems.push('minConnections must be between 0 and maxConnections');
  for (const [index, replica] of resolved.replicas.entries())
    if (!URL.canParse(replica)) problems.push(`replicas[${index}] must be a connection string`);
  if (resolved.role !== undefined && !/^[a-z_][a-z0-9_]*$/.test(resolved.role))
    problems.push('role must be a plain identifier');
  problems.push(...findQueryCacheProblems(resolved.queryCacheOptions));
  if (problems.length > 0) throw new DatabaseError('DATABASE_OPTIONS_INVALID', `${problems.join('; ')}.`);
  return Object.freeze(resolved);
}
