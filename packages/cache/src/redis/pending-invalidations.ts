/** What must still be told to Redis: invalidations that it has not confirmed. Bounded; each key and tag once. */
export class PendingInvalidations {
  private readonly maxCount: number;
  private keys = new Set<string>();
  private tags = new Set<string>();
  private hasOverflown = false;

  constructor(maxCount: number) {
    this.maxCount = maxCount;
  }

  get count(): number {
    return this.keys.size + this.tags.size;
  }

  addKey(key: string): void {
    if (this.count >= this.maxCount) this.hasOverflown = true;
    else this.keys.add(key);
  }

  addTag(tag: string): void {
    // Tags stand for many values and are few: they are never dropped.
    this.tags.add(tag);
  }

  /** Takes everything out; `isComplete` is false when keys had to be dropped, so that all values are suspect. */
  take(): { readonly keys: readonly string[]; readonly tags: readonly string[]; readonly isComplete: boolean } {
    const taken = { keys: [...this.keys], tags: [...this.tags], isComplete: !this.hasOverflown };
    this.keys = new Set();
    this.tags = new Set();
    this.hasOverflown = false;
    return taken;
  }

  /** Puts back what {@link take} gave, after telling it failed. */
  restore(taken: ReturnType<PendingInvalidations['take']>): void {
    for (const key of taken.keys) this.addKey(key);
    for (const tag of taken.tags) this.addTag(tag);
    if (!taken.isComplete) this.hasOverflown = true;
  }
}
