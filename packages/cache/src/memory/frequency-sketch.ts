const RESET_MASK = 0x77777777;
const ONE_MASK = 0x11111111;
const MAX_COUNT = 15;
/** Counters are halved after that many additions per entry, so that the past fades. */
const SAMPLE_FACTOR = 10;

/**
 * Estimates how often a key was used lately, in about 4 bytes an entry.
 * A count-min sketch of 4-bit counters with ageing: Einziger, Friedman, Manes, TinyLFU, ACM TOS 2017, section 3.
 * We differ in the layout: the four counters of a key lie in one block of 16 words, so that they share a cache line.
 */
export class FrequencySketch {
  private table: Int32Array = new Int32Array(0);
  private blockMask = 0;
  private sampleSize = 0;
  private additions = 0;

  constructor(expectedEntries: number) {
    this.ensureCapacity(expectedEntries);
  }

  /** Makes room for that many distinct keys; growing forgets what was counted. */
  ensureCapacity(expectedEntries: number): void {
    const words = Math.max(16, 2 ** Math.ceil(Math.log2(Math.max(1, expectedEntries))));
    if (words <= this.table.length) return;
    this.table = new Int32Array(words);
    this.blockMask = words / 16 - 1;
    this.sampleSize = SAMPLE_FACTOR * Math.max(16, expectedEntries);
    this.additions = 0;
  }

  /** Keys it has room for. */
  get capacity(): number {
    return this.table.length;
  }

  /** The estimate for a hash, 0..15. */
  frequency(hash: number): number {
    const block = (spread(hash) & this.blockMask) << 4;
    let counterHash = respread(hash);
    let lowest = MAX_COUNT;
    for (let row = 0; row < 4; row++) {
      const word = this.table[block + (row << 2) + (counterHash & 3)] as number;
      const count = (word >>> (((counterHash >>> 2) & 7) << 2)) & MAX_COUNT;
      if (count < lowest) lowest = count;
      counterHash >>>= 5;
    }
    return lowest;
  }

  /** Counts one use. */
  increment(hash: number): void {
    const { table } = this;
    const block = (spread(hash) & this.blockMask) << 4;
    let counterHash = respread(hash);
    let isAdded = false;
    for (let row = 0; row < 4; row++) {
      const index = block + (row << 2) + (counterHash & 3);
      const shift = ((counterHash >>> 2) & 7) << 2;
      const word = table[index] as number;
      if (((word >>> shift) & MAX_COUNT) < MAX_COUNT) {
        table[index] = word + (1 << shift);
        isAdded = true;
      }
      counterHash >>>= 5;
    }
    if (isAdded && ++this.additions >= this.sampleSize) this.age();
  }

  private age(): void {
    const { table } = this;
    let odd = 0;
    for (let index = 0; index < table.length; index++) {
      const word = table[index] as number;
      odd += countBits(word & ONE_MASK);
      table[index] = (word >>> 1) & RESET_MASK;
    }
    // Four counters per addition; odd counts lose half an addition when halved.
    this.additions = (this.additions - (odd >>> 2)) >>> 1;
  }
}

function spread(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 17), 0xed5ad4bb);
  mixed = Math.imul(mixed ^ (mixed >>> 11), 0xac4c1b51);
  return mixed ^ (mixed >>> 15);
}

function respread(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x31848bab);
  return mixed ^ (mixed >>> 14);
}

function countBits(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
