import { drawing } from '../dom.ts';

const WIDTH = 120;
const HEIGHT = 28;

/** A line without axes; gaps stay gaps. Says nothing to who cannot see it: its figure stands beside it. */
export function sparkline(values: readonly (number | null)[]): SVGElement {
  const known = values.filter((value) => value !== null);
  const top = Math.max(...known, 0);
  const bottom = Math.min(...known, 0);
  const span = top - bottom || 1;
  const step = WIDTH / Math.max(1, values.length - 1);
  let isPenUp = true;
  const path = values
    .map((value, index) => {
      if (value === null) {
        isPenUp = true;
        return '';
      }
      const point = `${isPenUp ? 'M' : 'L'}${(index * step).toFixed(1)} ${(HEIGHT - 2 - ((value - bottom) / span) * (HEIGHT - 4)).toFixed(1)}`;
      isPenUp = false;
      return point;
    })
    .join('');
  return drawing(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'spark', 'aria-hidden': 'true', preserveAspectRatio: 'none' },
    drawing('path', { d: path, fill: 'none' }),
  );
}
