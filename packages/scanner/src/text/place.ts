import type { FindingLocation } from '../finding.ts';

/** What a structured source knows about where a stretch of text comes from. */
export type Place = Omit<FindingLocation, 'item' | 'start' | 'end' | 'column'> & {
  /** When the stretch belongs to another item than the text as a whole, such as `table.column`. */
  readonly item?: string;
  /** A stretch that only helps to understand its neighbours, such as a column name: values in it are not reported. */
  readonly muted?: boolean;
};

/** Which place each stretch of a growing text comes from. */
export interface PlaceMap {
  /** The text from `offset` on comes from `place`. Offsets must not go back. */
  add(offset: number, place: Place): void;
  at(offset: number): Place | undefined;
  /** Forgets what lies before `offset`. */
  forget(offset: number): void;
}

/** Makes an empty map; looking up costs O(log n). */
export function createPlaceMap(): PlaceMap {
  let offsets: number[] = [];
  let places: Place[] = [];
  const find = (offset: number): number => {
    let low = 0;
    let high = offsets.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((offsets[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };
  return {
    add(offset, place) {
      offsets.push(offset);
      places.push(place);
    },
    at: (offset) => places[find(offset)],
    forget(offset) {
      const keep = find(offset);
      if (keep <= 0) return;
      offsets = offsets.slice(keep);
      places = places.slice(keep);
    },
  };
}
