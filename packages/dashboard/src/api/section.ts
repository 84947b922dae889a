import type { LocalText } from '@dataguardian/advisor';

/**
 * A part of the page that the host may not have connected, or that cannot be read at the moment. Every view that does
 * not come from the profiler itself has this shape, so that an empty page can say why it is empty and what fills it.
 */
export type Section<Content extends object> = ReadySection<Content> | EmptySection;

/** The part as it is now. */
export interface ReadySection<Content extends object> {
  readonly state: 'ready';
  readonly content: Content;
}

/** Nothing to show, with words that teach. */
export interface EmptySection {
  readonly state: 'empty';
  /** `not-connected`: the host gave no source. `failed`: the source did not answer; ask again. */
  readonly reason: 'not-connected' | 'failed';
  readonly why: LocalText;
  readonly remedy: LocalText;
}

/** A list; cursors and totals are absent because every list of this API is bounded. */
export interface Items<Item> {
  readonly items: readonly Item[];
}

/** A stretch of time in epoch milliseconds, `to` exclusive. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}
