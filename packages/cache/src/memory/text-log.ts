import { type EntryRows, NONE, TEXT } from './entry-rows.ts';

/** A shorter text takes less on the heap than what it would save. */
const MIN_LENGTH = 64;
const MAX_PAGE_BYTES = 256 * 1024;
const MIN_PAGE_BYTES = 16 * 1024;
/** Pages of a log that is full, at least. */
const MIN_PAGES = 256;
/** The longest text, as a share of a page. */
const MAX_TEXT_RATIO = 1 / 16;
/** How much of the pages texts that have left may hold before pages are cleaned. */
const MAX_WASTE_RATIO = 1 / 12;
/** Pages that are cleaned at once, at most. */
const MAX_CLEANED = 8;
/** Empty pages that are kept for what comes: at least so many, and that share of all. */
const MIN_EMPTY = 2;
const EMPTY_RATIO = 1 / 8;
/** Before each text: whose it is, or {@link NONE}; and its bytes, with a bit that says whether all are ASCII. */
const HEAD_BYTES = 8;
const ALIGN_SHIFT = 3;
const ALIGN_MASK = (1 << ALIGN_SHIFT) - 1;
/** Bits of a place that new texts may use; the rest is for those that are moved. */
const PLACE_BITS = 30;

/** Pages that are being written: of new texts, and of those that have outlived a page. */
const FRESH = 0;
const KEPT = 1;

interface Page {
  readonly bytes: Buffer;
  readonly words: Int32Array;
  /** Where the next text begins. */
  end: number;
  /** Bytes of texts that are still somebody's. */
  used: number;
}

/**
 * Texts outside of the heap, where collections have nothing to do for them. They lie one after the other in pages, whatever
 * their lengths; what is left on a page of little use is moved to a page of such texts, so that those that stay are
 * not moved again with each that goes. After Rumble, Kejriwal, Ousterhout, *Log-structured Memory for DRAM-based
 * Storage*, FAST 2014. A text belongs to a slot, whose row says where it lies.
 */
export class TextLog {
  private readonly rows: EntryRows;
  private readonly pageBytes: number;
  /** By how much to shift a place for the number of its page. */
  private readonly pageShift: number;
  private readonly pages: (Page | undefined)[] = [];
  /** Numbers of pages without a text. */
  private readonly empty: number[] = [];
  /** Numbers whose pages were given back. */
  private readonly unused: number[] = [];
  /** Numbers of the pages that are being written. */
  private readonly open: [number, number] = [NONE, NONE];
  private used = 0;

  /** @param maxBytes How much there will be, roughly. */
  constructor(rows: EntryRows, maxBytes: number) {
    this.rows = rows;
    const wanted = Math.min(Math.max(maxBytes / MIN_PAGES, MIN_PAGE_BYTES), MAX_PAGE_BYTES);
    const bits = Math.floor(Math.log2(wanted));
    this.pageBytes = 2 ** bits;
    this.pageShift = bits - ALIGN_SHIFT;
  }

  /** What the texts take. */
  get usedBytes(): number {
    return this.used;
  }

  /** What the pages take. */
  get reservedBytes(): number {
    return (this.pages.length - this.unused.length) * this.pageBytes;
  }

  /** Takes in the text of a slot that has none here. Returns whether it did. */
  put(slot: number, text: string): boolean {
    const { length } = text;
    const maxBytes = this.pageBytes * MAX_TEXT_RATIO;
    if (length < MIN_LENGTH || length > maxBytes) return false;
    const byteLength = Buffer.byteLength(text);
    const isAscii = byteLength === length;
    // UTF-8 has no halves of surrogate pairs.
    if (!isAscii && (byteLength > maxBytes || !text.isWellFormed())) return false;
    const place = this.reserve(FRESH, sizeOf(byteLength));
    if (place === NONE) return false;
    const { bytes, words } = this.pageAt(place);
    const start = this.startOf(place);
    words[start >> 2] = slot;
    words[(start >> 2) + 1] = (byteLength << 1) | (isAscii ? 1 : 0);
    bytes.write(text, start + HEAD_BYTES, isAscii ? 'latin1' : 'utf8');
    this.rows.set(slot, TEXT, place);
    return true;
  }

