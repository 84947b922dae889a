/** Longer ones are rare enough. */
const BLANK_LENGTH = 1_024;
const BLANK: readonly unknown[] = Array.from({ length: BLANK_LENGTH }, () => undefined);

/**
 * An array that is to be filled from its beginning to that length, which may be a damaged one. It is a copy rather than
 * a literal: for each literal in hot code the engine notes how many of its arrays outlive a small collection, and once
 * 64 callers have read at the same moment it makes them among the old from then on, where they and all that they hold
 * stay until a full collection.
 */
export function emptyList(length: number): unknown[] {
  return length <= BLANK_LENGTH ? BLANK.slice(0, length) : [];
}
