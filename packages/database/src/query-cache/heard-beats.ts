import type { HeardBeat } from './channel-message.ts';

/**
 * Which of this process's own beats came before which beat of anybody. All members hear all beats in one order, so that
 * whoever names the latest beat it has heard says with it which beats of each other member it has heard.
 */
export interface HeardBeats {
  /**
   * A beat is heard.
   * @param at `ownHeard`: when the latest own beat before it was sent; both are monotonic milliseconds.
   */
  note(beat: HeardBeat, at: { readonly ownHeard: number; readonly now: number }): void;
  /** When the latest own beat was sent that came before `beat`; `undefined` when that one was not heard here. */
  find(beat: HeardBeat): number | undefined;
  latest(): HeardBeat | undefined;
  clear(): void;
}

/** @param keepMs What was heard longer ago proves nothing any more. */
export function createHeardBeats(keepMs: number): HeardBeats {
  const beats = new Map<string, { readonly ownHeard: number; readonly heardAt: number }>();
  let last: HeardBeat | undefined;
  const toName = ({ member, number }: HeardBeat): string => `${member} ${number}`;
  return {
    note(beat, { ownHeard, now }) {
      last = beat;
      beats.set(toName(beat), { ownHeard, heardAt: now });
      for (const [name, { heardAt }] of beats) {
        if (heardAt >= now - keepMs) break;
        beats.delete(name);
      }
    },
    find: (beat) => beats.get(toName(beat))?.ownHeard,
    latest: () => last,
    clear() {
      beats.clear();
      last = undefined;
    },
  };
}
