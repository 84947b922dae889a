import { COLUMN_WIDTH, INK, PAGE, type PdfPage, type TextStyle } from './pdf-page.ts';

/** A column of a table. */
export interface PdfColumn {
  readonly title: string;
  /** Share of the table's width; the shares of all columns are scaled to its width. */
  readonly share: number;
  readonly style?: TextStyle;
}

/** A cell: text, or text in a colour. */
export type PdfCell =
  | string
  | { readonly text: string; readonly color?: string; readonly bold?: boolean; readonly small?: string };

const PADDING = 5;
const SIZE = 8.5;
/** A cell that would not fit on a page is cut. */
const TALLEST = 220;

/** Draws a table that runs over as many pages as it needs, with its head on each; tagged row by row. */
export function drawTable(page: PdfPage, columns: readonly PdfColumn[], rows: readonly (readonly PdfCell[])[]): void {
  const { document } = page;
  const total = columns.reduce((sum, { share }) => sum + share, 0);
  let x = PAGE.left;
  const boxes = columns.map((column) => {
    const width = (COLUMN_WIDTH * column.share) / total;
    const box = { ...column, x, width };
    x += width;
    return box;
  });

  const headHeight =
    Math.max(
      ...boxes.map(({ title, width }) => page.measure(title, { size: 7.5, bold: true, width: width - 2 * PADDING })),
    ) +
    2 * PADDING;
  const drawHeadCell = (box: (typeof boxes)[number]): void =>
    page.draw({
      text: box.title,
      x: box.x + PADDING,
      y: page.y + PADDING,
      width: box.width - 2 * PADDING,
      size: 7.5,
      bold: true,
      color: INK.muted,
      align: box.style?.align ?? 'left',
    });
  const drawHeadGround = (): void => {
    document.rect(PAGE.left, page.y, COLUMN_WIDTH, headHeight).fill(INK.soft);
  };

  const cellHeight = (cell: PdfCell, box: (typeof boxes)[number]): number => {
    const { text, small, bold = false } = typeof cell === 'string' ? { text: cell, small: undefined } : cell;
    const width = box.width - 2 * PADDING;
    const main = page.measure(text, { size: SIZE, ...box.style, bold, width });
    return Math.min(TALLEST, main + (small ? page.measure(small, { size: 7, width }) : 0));
  };
  const drawCell = (cell: PdfCell, box: (typeof boxes)[number]): void => {
    const { text, small, color = INK.text, bold = false } = typeof cell === 'string' ? { text: cell } : cell;
    const width = box.width - 2 * PADDING;
    const style = { size: SIZE, ...box.style, bold, color };
    page.draw({ ...style, text, x: box.x + PADDING, y: page.y + PADDING, width, height: TALLEST });
    if (small) {
      const height = page.measure(text, { ...style, width });
      page.draw({ text: small, x: box.x + PADDING, y: page.y + PADDING + height, width, size: 7, color: INK.muted });
    }
  };

  page.ensure(headHeight + 40);
  const table = document.struct('Table');
  document.addStructure(table);
  page.artifact(drawHeadGround);
  table.add(
    document.struct(
      'TR',
      {},
      boxes.map((box) => document.struct('TH', {}, () => drawHeadCell(box))),
    ),
  );
  page.y += headHeight;
  for (const row of rows) {
    const height = Math.max(...boxes.map((box, index) => cellHeight(row[index] ?? '', box))) + 2 * PADDING;
    if (page.ensure(height)) {
      page.artifact(() => {
        drawHeadGround();
        for (const box of boxes) drawHeadCell(box);
      });
      page.y += headHeight;
    }
    table.add(
      document.struct(
        'TR',
        {},
        boxes.map((box, index) => document.struct('TD', {}, () => drawCell(row[index] ?? '', box))),
      ),
    );
    page.y += height;
    page.artifact(() => {
      document.moveTo(PAGE.left, page.y).lineTo(PAGE.right, page.y).lineWidth(0.5).stroke(INK.line);
    });
  }
  table.end();
  page.y += 12;
}
