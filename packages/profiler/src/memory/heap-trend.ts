/** Size of the heap and of what it holds outside (buffers) after a full collection. */
export interface HeapReading {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly bytes: number;
}

/** How the heap that survives collection develops. */
export interface HeapTrend {
  readonly isGrowing: boolean;
  readonly bytesPerMinute: number;
  readonly grownBytes: number;
  readonly readingCount: number;
  /** Chance to see such an order of readings when nothing grows (Mann-Kendall, one-sided). */
  readonly chance: number;
  /** Minutes until the heap's limit at this pace; infinite when it does not grow. */
  readonly minutesToLimit: number;
}

/** Fewer collections show the program warming up, not its trend. */
const FEWEST_READINGS = 6;
/** One false suspicion in a thousand looks at a heap that does not grow. */
const MOST_CHANCE = 0.001;
/** Up to here the chance is counted out; beyond it the normal approximation with correction is close. */
const EXACT_UP_TO = 10;
/** Growth below both is noise of collection: 4 MB, and 2% of the heap. */
const LEAST_GROWTH_BYTES = 4 * 1024 * 1024;
const LEAST_GROWTH_RATIO = 0.02;
/** V8 collects ever less often while a heap grows fast: four readings that double in half a minute are as telling. */
const FEWEST_FAST_READINGS = 4;
const FAST_GROWTH = 2;
const FAST_GROWTH_BYTES = 16 * 1024 * 1024;
const FAST_SHORTEST_MS = 30_000;
/** A cache that fills slows down: the last third must still grow at this share of the whole pace. */
const LEAST_LATE_PACE = 0.5;

/**
 * Judges whether readings grow steadily. Trend by Mann (1945) and Kendall (1975), pace by the median of all slopes
 * (Sen 1968); both ignore single outliers. Pure.
 */
export function judgeHeap(readings: readonly HeapReading[], limitBytes: number): HeapTrend {
  const count = readings.length;
  const pace = senSlope(readings);
  const first = median(readings.slice(0, Math.max(1, Math.floor(count / 3))).map(({ bytes }) => bytes));
  const last = median(readings.slice(-Math.max(1, Math.floor(count / 3))).map(({ bytes }) => bytes));
  const grownBytes = last - first;
  const chance = count < FEWEST_READINGS ? 1 : mannKendall(readings.map(({ bytes }) => bytes));
  const latePace = senSlope(readings.slice(-Math.max(3, Math.floor(count / 3))));
  const isFast =
    count >= FEWEST_FAST_READINGS &&
    readings.every(({ bytes }, index) => index === 0 || bytes > (readings[index - 1]?.bytes ?? 0)) &&
    (readings.at(-1)?.at ?? 0) - (readings[0]?.at ?? 0) >= FAST_SHORTEST_MS &&
    grownBytes >= FAST_GROWTH_BYTES &&
    last >= first * FAST_GROWTH;
  const isGrowing =
    (chance <= MOST_CHANCE || isFast) &&
    grownBytes >= LEAST_GROWTH_BYTES &&
    grownBytes >= first * LEAST_GROWTH_RATIO &&
    latePace >= pace * LEAST_LATE_PACE;
  const bytesPerMinute = pace * 60_000;
  const current = readings.at(-1)?.bytes ?? 0;
  return {
    isGrowing,
    bytesPerMinute,
    grownBytes,
    readingCount: count,
    chance,
    minutesToLimit: pace > 0 ? Math.max(0, limitBytes - current) / bytesPerMinute : Number.POSITIVE_INFINITY,
  };
}

/** Median of the slopes between all pairs of readings, in bytes per millisecond. */
function senSlope(readings: readonly HeapReading[]): number {
  const slopes: number[] = [];
  for (const [index, a] of readings.entries()) {
    for (const b of readings.slice(index + 1)) if (b.at > a.at) slopes.push((b.bytes - a.bytes) / (b.at - a.at));
  }
  return median(slopes);
}

/** One-sided probability that an unordered series rises as often as this one. */
function mannKendall(values: readonly number[]): number {
  let score = 0;
  let tieCount = 0;
  for (const [index, a] of values.entries()) {
    for (const b of values.slice(index + 1)) {
      score += Math.sign(b - a);
      if (a === b) tieCount += 1;
    }
  }
  const n = values.length;
  if (score <= 0) return 1;
  if (n <= EXACT_UP_TO && tieCount === 0) return chanceOfInversions(n, (n * (n - 1) - 2 * score) / 4);
  const deviation = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  return 1 - normal((score - 1) / deviation);
}

/**
 * Share of the orders of `count` values that have at most that many pairs in falling order; the numbers of orders by
 * falling pairs are MacMahon's (Combinatory Analysis, 1915): the n-th value can stand before 0 to n - 1 of the others.
 */
function chanceOfInversions(count: number, most: number): number {
  let chances = [1];
  for (let n = 2; n <= count; n++) {
    const next = Array.from({ length: chances.length + n - 1 }, () => 0);
    for (const [inversions, chance] of chances.entries()) {
      for (let added = 0; added < n; added++) next[inversions + added] = (next[inversions + added] ?? 0) + chance / n;
    }
    chances = next;
  }
  return chances.slice(0, most + 1).reduce((sum, chance) => sum + chance, 0);
}

/** Distribution function of the standard normal; Abramowitz and Stegun 1964, 26.2.17, error below 7.5e-8. */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z >= 0 ? 1 - tail : tail;
}

function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
