import PdfKit from 'pdfkit';
import { toPdfText } from './pdf-text.ts';

/** Colours of the report; each reaches 4.5:1 on white. */
export const INK = {
  text: '#17202e',
  muted: '#566274',
  line: '#d9dfe8',
  soft: '#f2f5fa',
  accent: '#2456c8',
  cover: '#14213d',
  critical: '#a3123a',
  high: '#b4470c',
  medium: '#8a6100',
  low: '#2f6b46',
  none: '#2f6b46',
} as const;

/** How a piece of text looks. */
export interface TextStyle {
  readonly size?: number;
  readonly bold?: boolean;
  readonly mono?: boolean;
  readonly color?: string;
  readonly align?: 'left' | 'right' | 'center';
  readonly lineGap?: number;
}

/** A text in a box. */
export interface PlacedText extends TextStyle {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** Text beyond it is cut with an ellipsis. */
  readonly height?: number;
}

/** A4 in points, with one column. */
export const PAGE = { width: 595.28, height: 841.89, left: 52, right: 543.28, top: 64, bottom: 776 } as const;
/** Width of the column. */
export const COLUMN_WIDTH: number = PAGE.right - PAGE.left;

type Document = InstanceType<typeof PdfKit>;

/** A report being laid out from top to bottom: knows where it is and when a new page begins. */
export interface PdfPage {
  readonly document: Document;
  /** Where the next block begins, in points from the top. */
  y: number;
  newPage(): void;
  /** Begins a new page unless `height` points are left. True when it did. */
  ensure(height: number): boolean;
  measure(text: string, style: TextStyle & { readonly width: number }): number;
  /** Draws without moving on. */
  draw(placed: PlacedText): void;
  /** A tagged block that moves on by its height and a gap. */
  paragraph(
    text: string,
    style?: TextStyle & { readonly gap?: number; readonly tag?: string; readonly indent?: number },
  ): void;
  /** A tagged heading with a bookmark. */
  heading(text: string, level: 1 | 2): void;
  /** Marks drawing that is decoration: readers skip it. */
  artifact(draw: () => void): void;
  /** Marks drawing as one picture with a description. */
  figure(description: string, draw: () => void): void;
}

/** What the file says about itself. */
export interface PdfInfo {
  readonly title: string;
  readonly author: string;
  readonly language: string;
  readonly createdAt: Date;
}

const FONTS = { plain: 'Helvetica', bold: 'Helvetica-Bold', mono: 'Courier' } as const;

/** Starts a tagged document without a page. */
export function createPdfPage(info: PdfInfo): PdfPage {
  const document = new PdfKit({
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    bufferPages: true,
    tagged: true,
    displayTitle: true,
    lang: info.language === 'nl' ? 'nl-NL' : 'en-GB',
    pdfVersion: '1.7',
    info: { Title: info.title, Author: info.author, CreationDate: info.createdAt, Producer: 'DataGuardian Pro' },
  });

  const select = ({ size = 10, bold = false, mono = false }: TextStyle): void => {
    document.font(mono ? FONTS.mono : bold ? FONTS.bold : FONTS.plain).fontSize(size);
  };

  const page: PdfPage = {
    document,
    y: PAGE.top,
    newPage() {
      document.addPage();
      page.y = PAGE.top;
    },
    ensure(height) {
      if (page.y + height <= PAGE.bottom) return false;
      page.newPage();
      return true;
    },
    measure(text, style) {
      select(style);
      return document.heightOfString(toPdfText(text), { width: style.width, lineGap: style.lineGap ?? 2 });
    },
    draw({ text, x, y, width, height, ...style }) {
      select(style);
      document.fillColor(style.color ?? INK.text).text(toPdfText(text), x, y, {
        width,
        align: style.align ?? 'left',
        lineGap: style.lineGap ?? 2,
        ...(height === undefined ? {} : { height, ellipsis: true }),
      });
    },
    paragraph(text, { gap = 6, tag = 'P', indent = 0, ...style } = {}) {
      const width = COLUMN_WIDTH - indent;
      const height = page.measure(text, { ...style, width });
      page.ensure(Math.min(height, PAGE.bottom - PAGE.top));
      const { y } = page;
      document.addStructure(
        document.struct(tag, {}, () => page.draw({ ...style, text, x: PAGE.left + indent, y, width })),
      );
      page.y = y + height + gap;
    },
    heading(text, level) {
      const size = level === 1 ? 17 : 12;
      // A heading alone at the foot of a page is worse than white space.
      page.ensure(level === 1 ? 120 : 80);
      if (page.y > PAGE.top) page.y += level === 1 ? 16 : 10;
      if (level === 1) document.outline.addItem(toPdfText(text));
      page.paragraph(text, {
        size,
        bold: true,
        color: level === 1 ? INK.cover : INK.text,
        tag: `H${level + 1}`,
        gap: 5,
      });
      if (level === 1)
        page.artifact(() => {
          document.rect(PAGE.left, page.y - 1, 36, 2.5).fill(INK.accent);
          page.y += 10;
        });
    },
    artifact(draw) {
      document.markContent('Artifact', { type: 'Layout' });
      draw();
      document.endMarkedContent();
    },
    figure(description, draw) {
      document.addStructure(document.struct('Figure', { alt: toPdfText(description) }, draw));
    },
  };
  return page;
}

/** Ends the document and returns its bytes. */
export async function finishPdf({ document }: PdfPage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    document.once('end', resolve);
    document.once('error', reject);
  });
  document.end();
  await ended;
  return Buffer.concat(chunks);
}
