import { DatabaseError } from './errors.ts';
import { createLanes, toLaneCount } from './lanes.ts';
import { createDirectRunner } from './direct-runner.ts';
import type { ResolvedDatabaseOptions } from './options.ts';
import { createPool } from './pool.ts';
import { toStatementKind } from './statement-kind.ts';
import { createStatementProfiles } from './statement-profiles.ts';
import type { RunOptions, StatementResult, StatementRunner } from './statement-runner.ts';

/** A replica at one moment. */
export interface ReplicaState {
  /** Host and database, without names and passwords. */
  readonly address: string;
  /** How long ago the primary was where the replica is now; undefined while that is not known. */
  readonly lagMs: number | undefined;
  /** Whether it answers reads that may be a little old. */
  readonly usable: boolean;
}

/** Copies of the primary that answer reads. */
export interface Replicas {
  /** Runs a read on a copy that is close enough behind, else on the primary. */
  run(text: string, values: readonly unknown[], options: RunOptions): Promise<StatementResult>;
  state(): readonly ReplicaState[];
  close(): Promise<void>;
}

interface Replica {
  readonly address: string;
  readonly runner: StatementRunner;
  /** Position in the write-ahead log up to which it has replayed. */
  replayed: bigint | undefined;
  close(): Promise<void>;
}

interface PrimarySample {
  readonly askedAt: number;
  readonly position: bigint;
}

const SAMPLE_MS = 250;
/** Lags above the window count as unknown. */
const KEPT_SAMPLES = 240;

/**
 * Measures how far each copy is behind without comparing clocks: the primary's position in its log is noted twice a
 * half second, and a copy is as old as the newest note that it has reached. A copy that has lost its primary stops
 * moving and grows old, where the time of its last replayed transaction would stand still or say nothing.
 */
export function createReplicas(options: ResolvedDatabaseOptions, primary: StatementRunner): Replicas {
  const { clock, maxReplicaLagMs } = options;
  const replicas = options.replicas.map((connectionString) => openReplica(options, connectionString));
  const samples: PrimarySample[] = [];
  let turn = 0;
  let sampling = false;

  const toLagMs = ({ replayed }: Replica): number | undefined => {
    if (replayed === undefined) return undefined;
    const reached = samples.findLast(({ position }) => position <= replayed);
    return reached === undefined ? undefined : clock.monotonic() - reached.askedAt;
  };
  const isUsable = (replica: Replica): boolean => (toLagMs(replica) ?? Infinity) <= maxReplicaLagMs;

  const sampleReplica = async (replica: Replica): Promise<void> => {
    try {
      const text = 'select pg_last_wal_replay_lsn()::text as position where pg_is_in_recovery()';
      replica.replayed = toPosition(await replica.runner.run(text, [], {}));
    } catch {
      replica.replayed = undefined;
    }
  };
  const sample = async (): Promise<void> => {
    if (sampling) return;
    sampling = true;
    try {
      const askedAt = clock.monotonic();
      const position = toPosition(
        await primary.run('select pg_current_wal_lsn()::text as position', [], { queryCache: 'off' }),
      );
      if (position !== undefined) samples.push({ askedAt, position });
      if (samples.length > KEPT_SAMPLES) samples.shift();
    } catch {
      // Without the primary the copies grow old by themselves.
    }
    await Promise.all(replicas.map(sampleReplica));
    sampling = false;
  };
  const timer = clock.repeat(SAMPLE_MS, () => void sample());

  const choose = (): Replica | undefined => {
    for (let step = 0; step < replicas.length; step++) {
      turn = (turn + 1) % replicas.length;
      const replica = replicas[turn];
      if (replica !== undefined && isUsable(replica)) return replica;
    }
    return undefined;
  };

  return {
    async run(text, values, runOptions) {
      const replica = toStatementKind(text) === 'read' ? choose() : undefined;
      if (replica === undefined) return primary.run(text, values, runOptions);
      try {
        return { ...(await replica.runner.run(text, values, runOptions)), verdict: 'bypass' };
      } catch (error) {
        if (!isFaultOfReplica(error)) throw error;
        replica.replayed = undefined;
        return primary.run(text, values, runOptions);
      }
    },
    state: () =>
      replicas.map((replica) => ({ address: replica.address, lagMs: toLagMs(replica), usable: isUsable(replica) })),
    async close() {
      timer.cancel();
      await Promise.all(replicas.map((replica) => replica.close()));
    },
  };
}

function openReplica(options: ResolvedDatabaseOptions, connectionString: string): Replica {
  const ofReplica = { ...options, connectionString, minConnections: 0 };
  const pool = createPool(ofReplica);
  const lanes = createLanes(pool, { ...ofReplica, laneCount: toLaneCount(ofReplica) });
  const findProfile = createStatementProfiles(options.slowStatementMs, options.clock);
  const url = new URL(connectionString);
  return {
    address: `${url.searchParams.get('host') ?? url.host}${url.pathname}`,
    runner: createDirectRunner({ pool, lanes, findProfile }),
    replayed: undefined,
    async close() {
      lanes.close();
      await pool.close();
    },
  };
}

/** A position such as `16/B374D848`: two halves in hexadecimal. */
function toPosition({ rows }: StatementResult): bigint | undefined {
  const [row] = rows as readonly { readonly position: string | null }[];
  const [high, low] = row?.position?.split('/') ?? [];
  return high === undefined || low === undefined ? undefined : (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

/** Gone, too busy, or a read cancelled because replaying could not wait for it (40001 on a standby). */
function isFaultOfReplica(error: unknown): boolean {
  if (error instanceof DatabaseError) return error.code !== 'DATABASE_CLOSED';
  return error instanceof Error && 'code' in error && (error.code === '40001' || String(error.code).startsWith('57P'));
}
