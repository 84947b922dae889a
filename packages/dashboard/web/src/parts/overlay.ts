import type { Mark } from '../../../src/api/series.ts';
import { element } from '../dom.ts';
import { time } from '../format.ts';
import { texts } from '../text.ts';

/** What an overlay is laid over. */
export interface Laid {
  readonly from: number;
  readonly to: number;
  readonly marks: readonly Mark[];
  /** Stretches without any measurement between two measured ones. */
  readonly gaps: readonly (readonly [from: number, to: number])[];
}

/** Marks, gaps and the shared crosshair over a chart; moves without the chart library. */
export interface Overlay {
  readonly node: HTMLElement;
  place(laid: Laid): void;
  /** @param ratio share of the width; nothing hides it */
  point(ratio: number | undefined): void;
}

const MOST_MARKS = 20;

export function createOverlay(): Overlay {
  const items = element('div');
  const crosshair = element('div', { class: 'crosshair' });
  crosshair.hidden = true;
  return {
    node: element('div', { class: 'overlay', 'aria-hidden': 'true' }, items, crosshair),
    place({ from, to, marks, gaps }) {
      const percent = (at: number): number => (100 * (Math.min(to, Math.max(from, at)) - from)) / (to - from);
      const shown = marks.filter(({ at }) => at > from && at < to).slice(-MOST_MARKS);
      if (shown.length + gaps.length + items.childElementCount === 0) return;
      items.replaceChildren(
        ...gaps
          .filter(([, end]) => end > from)
          .map(([start, end]) => {
            const gap = element('div', { class: 'gap', title: texts.gap });
            gap.style.left = `${percent(start)}%`;
            gap.style.width = `${percent(end) - percent(start)}%`;
            return gap;
          }),
        ...shown.map(({ at, kind, label }) => {
          const mark = element('div', { class: `mark ${kind}`, title: `${time(at)} ${label}` });
          mark.style.left = `${percent(at)}%`;
          return mark;
        }),
      );
    },
    point(ratio) {
      crosshair.hidden = ratio === undefined;
      if (ratio !== undefined) crosshair.style.left = `${ratio * 100}%`;
    },
  };
}
