import type { FlameGraph } from '../../../src/api/profiler.ts';
import { drawing, element } from '../dom.ts';
import { duration, percent } from '../format.ts';
import { texts } from '../text.ts';
import { colourOf, createFlameCanvas, ROW } from './flame-canvas.ts';
import { boxAt, layOut, toFlameTree } from './flame-layout.ts';

const NONE = -1;

/**
 * Stacks as boxes, drawn on a canvas: 50,000 frames are too many for elements. Keys walk the same tree: down to the
 * widest caller's callee, up, left and right; Enter looks closer, Escape steps back. What is selected is said in words.
 */
export function flameGraph(graph: FlameGraph): HTMLElement {
  const { frames, frame, parent, selfUs, totalUs, baseTotalUs } = graph;
  const tree = toFlameTree(graph);
  const canvas = element('canvas', {
    tabindex: '0',
    role: 'application',
    'aria-label': texts.flameHelp,
    class: 'flame',
  });
  const paint = createFlameCanvas(canvas, graph, tree);
  const said = element('p', { class: 'said', role: 'status' });
  const search = element('input', { type: 'search', placeholder: texts.search, 'aria-label': texts.search });
  let root = 0;
  let selected = 0;
  let width = 0;
  let boxes = layOut(tree, root, 1);

  const nameOf = (node: number): string => {
    const { name, file, line } = frames[frame[node] ?? 0] ?? { name: '', file: '', line: 0 };
    return file === '' ? name : `${name} (${file}${line > 0 ? `:${line}` : ''})`;
  };
  const draw = (): void => {
    if (width === 0) return;
    const wanted = search.value.toLowerCase();
    const isFound = (node: number): boolean => wanted !== '' && nameOf(node).toLowerCase().includes(wanted);
    paint({ boxes, selected, isFound }, width);
  };
  const arrange = (): void => {
    boxes = layOut(tree, root, width);
    draw();
  };

  const describe = (node: number): void => {
    const total = totalUs[node] ?? 0;
    const base = baseTotalUs?.[node];
    const former = base === undefined ? '' : ` · ${texts.before} ${duration(base / 1_000)}`;
    said.textContent = `${nameOf(node)} · ${duration(total / 1_000)} (${percent(total / Math.max(1, totalUs[0] ?? 1))}) · ${texts.self} ${duration((selfUs[node] ?? 0) / 1_000)}${former}`;
  };
  const select = (node: number): void => {
    selected = node;
    describe(node);
    draw();
  };
  const look = (node: number): void => {
    root = node;
    selected = node;
    describe(node);
    arrange();
  };
  const before = (node: number): number => {
    let sibling = tree.first[parent[node] ?? NONE] ?? NONE;
    while (sibling !== NONE && (tree.next[sibling] ?? NONE) !== node) sibling = tree.next[sibling] ?? NONE;
    return sibling;
  };
  const orStay = (node: number | undefined): number => (node === undefined || node === NONE ? selected : node);
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => select(orStay(tree.first[selected])),
    ArrowUp: () => select(selected === root ? root : orStay(parent[selected])),
    ArrowLeft: () => select(selected === root ? root : orStay(before(selected))),
    ArrowRight: () => select(selected === root ? root : orStay(tree.next[selected])),
    Enter: () => look(selected),
    Escape: () => look(Math.max(0, parent[root] ?? 0)),
  };

  canvas.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
  const at = ({ offsetX, offsetY }: MouseEvent): number =>
    boxes.node[boxAt(boxes, Math.floor(offsetY / ROW), offsetX)] ?? NONE;
  canvas.addEventListener('mousemove', (event) => {
    const node = at(event);
    if (node !== NONE && node !== selected) select(node);
  });
  canvas.addEventListener('click', (event) => {
    const node = at(event);
    if (node !== NONE) look(node);
  });
  search.addEventListener('input', draw);
  // Comes before the first frame, and again with another width only.
  new ResizeObserver(([entry]) => {
    const measured = Math.round(entry?.contentRect.width ?? 0);
    if (measured === width) return;
    width = measured;
    arrange();
  }).observe(canvas);
  describe(0);
  const back = element('button', { type: 'button', click: () => look(0) }, texts.whole);
  return element(
    'div',
    {},
    element('p', { class: 'tools' }, search, back),
    baseTotalUs === undefined ? owners() : undefined,
    element('div', { class: 'flame-box' }, canvas),
    said,
  );
}

/** What the colours mean. */
function owners(): HTMLElement {
  const names = (['application', 'dependency', 'node', 'native'] as const).map((owner) => {
    const square = drawing('rect', { width: '11', height: '11', rx: '2', fill: colourOf(owner) });
    const icon = drawing('svg', { width: '11', height: '11', 'aria-hidden': 'true' }, square);
    return element('span', {}, icon, texts.owners[owner]);
  });
  return element('p', { class: 'owners' }, ...names);
}
