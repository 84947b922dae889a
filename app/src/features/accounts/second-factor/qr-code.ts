import { encode } from 'uqr';

/** A QR code as a square of dark modules. */
export interface QrCode {
  /** Modules along one side. */
  readonly size: number;
  /** The dark modules as a path of SVG, one unit each, without a margin. */
  readonly path: string;
}

// One size is enough for addresses of authenticators: version 10 with level M (15% may be unreadable).
const VERSION = 10;

/** The longest text, in bytes of UTF-8 (ISO/IEC 18004:2015, table 7). */
export const LONGEST_QR_TEXT = 213;

/**
 * Draws a text as a QR code of version 10-M (ISO/IEC 18004:2015) with mask 0; readers accept each of the eight.
 * @throws RangeError when the text is longer than {@link LONGEST_QR_TEXT}.
 */
export function drawQrCode(text: string): QrCode {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > LONGEST_QR_TEXT) throw new RangeError(`A QR code takes ${LONGEST_QR_TEXT} bytes at most.`);
  const { data, size } = encode([...bytes], {
    ecc: 'M',
    boostEcc: false,
    minVersion: VERSION,
    maxVersion: VERSION,
    maskPattern: 0,
    border: 0,
  });
  const path = data.flatMap((row, y) => {
    const modules = row.map((isDark) => (isDark ? '#' : ' ')).join('');
    return [...modules.matchAll(/#+/g)].map(({ index, 0: { length } }) => `M${index} ${y}h${length}v1h-${length}z`);
  });
  return { size, path: path.join('') };
}
