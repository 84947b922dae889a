import { createHash } from 'node:crypto';
import type { Clock } from '@dataguardian/telemetry';
import type { ReadRequest } from './cached-reads.ts';
import { parseSnapshot, type QuerySharedTier, type Snapshot, type WriterLog } from './shared-tier.ts';
import { toOwnFields, type FlatResult } from './stored-result.ts';

/** The second tier as the reads use it: it never fails and never keeps a query waiting for long. */
export interface SharedReads {
  find(request: ReadRequest): Promise<FlatResult | undefined>;
  /** Call before sending a read; what it returns goes with the answer. */
  prepare(): Snapshot | undefined;
  offer(request: ReadRequest, flat: FlatResult, asOf: Snapshot): void;
}

/** How long a read waits for the tier, and how long the tier is left alone after it failed or was late. */
const PATIENCE_MS = 50;
const REST_MS = 5_000;

/**
 * An answer goes into the tier with a snapshot that was taken before the read was sent. The read's own snapshot can only
 * see more, so what this one sees is in the answer. It is used while it sees every writer that this process has heard
 * of: transaction numbers decide, no clock does.
 */
export function createSharedReads(world: {
  readonly tier: QuerySharedTier;
  readonly clock: Clock;
  /** Keeps databases and roles apart that share a tier. */
  readonly scope: string;
  readonly writers: WriterLog;
  /** The latest snapshot that is known. */
  latestSnapshot(): Snapshot | undefined;
}): SharedReads {
  const { tier, clock, writers } = world;
  let restUntil = Number.NEGATIVE_INFINITY;

  const keyOf = ({ plan, key }: ReadRequest): string =>
    createHash('sha256')
      .update(JSON.stringify([world.scope, plan.text, plan.settings ?? null, key]))
      .digest('base64url');
  const tablesOf = ({ dependencies }: ReadRequest): readonly number[] => dependencies.map(({ table }) => table);
  const rest = (): void => {
    restUntil = clock.monotonic() + REST_MS;
  };
  const patiently = async <Value>(work: Promise<Value>): Promise<Value | undefined> =>
    new Promise((resolve) => {
      const timer = clock.schedule(PATIENCE_MS, () => {
        rest();
        resolve(undefined);
      });
      work.then(
        (value) => {
          timer.cancel();
          resolve(value);
        },
        () => {
          timer.cancel();
          rest();
          resolve(undefined);
        },
      );
    });

  return {
    async find(request) {
      if (clock.monotonic() < restUntil) return undefined;
      const found = await patiently(tier.get(keyOf(request)));
      const snapshot = found === undefined ? undefined : parseSnapshot(found.snapshot);
      if (found === undefined || snapshot === undefined || !writers.isValid(snapshot, tablesOf(request)))
        return undefined;
      const { values, rowCount, command, fields } = found;
      return { values, rowCount, command, fields: toOwnFields(fields) };
    },
    prepare: () => world.latestSnapshot(),
    offer(request, flat, asOf) {
      // Others would refuse it, as its snapshot misses a writer that they have heard of too.
      if (clock.monotonic() < restUntil || !writers.isValid(asOf, tablesOf(request))) return;
      void patiently(tier.set(keyOf(request), { ...flat, snapshot: asOf.text }));
    },
  };
}
