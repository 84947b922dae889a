/** Corrections per block of a QR code of version 10-M. */
export const CORRECTION_BYTES = 26;

/** x^8 + x^4 + x^3 + x^2 + 1, by which bytes are multiplied in QR codes. */
const FIELD = 0x11d;

/** The product of two bytes in the field. */
export function multiply(one: number, other: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product <<= 1;
    if ((product & 0x100) !== 0) product ^= FIELD;
    if (((other >> bit) & 1) === 1) product ^= one;
  }
  return product;
}

/** (x - 1)(x - 2)(x - 4) … without its leading one, highest power first. */
function generator(): readonly number[] {
  let factors = [1];
  let root = 1;
  for (let index = 0; index < CORRECTION_BYTES; index++) {
    const shifted = [...factors, 0];
    const scaled = [0, ...factors.map((factor) => multiply(factor, root))];
    factors = shifted.map((factor, at) => factor ^ (scaled[at] ?? 0));
    root = multiply(root, 2);
  }
  return factors.slice(1);
}

const GENERATOR = generator();

/** The remainder that makes a block correctable (Reed and Solomon 1960). */
export function correctionOf(block: Uint8Array): Uint8Array {
  const remainder = Array<number>(CORRECTION_BYTES).fill(0);
  for (const byte of block) {
    const factor = byte ^ (remainder.shift() ?? 0);
    remainder.push(0);
    GENERATOR.forEach((term, at) => (remainder[at] = (remainder[at] ?? 0) ^ multiply(term, factor)));
  }
  return Uint8Array.from(remainder);
}