  /** The text of a slot that has one here, which it has no longer then. */
  take(slot: number): string {
    const place = this.rows.get(slot, TEXT);
    const { bytes, words } = this.pageAt(place);
    const start = this.startOf(place) + HEAD_BYTES;
    const state = words[(start >> 2) - 1] as number;
    const text = bytes.toString((state & 1) === 1 ? 'latin1' : 'utf8', start, start + (state >> 1));
    this.drop(slot);
    return text;
  }

  /** Lets go of the text of a slot, if it has one here. */
  drop(slot: number): void {
    const place = this.rows.get(slot, TEXT);
    if (place === NONE) return;
    this.rows.set(slot, TEXT, NONE);
    const page = this.pageAt(place);
    const head = this.startOf(place) >> 2;
    const size = sizeOf((page.words[head + 1] as number) >> 1);
    page.words[head] = NONE;
    page.used -= size;
    this.used -= size;
    if (page.used === 0) this.vacate(place >>> this.pageShift);
  }

  private pageAt(place: number): Page {
    return this.pages[place >>> this.pageShift] as Page;
  }

  private startOf(place: number): number {
    return (place & ((1 << this.pageShift) - 1)) << ALIGN_SHIFT;
  }

  /** Room on a page that is being written; {@link NONE} when there can be no more pages. */
  private reserve(kind: typeof FRESH | typeof KEPT, size: number): number {
    let number = this.open[kind];
    const written = this.pages[number];
    if (written === undefined || written.end + size > this.pageBytes) {
      if (kind === FRESH) this.makeRoom();
      number = this.empty.pop() ?? this.addPage();
      if (kind === FRESH && number >= 2 ** (PLACE_BITS - this.pageShift)) {
        this.empty.push(number);
        return NONE;
      }
      this.open[kind] = number;
    }
    const page = this.pages[number] as Page;
    const place = (number << this.pageShift) | (page.end >> ALIGN_SHIFT);
    page.end += size;
    page.used += size;
    this.used += size;
    return place;
  }

  /** Cleans pages when too much of them is waste. */
  private makeRoom(): void {
    this.open[FRESH] = NONE;
    for (let count = 0; count < MAX_CLEANED; count++) {
      // Two pages are being written.
      const wanted = this.used / (1 - MAX_WASTE_RATIO) + 2 * this.pageBytes;
      if (this.empty.length >= MIN_EMPTY || this.reservedBytes <= wanted) return;
      const number = this.findWasteful();
      if (number === NONE) return;
      this.clean(number);
    }
  }

  private addPage(): number {
    const number = this.unused.pop() ?? this.pages.length;
    const bytes = Buffer.allocUnsafeSlow(this.pageBytes);
    this.pages[number] = { bytes, words: new Int32Array(bytes.buffer), end: 0, used: 0 };
    return number;
  }

  /** The page of which the least is in use. */
  private findWasteful(): number {
    let found = NONE;
    let least = this.pageBytes;
    for (let number = 0; number < this.pages.length; number++) {
      const used = this.pages[number]?.used ?? 0;
      if (used === 0 || used >= least || number === this.open[KEPT]) continue;
      found = number;
      least = used;
    }
    return found;
  }

  /** Moves what is left on a page. */
  private clean(number: number): void {
    const page = this.pages[number] as Page;
    const { bytes, words } = page;
    for (let start = 0; start < page.end;) {
      const slot = words[start >> 2] as number;
      const size = sizeOf((words[(start >> 2) + 1] as number) >> 1);
      if (slot !== NONE) {
        const place = this.reserve(KEPT, size);
        bytes.copy(this.pageAt(place).bytes, this.startOf(place), start, start + size);
        this.rows.set(slot, TEXT, place);
      }
      start += size;
    }
    this.used -= page.used;
    page.used = 0;
    this.vacate(number);
  }

  /** Has a page without a text ready for others, or gives it back. */
  private vacate(number: number): void {
    const page = this.pages[number] as Page;
    page.end = 0;
    if (this.open.includes(number)) return;
    if (this.empty.length < Math.max(MIN_EMPTY, (this.pages.length - this.unused.length) * EMPTY_RATIO))
      this.empty.push(number);
    else {
      this.pages[number] = undefined;
      this.unused.push(number);
    }
  }
}

/** What a text takes with its head, up to where the next one may begin. */
function sizeOf(byteLength: number): number {
  return (HEAD_BYTES + byteLength + ALIGN_MASK) & ~ALIGN_MASK;
}
