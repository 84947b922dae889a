import type { Dated } from '../evidence.ts';

/** Things seen lately, bounded by age and number. */
export interface Recent<Value> {
  push(at: number, value: Value): void;
  since(at: number): readonly Dated<Value>[];
}

/** Keeps at most `capacity` things, none older than `keepMs` when it is pushed to. */
export function createRecent<Value>(capacity: number, keepMs: number): Recent<Value> {
  const items: Dated<Value>[] = [];
  return {
    push(at, value) {
      items.push({ at, value });
      while (items.length > capacity || (items[0]?.at ?? at) < at - keepMs) items.shift();
    },
    since: (at) => items.filter((item) => item.at >= at),
  };
}
