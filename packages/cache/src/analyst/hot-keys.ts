/** A key that is read much. */
export interface HotKey {
  readonly namespace: string;
  readonly key: string;
  /** Estimated share of all reads, 0..1; too high by at most `errorRatio`. */
  readonly readRatio: number;
  readonly errorRatio: number;
}

interface Counter {
  readonly namespace: string;
  readonly key: string;
  count: number;
  error: number;
}

/** Finds the keys that are read most, in constant memory. Metwally, Agrawal, El Abbadi, Space-Saving, ICDT 2005. */
export class HotKeys {
  private readonly counters = new Map<string, Counter>();
  private readonly maxCount: number;
  private total = 0;

  constructor(maxCount = 64) {
    this.maxCount = maxCount;
  }

  record(namespace: string, key: string): void {
    this.total += 1;
    const id = `${namespace}\0${key}`;
    const known = this.counters.get(id);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    if (this.counters.size < this.maxCount) {
      this.counters.set(id, { namespace, key, count: 1, error: 0 });
      return;
    }
    let rarestId = '';
    let rarest: Counter | undefined;
    for (const [candidateId, candidate] of this.counters) {
      if (rarest === undefined || candidate.count < rarest.count) [rarestId, rarest] = [candidateId, candidate];
    }
    const error = rarest?.count ?? 0;
    this.counters.delete(rarestId);
    this.counters.set(id, { namespace, key, count: error + 1, error });
  }

  /** How often a key was recorded at least. */
  certainCount(namespace: string, key: string): number {
    const counter = this.counters.get(`${namespace}\0${key}`);
    return counter === undefined ? 0 : counter.count - counter.error;
  }

  /** Forgets the keys of a namespace. */
  forget(namespace: string): void {
    for (const [id, counter] of this.counters) {
      if (counter.namespace !== namespace) continue;
      this.total -= counter.count - counter.error;
      this.counters.delete(id);
    }
  }

  /** The hottest keys that are certainly above `minRatio` of the reads, hottest first. */
  top(minRatio: number): HotKey[] {
    const { total } = this;
    return [...this.counters.values()]
      .filter(({ count, error }) => total > 0 && (count - error) / total >= minRatio)
      .sort((a, b) => b.count - a.count)
      .map(({ namespace, key, count, error }) => ({
        namespace,
        key,
        readRatio: count / total,
        errorRatio: error / total,
      }));
  }
}
