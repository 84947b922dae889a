/** What this process knows of one tag. Entries point at it, so that a check is one comparison. */
export interface TagState {
  readonly name: string;
  /** Changes whenever the tag is invalidated; {@link UNKNOWN_VERSION} when Redis has to be asked. */
  version: number;
  /** Counts the announcements of changes, so that an answer that was overtaken by one is recognised. */
  changeCount: number;
}

/** Not a number, so that no comparison with it succeeds. */
export const UNKNOWN_VERSION: number = Number.NaN;

/** The tags this process has met. */
export class TagTable {
  private readonly states = new Map<string, TagState>();
  private readonly initialVersion: number;
  private readonly maxTags: number;

  /** @param initialVersion What a new tag starts with: 0 without Redis, {@link UNKNOWN_VERSION} with it. */
  constructor(initialVersion: number, maxTags: number) {
    this.initialVersion = initialVersion;
    this.maxTags = maxTags;
  }

  get(name: string): TagState {
    const known = this.states.get(name);
    if (known !== undefined) return known;
    if (this.states.size >= this.maxTags) this.forgetOldest();
    const state: TagState = { name, version: this.initialVersion, changeCount: 0 };
    this.states.set(name, state);
    return state;
  }

  peek(name: string): TagState | undefined {
    return this.states.get(name);
  }

  values(): IterableIterator<TagState> {
    return this.states.values();
  }

  /** A forgotten tag counts as invalidated: its entries can no longer hear of changes. */
  private forgetOldest(): void {
    for (const [name, state] of this.states) {
      state.version = UNKNOWN_VERSION;
      state.changeCount += 1;
      this.states.delete(name);
      return;
    }
  }
}
