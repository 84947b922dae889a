import type { Section } from '../../../src/api/section.ts';
import { element } from '../dom.ts';
import { language, texts } from '../text.ts';

/** A titled part of a page. */
export function card(title: string, ...children: readonly (Node | undefined)[]): HTMLElement {
  return element('section', { class: 'card' }, element('h2', {}, title), ...children);
}

/** As a heading; names of percentiles stay as they are. */
function capital(text: string): string {
  return /^p\d/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

/** Takes the whole width. */
export function wide(part: HTMLElement): HTMLElement {
  part.classList.add('wide');
  return part;
}

export function grid(...children: readonly (Node | undefined)[]): HTMLElement {
  return element('div', { class: 'grid' }, ...children);
}

export function empty(text: string, remedy = ''): HTMLElement {
  return element('p', { class: 'empty' }, text, remedy === '' ? undefined : element('br'), remedy);
}

/** What a part shows, or why it is empty and what fills it. */
export function section<Content extends object>(
  answer: Section<Content>,
  show: (content: Content) => readonly (Node | undefined)[],
): readonly (Node | undefined)[] {
  return answer.state === 'ready'
    ? show(answer.content)
    : [wide(card(texts.nothingHere, empty(answer.why[language], answer.remedy[language])))];
}

/** A figure with its name and the small print; `status` colours its edge. */
export function tile(name: string, value: string, status: string = 'plain', detail = ''): HTMLElement {
  return element(
    'div',
    { class: `tile ${status}` },
    element('small', {}, capital(name)),
    element('b', {}, value),
    detail === '' ? undefined : element('small', { class: 'detail' }, detail),
  );
}

export function tiles(...children: readonly Node[]): HTMLElement {
  return element('div', { class: 'tiles' }, ...children);
}

/** A list of things that can be bad. */
export function list(items: readonly Node[], whenEmpty: string): HTMLElement {
  return items.length === 0 ? empty(whenEmpty) : element('ul', {}, ...items);
}

/** One thing in a list: what, and the small print. */
export function entry(
  status: string,
  what: string,
  detail: string,
  ...more: readonly (Node | undefined)[]
): HTMLElement {
  return element('li', { class: status }, element('b', {}, what), element('small', {}, detail), ...more);
}

export function button(label: string, onClick: () => void, kind = ''): HTMLButtonElement {
  return element('button', { type: 'button', class: kind, click: onClick }, label);
}

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string | Node;
  /** Read as text, from the left. */
  readonly isText?: boolean;
}

/** A table whose first column names the row. */
export function table<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  whenEmpty: string = texts.noRows,
): HTMLElement {
  if (rows.length === 0) return empty(whenEmpty);
  const head = columns.map(({ title, isText }, index) =>
    element('th', { scope: 'col', class: isText === true || index === 0 ? 'text' : undefined }, capital(title)),
  );
  const body = rows.map((row) =>
    element(
      'tr',
      {},
      ...columns.map(({ cell, isText }, index) => {
        const content = cell(row);
        const title = typeof content === 'string' && (isText === true || index === 0) ? content : undefined;
        const attributes = { class: isText === true || index === 0 ? 'text' : undefined, title };
        return index === 0
          ? element('th', { ...attributes, scope: 'row' }, content)
          : element('td', attributes, content);
      }),
    ),
  );
  return element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...body)),
  );
}

interface OfProcess {
  readonly instance: string;
}

/** Whether rows come from more than one process, so that it is worth saying from which. */
export function isOfSeveral(rows: readonly OfProcess[]): boolean {
  return new Set(rows.map(instanceOf)).size > 1;
}

export function instanceOf({ instance }: OfProcess): string {
  return instance;
}

/** Which rows of a long table are seen at once. */
export interface Folding<Row> {
  /** Rows that come first and are always shown. */
  readonly isFirst: (row: Row) => boolean;
  /** How many are shown at least. */
  readonly most: number;
  readonly whenEmpty: string;
}

/** What somebody has unfolded: it stays so when the page is read again. */
const opened = new Set<string>();

/** Something behind a line of text, made when it is opened. @param key Tells it from others of the page. */
export function unfolding(key: string, title: string, make: () => HTMLElement): HTMLElement {
  const fold = element('details', {}, element('summary', {}, title));
  fold.addEventListener('toggle', () => {
    if (fold.open) opened.add(key);
    else opened.delete(key);
    if (fold.open && fold.childElementCount === 1) fold.append(make());
  });
  fold.open = opened.has(key);
  return fold;
}

/** A table whose less important rows are behind "more". */
export function folded<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { isFirst, most, whenEmpty }: Folding<Row>,
): HTMLElement {
  const sorted = [...rows.filter(isFirst), ...rows.filter((row) => !isFirst(row))];
  const shown = Math.max(most, rows.filter(isFirst).length);
  const first = table(caption, columns, sorted.slice(0, shown), whenEmpty);
  if (sorted.length <= shown) return first;
  // Made when it is opened: hundreds of rows that nobody looks at would only cost.
  const rest = (): HTMLElement => table(caption, columns, sorted.slice(shown));
  return element('div', {}, first, unfolding(caption, texts.more(sorted.length - shown), rest));
}
