import { element } from '../dom.ts';
import { savePicture, type PlotNode } from '../plot.ts';
import { texts } from '../text.ts';

/** What a chart shows, as a table: the first column is its time. */
export interface Shown {
  readonly names: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

const MOST_ROWS = 120;

/** What a figure holds. */
export interface FigureParts {
  readonly node: PlotNode;
  /** Beside the title. */
  readonly legend?: HTMLElement;
  /** What is shown around the node. @defaultValue the node alone */
  readonly body?: HTMLElement;
  readonly shown: () => Shown;
  /** Brings the drawing up to date. */
  readonly beforePicture?: () => Promise<void>;
  /** Saves the picture of what the library has not drawn. */
  readonly saveAs?: (name: string) => void;
}

/** A chart in its card, with its values beside the title and a menu for its table and its files. */
export function figure(
  { id, title }: { readonly id: string; readonly title: string },
  { node, legend, body, shown, beforePicture, saveAs }: FigureParts,
): HTMLElement {
  const table = element('div', { class: 'scroll numbers', tabindex: '0', role: 'region', 'aria-label': title });
  table.hidden = true;
  const save = (kind: string, text: string, type: string): void => {
    const link = element('a', { href: URL.createObjectURL(new Blob([text], { type })), download: `${id}.${kind}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
  };
  const kinds: Readonly<Record<string, () => void>> = {
    [texts.asTable]: () => {
      table.hidden = !table.hidden;
      if (!table.hidden) table.replaceChildren(toTable(shown(), title));
    },
    PNG: () => {
      if (saveAs === undefined) void (beforePicture?.() ?? Promise.resolve()).then(() => savePicture(node, id));
      else saveAs(`${id}.png`);
    },
    CSV: () => save('csv', toCsv(shown()), 'text/csv'),
    JSON: () => save('json', JSON.stringify(shown()), 'application/json'),
  };
  const summary = element('summary', { 'aria-label': `${texts.save}: ${title}` }, '⋯');
  const menu = element('details', { class: 'save' }, summary);
  const run = (work: () => void) => (): void => {
    menu.open = false;
    work();
  };
  menu.append(
    element(
      'span',
      {},
      ...Object.entries(kinds).map(([kind, work]) => element('button', { type: 'button', click: run(work) }, kind)),
    ),
  );
  menu.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    menu.open = false;
    summary.focus();
  });
  menu.addEventListener('focusout', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && menu.contains(relatedTarget))) menu.open = false;
  });
  return element(
    'figure',
    { class: 'card', 'aria-label': title },
    element('figcaption', {}, element('span', {}, title), legend, menu),
    body ?? node,
    table,
  );
}

function toTable({ names, rows }: Shown, title: string): HTMLElement {
  const row = (cells: readonly (string | number | null)[], kind: 'th' | 'td'): HTMLElement =>
    element(
      'tr',
      {},
      ...cells.map((cell) => element(kind, kind === 'th' ? { scope: 'col' } : {}, cell === null ? '–' : String(cell))),
    );
  return element(
    'table',
    { 'aria-label': title },
    element('thead', {}, row(names, 'th')),
    element('tbody', {}, ...rows.slice(-MOST_ROWS).map((cells) => row(cells, 'td'))),
  );
}

/** RFC 4180; a text that a spreadsheet would take for a formula is kept from it. */
function toCsv({ names, rows }: Shown): string {
  const cell = (value: string | number | null): string => {
    if (typeof value !== 'string') return String(value ?? '');
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [names, ...rows].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}
