import type { ProfilerView } from '../../../src/api/profiler.ts';
import { change } from '../api.ts';
import { element } from '../dom.ts';
import { duration, percent } from '../format.ts';
import { texts } from '../text.ts';

const INTERVALS_MS = [0, 5, 10, 20, 50, 100];

/** How often stacks are sampled, what that costs, and the control to change it. */
export function createSamplingChoice(say: (text: string) => void): {
  readonly node: HTMLElement;
  readonly show: (overhead: ProfilerView['overhead']) => void;
} {
  const select = element('select', {
    'aria-label': texts.sampling,
    change() {
      change('POST', '/profiler/sampling', { intervalMs: Number(select.value) }).then(
        () => say(texts.samplingSaid),
        (error: unknown) => say(error instanceof Error ? error.message : String(error)),
      );
    },
  });
  const cost = element('small', {});
  return {
    node: element('label', { class: 'inline' }, texts.sampling, select, cost),
    show({ intervalMs, cpuRatio }) {
      cost.textContent = intervalMs === 0 ? '' : texts.samplingCosts(percent(cpuRatio));
      // A list that is open must not be taken away.
      if (document.activeElement === select) return;
      const offered = [...new Set([...INTERVALS_MS, intervalMs])].toSorted((one, other) => one - other);
      select.replaceChildren(
        ...offered.map((value) =>
          element(
            'option',
            { value: String(value) },
            value === 0 ? texts.samplingOff : texts.samplingEvery(duration(value)),
          ),
        ),
      );
      select.value = String(intervalMs);
    },
  };
}
