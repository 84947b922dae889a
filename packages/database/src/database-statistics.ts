import type { PoolEvent } from '@dataguardian/telemetry';
import type { Holder } from './holders.ts';
import type { Lanes } from './lanes.ts';
import type { ResolvedDatabaseOptions } from './options.ts';
import type { PoolLoad } from './pool-load.ts';
import { proposePoolSize, type PoolSizeProposal } from './pool-sizing.ts';
import type { Pool } from './pool.ts';

/** The database at one moment. */
export interface DatabaseStatistics {
  readonly pool: PoolEvent;
  /** Who has a connection, longest first. */
  readonly holders: readonly Holder[];
  /** Connections held beyond the leak threshold since the start. */
  readonly leakCount: number;
  /** Waits and times held of the last half minute to minute; statements on lanes are not among them. */
  readonly load: PoolLoad;
  readonly lanes: { readonly count: number; readonly inFlightCount: number };
  /** Undefined before enough was measured. */
  readonly proposedSize: PoolSizeProposal | undefined;
}

export function readDatabaseStatistics(
  pool: Pool,
  lanes: Lanes,
  { minConnections, maxConnections }: ResolvedDatabaseOptions,
): DatabaseStatistics {
  const load = pool.load();
  const state = pool.state();
  return {
    pool: state,
    holders: pool.holders(),
    leakCount: pool.leakCount,
    load,
    lanes: { count: lanes.count, inFlightCount: lanes.inFlightCount },
    proposedSize: proposePoolSize({
      load,
      currentCount: state.max,
      minCount: minConnections,
      maxCount: maxConnections,
    }),
  };
}
