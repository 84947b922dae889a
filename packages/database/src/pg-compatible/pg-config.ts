import type { Clock } from '@dataguardian/telemetry';
import type { PoolConfig } from 'pg';
import type { StatementLayer } from '../statement-runner.ts';
import type { PooledClient } from './pool-member.ts';

/** Configuration of `pg.Pool`, and what we add to it. */
export interface PgCompatiblePoolConfig extends Omit<PoolConfig, 'verify'> {
  /** Connections that many short reads share at once; 0 for none. @defaultValue 2 */
  readonly laneCount?: number;
  /** Reads slower than this, in milliseconds, do not share. @defaultValue 5 */
  readonly slowStatementMs?: number;
  /** Statements that the server keeps parsed for each connection. @defaultValue 256 */
  readonly maxPreparedStatements?: number;
  /** What stands between `query` and the connections, a query cache for example; innermost first. */
  readonly layers?: readonly StatementLayer[];
  readonly clock?: Clock;
  /** An old name of `max`. */
  readonly poolSize?: number;
  /** Looks at a new client before it is lent; an error sends it away. */
  readonly verify?: (client: PooledClient, done: (error?: Error | null) => void) => void;
  readonly binary?: boolean;
}

/** With the defaults of `pg.Pool`; keys that it does not know reach the clients. */
export type ResolvedPgConfig = PgCompatiblePoolConfig & {
  readonly max: number;
  readonly min: number;
  readonly maxUses: number;
  readonly idleTimeoutMillis: number;
  readonly laneCount: number;
  readonly slowStatementMs: number;
  readonly maxPreparedStatements: number;
};

const IDLE_TIMEOUT_MS = 10_000;

/** Zero counts as absent where it does in `pg.Pool`. Secrets are kept out of what a log would print. */
export function resolvePgConfig(config: PgCompatiblePoolConfig): ResolvedPgConfig {
  const resolved = {
    ...config,
    max: config.max || config.poolSize || 10,
    min: config.min || 0,
    maxUses: config.maxUses || Infinity,
    allowExitOnIdle: config.allowExitOnIdle ?? false,
    maxLifetimeSeconds: config.maxLifetimeSeconds || 0,
    idleTimeoutMillis: config.idleTimeoutMillis === undefined ? IDLE_TIMEOUT_MS : (config.idleTimeoutMillis ?? 0),
    laneCount: config.laneCount ?? 2,
    slowStatementMs: config.slowStatementMs ?? 5,
    maxPreparedStatements: config.maxPreparedStatements ?? 256,
  };
  if ('password' in config)
    Object.defineProperty(resolved, 'password', {
      configurable: true,
      enumerable: false,
      writable: true,
      value: config.password,
    });
  if (typeof config.ssl === 'object' && config.ssl.key !== undefined)
    Object.defineProperty(config.ssl, 'key', { enumerable: false });
  return resolved;
}
