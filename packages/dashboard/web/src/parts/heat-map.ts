import type { Heatmap } from '../../../src/api/requests.ts';
import { element } from '../dom.ts';
import { duration, time } from '../format.ts';
import { texts } from '../text.ts';
import { figure } from './figure.ts';
import { card, empty } from './parts.ts';

const ROW = 16;
const LEFT = 76;
const BOTTOM = 22;
const MOST_TIMES = 6;
const TIME_WIDTH = 84;

/** Ink by theme, as parts of `rgb()`; cells differ in how much of it they have. */
const INK = { light: '2 114 124', dark: '79 195 207' } as const;
const TEXT = { light: '#5e6b71', dark: '#a2adb1' } as const;

/** Time to the right, duration upwards, number as depth of colour; the square root lets a few slow ones be seen. */
export function heatMap({ from, to, stepMs, bounds, counts, maxCount }: Heatmap): HTMLElement {
  if (maxCount === 0) return card(texts.heatmap, empty(texts.noRows));
  const names = bounds.map((bound) => (bound === null ? texts.longer : `≤ ${duration(bound)}`));
  const canvas = element('canvas', { class: 'heat', role: 'img', 'aria-label': texts.heatmap });
  const said = element('p', { class: 'said' });
  const columns = counts[0]?.length ?? 0;
  const height = counts.length * ROW + BOTTOM;
  canvas.style.height = `${height}px`;

  const draw = (): void => {
    const theme = document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light';
    const width = canvas.clientWidth || 800;
    const ratio = devicePixelRatio;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    const context = canvas.getContext('2d');
    if (context === null) return;
    context.scale(ratio, ratio);
    context.font = '11px Inter, system-ui, sans-serif';
    context.textBaseline = 'middle';
    const step = (width - LEFT) / Math.max(1, columns);
    for (const [row, cells] of counts.entries()) {
      const y = (counts.length - 1 - row) * ROW;
      context.fillStyle = TEXT[theme];
      context.textAlign = 'right';
      context.fillText(names[row] ?? '', LEFT - 8, y + ROW / 2);
      for (const [column, cell] of cells.entries()) {
        if (cell === 0) continue;
        context.fillStyle = `rgb(${INK[theme]} / ${(0.12 + 0.88 * Math.sqrt(cell / maxCount)).toFixed(3)})`;
        context.fillRect(LEFT + column * step, y + 1, Math.max(1, step - 0.5), ROW - 2);
      }
    }
    context.fillStyle = TEXT[theme];
    context.textAlign = 'center';
    const times = Math.max(2, Math.min(MOST_TIMES, Math.floor((width - LEFT) / TIME_WIDTH)));
    for (let index = 1; index < times; index++) {
      const at = from + ((to - from) * index) / times;
      context.fillText(time(at), LEFT + ((width - LEFT) * index) / times, height - BOTTOM / 2 + 2);
    }
  };

  canvas.addEventListener('mousemove', ({ offsetX, offsetY }) => {
    const column = Math.floor(((offsetX - LEFT) / Math.max(1, canvas.clientWidth - LEFT)) * columns);
    const row = counts.length - 1 - Math.floor(offsetY / ROW);
    const cell = counts[row]?.[column];
    said.textContent = cell === undefined ? '' : `${time(from + column * stepMs)} · ${names[row] ?? ''} · ${cell}`;
  });
  new ResizeObserver(draw).observe(canvas);
  return figure(
    { id: 'heatmap', title: texts.heatmap },
    {
      node: canvas,
      body: element('div', {}, canvas, said),
      saveAs(name) {
        const link = element('a', { href: canvas.toDataURL(), download: name });
        link.click();
      },
      shown: () => ({
        names: ['time', ...names],
        rows: Array.from({ length: columns }, (_, column) => [
          new Date(from + column * stepMs).toISOString(),
          ...counts.map((cells) => cells[column] ?? null),
        ]),
      }),
    },
  );
}
