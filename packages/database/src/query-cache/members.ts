/** The other processes that announce their own writes, and how fresh what they said is. */
export interface Members {
  /** A process is about to join. */
  joining(member: number): void;
  /** It says that it announces; everything it wrote before is announced. */
  heard(member: number, asOf: number): void;
  /** Who the database says is there. Returns those who went. */
  present(members: ReadonlySet<number>, leaving: ReadonlySet<number>, askedAt: number): readonly number[];
  /** Whether this process has to announce its writes to somebody. */
  readonly isListenedTo: boolean;
  /** As of when every member was heard, in this process's time. */
  freshness(): number;
  clear(): void;
}

/** @param now Monotonic milliseconds. */
export function createMembers(now: () => number): Members {
  const members = new Map<number, { fresh: number; joinedAt: number }>();
  const ensure = (member: number): { fresh: number; joinedAt: number } => {
    let known = members.get(member);
    if (known === undefined) {
      known = { fresh: Number.NEGATIVE_INFINITY, joinedAt: Number.NEGATIVE_INFINITY };
      members.set(member, known);
    }
    return known;
  };
  return {
    joining(member) {
      ensure(member).joinedAt = now();
    },
    heard(member, asOf) {
      ensure(member).fresh = asOf;
    },
    present(present, leaving, askedAt) {
      // One that left sessions behind may still write over them.
      for (const member of [...present, ...leaving]) ensure(member);
      const gone = [...members].filter(
        ([member, { joinedAt }]) => !present.has(member) && !leaving.has(member) && joinedAt < askedAt,
      );
      for (const [member] of gone) members.delete(member);
      return gone.map(([member]) => member);
    },
    get isListenedTo() {
      return members.size > 0;
    },
    freshness() {
      let least = Number.POSITIVE_INFINITY;
      for (const { fresh } of members.values()) least = Math.min(least, fresh);
      return least;
    },
    clear() {
      members.clear();
    },
  };
}
