import { read } from './api.ts';
import { element } from './dom.ts';
import { moment } from './format.ts';
import type { RangeChoice } from './live/range.ts';
import { texts } from './text.ts';

/** Releases and changes of so long can be compared with. */
const MARKS_MS = 30 * 86_400_000;
const MOST_MARKS = 20;
const DAY_MS = '86400000';
const WEEK_MS = '604800000';

/** What the range is compared with: nothing, the one before, a day or a week ago, or the time up to a release or change. */
export interface CompareChoice {
  readonly node: HTMLSelectElement;
  /** Follows the range and reads the marks again. */
  refresh(): Promise<void>;
}

export function createCompareChoice(range: RangeChoice): CompareChoice {
  const marks = element('optgroup', { label: texts.upToMark });
  const node = element(
    'select',
    { 'aria-label': texts.compare, change: () => range.compare(node.value === '' ? undefined : node.value) },
    element('option', { value: '' }, texts.notCompared),
    element('option', { value: 'previous' }, texts.rangeBefore),
    element('option', { value: DAY_MS }, texts.dayBefore),
    element('option', { value: WEEK_MS }, texts.weekBefore),
    marks,
  );
  const follow = (): void => {
    const isLive = range.current.kind === 'live';
    node.disabled = isLive;
    node.title = isLive ? texts.compareNeedsPast : '';
    node.value = range.comparison ?? '';
  };
  return {
    node,
    async refresh() {
      follow();
      // A list that is open must not be taken away.
      if (document.activeElement === node) return;
      const now = Date.now();
      const { items } = await read('GET /marks', { from: now - MARKS_MS, to: now });
      const shown = items.filter(({ kind }) => kind !== 'restart').slice(-MOST_MARKS);
      marks.replaceChildren(
        ...shown
          .toReversed()
          .map(({ id, at, label }) => element('option', { value: `mark:${id}` }, `${label}, ${moment(at)}`)),
      );
      marks.hidden = shown.length === 0;
      follow();
    },
  };
}
