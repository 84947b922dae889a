/**
 * The share of a load's time during which reads of a much-read key wait, per ttl, when its refresh begins ahead by a
 * lead drawn from an exponential distribution with a mean of `ratio` loads: the mean of what the lead falls short of a
 * load. 1 without early refresh. (The lead: value-store.ts, after Vattani and others, VLDB 2015.)
 */
export function toWaitingShare(ratio: number): number {
  return ratio === 0 ? 1 : 1 - ratio * (1 - Math.exp(-1 / ratio));
}

/** As {@link toWaitingShare}, for the sum of the times that those reads wait: the mean of the square. */
export function toWaitedShare(ratio: number): number {
  return ratio === 0 ? 1 : 1 - 2 * ratio + 2 * ratio ** 2 * (1 - Math.exp(-1 / ratio));
}
