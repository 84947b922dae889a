import type { AdmissionStatistics, Cache, Database, Performance, Sessions } from '@dataguardian/performance';
import type { Clock, ComponentHealth } from '@dataguardian/telemetry';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';

/** What features work with. */
export interface AppContext {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  /** The installation's secret; derive a sub-key per purpose from it. */
  readonly secret: string;
  readonly performance: Performance;
  /** Bound by row-level security: use it through `withTenant`. */
  readonly database: Database;
  readonly cache: Cache;
  readonly sessions: Sessions;
  /** Connects as the owner: for migrations, the queue and background work. Never for a request. */
  readonly ownerConnectionString: string;
  /** The owner's small pool, for the same. */
  readonly ownerDatabase: Database;
  /** Whether new scans have to wait for memory. */
  isShortOfMemory: () => boolean;
  /** Set by the worker that runs in this process. */
  queueHealth: () => ComponentHealth;
  /** Set by the server that runs in this process. */
  admissionStatistics: () => AdmissionStatistics | undefined;
}
