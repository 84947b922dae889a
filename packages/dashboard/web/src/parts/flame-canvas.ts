import type { FlameFrame, FlameGraph } from '../../../src/api/profiler.ts';
import { NARROWEST, type FlameBoxes, type FlameTree } from './flame-layout.ts';

/** Height of a row in pixels of the page. */
export const ROW = 18;
const LABEL_FROM = 36;
const LABEL_PADDING = 8;
/** Rows that are drawn before the first frame; the others follow, a frame each. */
const ROWS_AT_ONCE = 36;

/** Colours of frames by whose code it is, for light and dark pages; text on them has a contrast of 4.5 and more. */
const COLOURS = {
  light: { application: '#bfe5e8', dependency: '#e2ddf7', node: '#e6ebed', native: '#f6e3d3', text: '#152126' },
  dark: { application: '#0f5a63', dependency: '#3d3470', node: '#2a363b', native: '#5a3a1f', text: '#e4e9eb' },
} as const;
const FOUND = { light: '#ffd84d', dark: '#9a7a00' } as const;

/** The colour of a frame by whose code it is, in the theme of the page. */
export function colourOf(owner: FlameFrame['owner']): string {
  return COLOURS[document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light'][owner];
}

/** What is drawn of it now. */
export interface FlameView {
  readonly boxes: FlameBoxes;
  readonly selected: number;
  readonly isFound: (node: number) => boolean;
}

/** Draws boxes on a canvas; a drawing that is under way gives way to the next. */
export function createFlameCanvas(
  canvas: HTMLCanvasElement,
  { frames, frame, totalUs, baseTotalUs }: FlameGraph,
  { widthUs }: FlameTree,
): (view: FlameView, width: number) => void {
  const context = canvas.getContext('2d');
  const labels = new Map<string, number>();
  let turn = 0;

  const cut = (name: string, room: number): string => {
    if (context === null) return '';
    const full = labels.get(name) ?? context.measureText(name).width;
    labels.set(name, full);
    return full <= room ? name : `${name.slice(0, Math.max(1, Math.floor((name.length * room) / full) - 1))}…`;
  };

  const drawRow = (depth: number, chosen: number, { boxes, isFound }: FlameView): void => {
    if (context === null) return;
    const theme = document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light';
    const colours = COLOURS[theme];
    const { node, x, width, rowStart } = boxes;
    const y = depth * ROW;
    const named: number[] = [];
    // By colour, because setting one costs more than filling a box.
    const byColour = new Map<string, number[]>();
    for (let box = rowStart[depth] ?? 0; box < (rowStart[depth + 1] ?? 0); box += 1) {
      const at = node[box] ?? 0;
      const colour = isFound(at)
        ? FOUND[theme]
        : baseTotalUs === undefined
          ? colours[frames[frame[at] ?? 0]?.owner ?? 'native']
          : toChangeColour((totalUs[at] ?? 0) - (baseTotalUs[at] ?? 0), widthUs[0] ?? 1, theme);
      const same = byColour.get(colour);
      if (same === undefined) byColour.set(colour, [box]);
      else same.push(box);
      if ((width[box] ?? 0) >= LABEL_FROM) named.push(box);
    }
    for (const [colour, same] of byColour) {
      context.fillStyle = colour;
      for (const box of same) context.fillRect(x[box] ?? 0, y, Math.max(NARROWEST, (width[box] ?? 0) - 0.5), ROW - 1);
    }
    if (chosen >= (rowStart[depth] ?? 0) && chosen < (rowStart[depth + 1] ?? 0)) {
      context.strokeStyle = colours.text;
      context.lineWidth = 1.5;
      context.strokeRect((x[chosen] ?? 0) + 0.75, y + 0.75, Math.max(1, (width[chosen] ?? 0) - 2), ROW - 2.5);
    }
    context.fillStyle = colours.text;
    for (const box of named) {
      const name = frames[frame[node[box] ?? 0] ?? 0]?.name ?? '';
      context.fillText(cut(name, (width[box] ?? 0) - LABEL_PADDING), (x[box] ?? 0) + LABEL_PADDING / 2, y + ROW / 2);
    }
  };

  return (view, width) => {
    if (context === null) return;
    turn += 1;
    const own = turn;
    const rows = view.boxes.rowStart.length - 1;
    const ratio = devicePixelRatio;
    const [wide, high] = [Math.round(width * ratio), Math.round(rows * ROW * ratio)];
    if (canvas.width === wide && canvas.height === high) context.clearRect(0, 0, wide, high);
    else {
      canvas.width = wide;
      canvas.height = high;
      canvas.style.height = `${rows * ROW}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.font = '11px Inter, system-ui, sans-serif';
    context.textBaseline = 'middle';
    const chosen = view.boxes.node.indexOf(view.selected);
    const drawFrom = (begin: number): void => {
      if (own !== turn) return;
      const end = Math.min(rows, begin + ROWS_AT_ONCE);
      for (let depth = begin; depth < end; depth += 1) drawRow(depth, chosen, view);
      if (end < rows) requestAnimationFrame(() => drawFrom(end));
    };
    drawFrom(0);
  };
}

/** Above this share of the whole a change has the full colour. */
const STRONG = 0.08;
const SLIGHT = 0.02;

/** Red took more time than before, blue less, the more the stronger. */
function toChangeColour(deltaUs: number, wholeUs: number, theme: 'light' | 'dark'): string {
  const strength = Math.min(1, Math.abs(deltaUs) / Math.max(1, wholeUs) / STRONG);
  if (strength < SLIGHT) return COLOURS[theme].node;
  const lightness = theme === 'dark' ? 0.4 : 0.9 - 0.1 * strength;
  return `oklch(${lightness} ${0.03 + 0.1 * strength} ${deltaUs > 0 ? 25 : 245})`;
}
