import { INK, type PdfPage } from './pdf-page.ts';

/** One bar. */
export interface Bar {
  readonly name: string;
  readonly count: number;
  readonly label: string;
  readonly color: string;
}

const ROW = 19;

/** Height of a bar chart. */
export function barsHeight(bars: readonly Bar[]): number {
  return 20 + bars.length * ROW;
}

/** Draws horizontal bars with their names and numbers, as one described picture. */
export function drawBars(
  page: PdfPage,
  chart: {
    readonly title: string;
    readonly bars: readonly Bar[];
    readonly x: number;
    readonly y: number;
    readonly width: number;
  },
): void {
  const { document } = page;
  const { title, bars, x, y, width } = chart;
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const nameWidth = 92;
  const numberWidth = 40;
  const room = width - nameWidth - numberWidth;
  page.figure(`${title}: ${bars.map(({ name, label }) => `${name} ${label}`).join(', ')}`, () => {
    page.draw({ text: title, x, y, width, size: 9.5, bold: true });
    for (const [index, bar] of bars.entries()) {
      const top = y + 20 + index * ROW;
      page.draw({ text: bar.name, x, y: top + 1.5, width: nameWidth - 6, size: 8.5, color: INK.muted });
      document.roundedRect(x + nameWidth, top, room, 11, 2).fill(INK.soft);
      if (bar.count > 0)
        document.roundedRect(x + nameWidth, top, Math.max(3, (room * bar.count) / most), 11, 2).fill(bar.color);
      page.draw({
        text: bar.label,
        x: x + nameWidth + room + 4,
        y: top + 1,
        width: numberWidth - 4,
        size: 9,
        bold: true,
        align: 'right',
      });
    }
  });
}

/** Draws a score from 0 to 100 on a half circle. */
export function drawGauge(
  page: PdfPage,
  gauge: {
    readonly score: number;
    readonly word: string;
    readonly color: string;
    readonly description: string;
    readonly x: number;
    readonly y: number;
    readonly radius: number;
  },
): void {
  const { document } = page;
  const { score, word, color, description, x, y, radius } = gauge;
  const point = (share: number): readonly [number, number] => [
    x - radius * Math.cos(Math.PI * share),
    y - radius * Math.sin(Math.PI * share),
  ];
  const arc = (share: number, stroke: string): void => {
    const [endX, endY] = point(share);
    document
      .path(`M ${x - radius} ${y} A ${radius} ${radius} 0 0 1 ${endX} ${endY}`)
      .lineWidth(14)
      .lineCap('butt')
      .stroke(stroke);
  };
  page.figure(description, () => {
    arc(1, INK.line);
    if (score > 0) arc(Math.min(1, score / 100), color);
    page.draw({
      text: String(score),
      x: x - radius,
      y: y - 46,
      width: 2 * radius,
      size: 40,
      bold: true,
      color,
      align: 'center',
    });
    page.draw({
      text: '/ 100',
      x: x - radius,
      y: y - 6,
      width: 2 * radius,
      size: 9,
      color: INK.muted,
      align: 'center',
    });
    page.draw({
      text: word,
      x: x - radius,
      y: y + 10,
      width: 2 * radius,
      size: 12,
      bold: true,
      color,
      align: 'center',
    });
  });
}
