/** Quantile of the normal distribution for a one-sided certainty of 97.5%. */
const NORMAL_QUANTILE = 1.96;

/**
 * An upper bound of the chance that a value changes within one ttl, from how many of so many refreshes brought another.
 * Wilson, Probable Inference, JASA 1927: holds for few refreshes and for none that changed.
 */
export function boundChangeChance(changedCount: number, refreshCount: number): number {
  const share = changedCount / refreshCount;
  const squared = NORMAL_QUANTILE ** 2;
  const centre = share + squared / (2 * refreshCount);
  const spread = NORMAL_QUANTILE * Math.sqrt((share * (1 - share) + squared / (4 * refreshCount)) / refreshCount);
  return Math.min(1, (centre + spread) / (1 + squared / refreshCount));
}

/**
 * The share of reads, spread evenly over a ttl, that come after a change. Changes come at random with a steady rate
 * (Poisson): with r changes expected within the ttl it is 1 - (1 - exp(-r)) / r.
 *
 * @param changeChance That a value changes within the present ttl, 0..1.
 * @param ttlRatio The ttl in question over the present one.
 */
export function toOutdatedReadRatio(changeChance: number, ttlRatio: number): number {
  if (changeChance >= 1) return 1;
  const expectedChanges = -Math.log(1 - changeChance) * ttlRatio;
  return expectedChanges === 0 ? 0 : 1 - (1 - Math.exp(-expectedChanges)) / expectedChanges;
}
