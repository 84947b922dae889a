import type { FlameGraph } from '../../../src/api/profiler.ts';
import { element } from '../dom.ts';
import { duration, percent } from '../format.ts';
import { texts } from '../text.ts';

const ROW = 18;
/** A box narrower than this cannot be seen and is not drawn. */
const NARROWEST = 0.6;
const LABEL_FROM = 36;
const DEEPEST = 60;

/** Colours of frames by whose code it is, for light and dark pages; text on them has a contrast of 4.5 and more. */
const COLOURS = {
  light: { application: '#bfe5e8', dependency: '#e2ddf7', node: '#e6ebed', native: '#f6e3d3', text: '#152126' },
  dark: { application: '#0f5a63', dependency: '#3d3470', node: '#2a363b', native: '#5a3a1f', text: '#e4e9eb' },
} as const;
const FOUND = { light: '#ffd84d', dark: '#9a7a00' } as const;

interface Box {
  readonly node: number;
  readonly depth: number;
  readonly x: number;
  readonly width: number;
}

/**
 * Stacks as boxes, drawn on a canvas: 50,000 frames are too many for elements. Keys walk the same tree: down to the
 * widest caller's callee, up, left and right; Enter looks closer, Escape steps back. What is selected is said in words.
 */
export function flameGraph(graph: FlameGraph): HTMLElement {
  const { frames, frame, parent, selfUs, totalUs, baseTotalUs } = graph;
  // In a comparison a box is as wide as the greater of both times, so that what vanished can still be seen.
  const widthUs = baseTotalUs === undefined ? totalUs : toWidths(parent, totalUs, baseTotalUs);
  const children = toChildren(parent);
  const canvas = element('canvas', {
    tabindex: '0',
    role: 'application',
    'aria-label': texts.flameHelp,
    class: 'flame',
  });
  const said = element('p', { class: 'said', role: 'status' });
  const search = element('input', { type: 'search', placeholder: texts.search, 'aria-label': texts.search });
  let root = 0;
  let selected = 0;
  let boxes: Box[] = [];

  const nameOf = (node: number): string => {
    const { name, file, line } = frames[frame[node] ?? 0] ?? { name: '', file: '', line: 0 };
    return file === '' ? name : `${name} (${file}${line > 0 ? `:${line}` : ''})`;
  };

  const layout = (width: number): Box[] => {
    const laid: Box[] = [];
    const scale = width / Math.max(1, widthUs[root] ?? 1);
    const stack: Box[] = [{ node: root, depth: 0, x: 0, width }];
    for (let box = stack.pop(); box !== undefined; box = stack.pop()) {
      laid.push(box);
      if (box.depth >= DEEPEST) continue;
      let x = box.x;
      for (const child of children[box.node] ?? []) {
        const size = (widthUs[child] ?? 0) * scale;
        if (size >= NARROWEST) stack.push({ node: child, depth: box.depth + 1, x, width: size });
        x += size;
      }
    }
    return laid;
  };

  const draw = (): void => {
    const theme = document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light';
    const colours = COLOURS[theme];
    const width = canvas.clientWidth || 800;
    boxes = layout(width);
    const height = (boxes.reduce((deepest, { depth }) => Math.max(deepest, depth), 0) + 1) * ROW;
    const ratio = devicePixelRatio;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    canvas.style.height = `${height}px`;
    const context = canvas.getContext('2d');
    if (context === null) return;
    context.scale(ratio, ratio);
    context.font = '11px Inter, system-ui, sans-serif';
    context.textBaseline = 'middle';
    const wanted = search.value.toLowerCase();
    for (const { node, depth, x, width: size } of boxes) {
      const { name, owner } = frames[frame[node] ?? 0] ?? { name: '', owner: 'native' as const };
      const isFound = wanted !== '' && nameOf(node).toLowerCase().includes(wanted);
      context.fillStyle = isFound
        ? FOUND[theme]
        : baseTotalUs === undefined
          ? colours[owner]
          : toChangeColour((totalUs[node] ?? 0) - (baseTotalUs[node] ?? 0), widthUs[0] ?? 1, theme);
      context.fillRect(x, depth * ROW, Math.max(NARROWEST, size - 0.5), ROW - 1);
      if (node === selected) {
        context.strokeStyle = colours.text;
        context.lineWidth = 1.5;
        context.strokeRect(x + 0.75, depth * ROW + 0.75, Math.max(1, size - 2), ROW - 2.5);
      }
      if (size < LABEL_FROM) continue;
      context.fillStyle = colours.text;
      context.save();
      context.beginPath();
      context.rect(x + 3, depth * ROW, size - 6, ROW);
      context.clip();
      context.fillText(name, x + 4, depth * ROW + ROW / 2);
      context.restore();
    }
  };

  const select = (node: number): void => {
    selected = node;
    const whole = totalUs[0] ?? 1;
    const total = totalUs[node] ?? 0;
    const base = baseTotalUs?.[node];
    const former = base === undefined ? '' : ` · ${texts.before} ${duration(base / 1_000)}`;
    said.textContent = `${nameOf(node)} · ${duration(total / 1_000)} (${percent(total / Math.max(1, whole))}) · ${texts.self} ${duration((selfUs[node] ?? 0) / 1_000)}${former}`;
    draw();
  };
  const look = (node: number): void => {
    root = node;
    select(node);
  };
  const siblings = (): readonly number[] => children[parent[selected] ?? -1] ?? [selected];
  const beside = (offset: number): void => {
    const all = siblings();
    const next = all[all.indexOf(selected) + offset];
    if (next !== undefined) select(next);
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => select(children[selected]?.[0] ?? selected),
    ArrowUp: () => select(selected === root ? root : (parent[selected] ?? 0)),
    ArrowLeft: () => beside(-1),
    ArrowRight: () => beside(1),
    Enter: () => look(selected),
    Escape: () => look(Math.max(0, parent[root] ?? 0)),
  };

  canvas.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
  const at = ({ offsetX, offsetY }: MouseEvent): Box | undefined => {
    const depth = Math.floor(offsetY / ROW);
    return boxes.find((box) => box.depth === depth && offsetX >= box.x && offsetX < box.x + box.width);
  };
  canvas.addEventListener('mousemove', (event) => {
    const box = at(event);
    if (box !== undefined && box.node !== selected) select(box.node);
  });
  canvas.addEventListener('click', (event) => {
    const box = at(event);
    if (box !== undefined) look(box.node);
  });
  search.addEventListener('input', draw);
  new ResizeObserver(draw).observe(canvas);
  queueMicrotask(() => select(0));
  const back = element('button', { type: 'button', click: () => look(0) }, texts.whole);
  return element('div', { class: 'flame-box' }, element('p', { class: 'tools' }, search, back), canvas, said);
}

/** Children of each node, the widest first. */
function toChildren(parent: readonly number[]): number[][] {
  const children: number[][] = [];
  for (const [node, above] of parent.entries()) {
    if (above < 0) continue;
    const list = children[above];
    if (list === undefined) children[above] = [node];
    else list.push(node);
  }
  return children;
}

/** The greater of both times; never less than what the children need. */
function toWidths(parent: readonly number[], totalUs: readonly number[], baseUs: readonly number[]): number[] {
  const widths = totalUs.map((us, node) => Math.max(us, baseUs[node] ?? 0));
  const needed = widths.map(() => 0);
  // Parents come before their children, so from the end each node's own need is known when its parent's is added up.
  for (let node = widths.length - 1; node >= 0; node -= 1) {
    const width = Math.max(widths[node] ?? 0, needed[node] ?? 0);
    widths[node] = width;
    const above = parent[node] ?? -1;
    if (above >= 0) needed[above] = (needed[above] ?? 0) + width;
  }
  return widths;
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
