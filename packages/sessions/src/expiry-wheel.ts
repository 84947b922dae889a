/** Finds what expires without looking at what does not. */
export interface ExpiryWheel {
  /** Looks at `key` again at `at` (epoch milliseconds), or soon after. */
  add(key: string, at: number): void;
  /** Takes at most `limit` keys that are due, the longest due first. */
  takeDue(now: number, limit: number): readonly string[];
}

/** Precision: memory of a session that ended is given back this late at most. */
const SLOT_MS = 10_000;

/**
 * One slot of keys per ten seconds, in a map that grows with the time span and not with the number of keys. A key whose
 * time was put off is not moved but added again when its slot is due, so that use of a session costs nothing here.
 * After Varghese and Lauck, "Hashed and Hierarchical Timing Wheels" (1987).
 */
export function createExpiryWheel(): ExpiryWheel {
  const slots = new Map<number, string[]>();
  let next = Number.POSITIVE_INFINITY;
  return {
    add(key, at) {
      const slot = Math.ceil(at / SLOT_MS);
      const keys = slots.get(slot);
      if (keys === undefined) slots.set(slot, [key]);
      else keys.push(key);
      next = Math.min(next, slot);
    },
    takeDue(now, limit) {
      const due: string[] = [];
      const current = Math.floor(now / SLOT_MS);
      while (next <= current && due.length < limit) {
        const keys = slots.get(next);
        if (keys !== undefined) {
          for (let key = keys.pop(); key !== undefined; key = keys.pop()) if (due.push(key) === limit) break;
          if (keys.length > 0) break;
          slots.delete(next);
        }
        // Slots between two that hold something are few: the map knows them.
        next = slots.size === 0 ? Number.POSITIVE_INFINITY : Math.min(...slots.keys());
      }
      return due;
    },
  };
}
