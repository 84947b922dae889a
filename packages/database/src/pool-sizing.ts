import type { PoolLoad } from './pool-load.ts';

/** A size for the pool, and why. */
export interface PoolSizeProposal {
  readonly connectionCount: number;
  readonly currentCount: number;
  /** Mean wait of a caller at the proposed size. */
  readonly predictedWaitMs: number;
  /** Mean wait at the current size by the same model; beside the measured one it shows how far the model is off. */
  readonly currentPredictedWaitMs: number;
  readonly measuredWaitMs: number;
  /** Connections busy on average: arrivals a second times seconds held. */
  readonly busyCount: number;
  readonly reason: string;
}

/** What a proposal is made from. */
export interface PoolSizingInput {
  readonly load: PoolLoad;
  readonly currentCount: number;
  readonly minCount: number;
  readonly maxCount: number;
  /** Mean wait that is good enough. @defaultValue a tenth of the mean time held, 1 ms at least */
  readonly targetWaitMs?: number;
}

/** Fewer callers say too little. */
const LEAST_LENDS = 100;

/**
 * Probability that a caller must wait when `busyCount` servers' worth of work meets `serverCount` servers
 * (A. K. Erlang, 1917; computed by the stable recursion over Erlang B). 1 when the work exceeds the servers.
 */
export function toErlangC(busyCount: number, serverCount: number): number {
  if (busyCount >= serverCount) return 1;
  let blocked = 1;
  for (let servers = 1; servers <= serverCount; servers++)
    blocked = (busyCount * blocked) / (servers + busyCount * blocked);
  const utilisation = busyCount / serverCount;
  return blocked / (1 - utilisation * (1 - blocked));
}

/**
 * Mean wait in a queue before `serverCount` servers: Erlang C, with the correction of A. O. Allen and J. P. Cunneen for
 * service times that are not exponential (Allen, "Probability, Statistics, and Queueing Theory", 2nd edition, 1990).
 * Arrivals are taken as independent. Infinity when the work exceeds the servers.
 */
export function predictWaitMs(load: PoolLoad, serverCount: number): number {
  const busyCount = toBusyCount(load);
  if (busyCount >= serverCount) return Infinity;
  const exponentialMs = (toErlangC(busyCount, serverCount) * load.meanHoldMs) / (serverCount - busyCount);
  return (exponentialMs * (1 + load.holdVariation)) / 2;
}

/**
 * The smallest size whose predicted wait is good enough, within the limits; undefined before enough was measured.
 * Fewer connections are better where they suffice: each takes memory and competes for the server's cores.
 */
export function proposePoolSize(input: PoolSizingInput): PoolSizeProposal | undefined {
  const { load, currentCount, minCount, maxCount } = input;
  if (load.lendCount < LEAST_LENDS || load.windowMs <= 0) return undefined;
  const targetWaitMs = input.targetWaitMs ?? Math.max(1, load.meanHoldMs / 10);
  let connectionCount = minCount;
  while (connectionCount < maxCount && predictWaitMs(load, connectionCount) > targetWaitMs) connectionCount += 1;
  const predictedWaitMs = predictWaitMs(load, connectionCount);
  const busyCount = toBusyCount(load);
  return {
    connectionCount,
    currentCount,
    predictedWaitMs,
    currentPredictedWaitMs: predictWaitMs(load, currentCount),
    measuredWaitMs: load.meanWaitMs,
    busyCount,
    reason: toReason(input, connectionCount, predictedWaitMs),
  };
}

function toBusyCount({ lendCount, windowMs, meanHoldMs }: PoolLoad): number {
  return (lendCount / windowMs) * meanHoldMs;
}

function toReason({ load, currentCount, maxCount }: PoolSizingInput, count: number, predictedWaitMs: number): string {
  const busy = toBusyCount(load).toFixed(1);
  const measured = `${busy} connections are busy on average, each held for ${load.meanHoldMs.toFixed(1)} ms; callers wait ${toDuration(load.meanWaitMs)}`;
  if (!Number.isFinite(predictedWaitMs))
    return `${measured}. Even ${maxCount} connections are fewer than the work needs: shorten what holds them.`;
  if (count === currentCount) return `${measured}. The size fits.`;
  return `${measured}. ${count} connections would let them wait ${toDuration(predictedWaitMs)}.`;
}

/** `12.3 ms`, or microseconds where that would read 0.0. */
function toDuration(ms: number): string {
  return ms >= 1 ? `${ms.toFixed(1)} ms` : `${Math.round(ms * 1_000)} µs`;
}
