import { availableParallelism } from 'node:os';
import type { Budgets } from '../config.ts';

/** How a worker works. */
export interface WorkerOptions {
  /** Chunks scanned at once, each in a thread. @defaultValue the processor's cores less one, 1 to 4 */
  readonly threads?: number;
  /** Chunks of one scan at once, over all workers. @defaultValue 4 */
  readonly perScan?: number;
  /** Chunks of one user's scans at once, over all workers. @defaultValue 8 */
  readonly perUser?: number;
  /** Chunks of one organisation's scans at once, over all workers. @defaultValue 16 */
  readonly perOrganisation?: number;
  /** How long a chunk stays with a worker that gives no sign of life. @defaultValue 15_000 */
  readonly leaseMs?: number;
  /** @defaultValue 1_000 */
  readonly heartbeatMs?: number;
  /** How often the queue is looked at without being woken. @defaultValue 1_000 */
  readonly pollMs?: number;
}

/** What the operator has set. */
export function toWorkerOptions({ userScanParts, organisationScanParts }: Budgets): WorkerOptions {
  return {
    ...(userScanParts === undefined ? {} : { perUser: userScanParts }),
    ...(organisationScanParts === undefined ? {} : { perOrganisation: organisationScanParts }),
  };
}

/** Fills in the defaults. */
export function resolveWorkerOptions(options: WorkerOptions): Required<WorkerOptions> {
  return Object.freeze({
    threads: options.threads ?? Math.max(1, Math.min(4, availableParallelism() - 1)),
    perScan: options.perScan ?? 4,
    perUser: options.perUser ?? 8,
    perOrganisation: options.perOrganisation ?? 16,
    leaseMs: options.leaseMs ?? 15_000,
    heartbeatMs: options.heartbeatMs ?? 1_000,
    pollMs: options.pollMs ?? 1_000,
  });
}
