import type { LiveStore } from './live/live-store.ts';
import type { RangeChoice } from './live/range.ts';

/** What every page works with. */
export interface PageContext {
  readonly live: LiveStore;
  readonly range: RangeChoice;
  /** Says something to the person, also to who cannot see it. */
  readonly say: (text: string) => void;
}

/** A page while it is open. */
export interface Page {
  readonly node: HTMLElement;
  /** Reads everything again: every ten seconds, and when the range or a list has changed. @throws ApiError */
  refresh(): Promise<void>;
  /** A second has passed. */
  tick?(): void;
}

/** Opens a page. */
export type OpenPage = (context: PageContext) => Page;
