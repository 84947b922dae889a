import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSeededRandom } from '@dataguardian/testing';

/** A sequence of keys, numbered from 0, and the cache sizes at which it is replayed. */
export interface Trace {
  readonly name: string;
  readonly keys: Int32Array;
  readonly sizes: readonly number[];
  /** Whether no constant of the policy was ever chosen by looking at it. */
  readonly isHeldOut?: boolean;
}

/** Public trace files by name; the folder holds them unpacked, and is not part of the repository. */
const FILES: readonly {
  readonly file: string;
  readonly read: (bytes: Buffer) => Iterable<number | string>;
  readonly sizes: readonly number[];
}[] = [
  { file: 'lirs_2_pools.trace', read: readLines, sizes: [50, 100, 200, 400] },
  // Was held out until it showed that short traces suffer from a late first decision.
  { file: 'lirs_backf.trace', read: readLines, sizes: [500, 2_000] },
  { file: 'lirs_cpp.trace', read: readLines, sizes: [20, 35, 50, 100] },
  { file: 'lirs_cs.trace', read: readLines, sizes: [100, 400, 900] },
  { file: 'lirs_gli.trace', read: readLines, sizes: [250, 500, 1000, 2000] },
  { file: 'lirs_loop.trace', read: readLines, sizes: [256, 512] },
  { file: 'lirs_multi1.trace', read: readLines, sizes: [500, 1000, 2000] },
  { file: 'lirs_multi2.trace', read: readLines, sizes: [500, 1000, 2000] },
  { file: 'lirs_multi3.trace', read: readLines, sizes: [500, 1000, 2000] },
  { file: 'lirs_ps.trace', read: readLines, sizes: [500, 1000, 2000] },
  { file: 'lirs_sprite.trace', read: readLines, sizes: [100, 200, 600, 1000] },
  { file: 'lirs_zigzag.trace', read: readLines, sizes: [256, 512] },
  { file: 'cache2k_web07.trace', read: readWords, sizes: [75, 300, 1200] },
  { file: 'cache2k_web12.trace', read: readWords, sizes: [75, 300, 1200] },
  { file: 'cache2k_orm-busy.trace', read: readWords, sizes: [625, 1250, 5000] },
  { file: 'cache2k_orm-night.trace', read: readWords, sizes: [1250, 5000] },
  { file: 'corda_trace_vaultservice', read: readLongs, sizes: [512, 2048] },
  { file: 'scarab_scarab-recs.trace', read: readLongs, sizes: [10_000, 50_000] },
  { file: 'cloud_physics_w106.trace', read: readWords, sizes: [4096, 16_384] },
];

/** Public traces that were not looked at while the policy was tuned: memory addresses by cache line, and a CDN's. */
const HELD_OUT_FILES: typeof FILES = [
  ...['gcc', 'gzip', 'mcf', 'swim', 'twolf'].map((program) => ({
    file: `address_${program}.trace`,
    read: readAddresses,
    sizes: [64, 256, 1_024],
  })),
  { file: 'adapt_size_request.trace', read: readSecondColumn, sizes: [100, 1_000] },
  { file: 'lirs_scan.trace', read: readLines, sizes: [500, 2_000] },
];

/** Traces of the folder, as far as it has them. */
export function readPublicTraces(folder: string | undefined): Trace[] {
  if (folder === undefined || !existsSync(folder)) return [];
  const present = new Set(readdirSync(folder));
  return [...FILES, ...HELD_OUT_FILES]
    .filter(({ file }) => present.has(file))
    .map((known) => ({
      name: known.file.replace(/\.trace$/, '').replace(/^(?:lirs|cache2k|cloud_physics|scarab)_/, ''),
      keys: number(known.read(readFileSync(join(folder, known.file)))),
      sizes: known.sizes,
      isHeldOut: HELD_OUT_FILES.includes(known),
    }));
}

const REQUESTS = 200_000;

/** Traces of our own in the classes that tell policies apart. */
export function createSyntheticTraces(): Trace[] {
  const random = createSeededRandom(2026);
  const zipf = createZipf(20_000, 0.9, () => random.next());
  const make = (name: string, sizes: readonly number[], next: (index: number) => number): Trace => ({
    name: `own-${name}`,
    keys: Int32Array.from({ length: REQUESTS }, (_, index) => next(index)),
    sizes,
  });
  const loop = (index: number): number => 100_000 + (index % 1_000);
  const recent = (index: number): number => 200_000 + Math.floor(index / 3) - Math.floor(random.next() * 200);
  return [
    make('zipf', [200, 1_000, 4_000], zipf),
    make('loop', [500, 900], loop),
    make('recency', [256, 512], recent),
    make('zipf with scans', [200, 1_000], (index) => (index % 20_000 < 4_000 ? 500_000 + index : zipf())),
    make('drifting zipf', [500, 2_000], (index) => zipf() + Math.floor(index / 50) * 3),
    make('phases', [512, 1_000], (index) => {
      const phase = Math.floor(index / 40_000) % 3;
      return phase === 0 ? recent(index) : phase === 1 ? loop(index) : zipf();
    }),
  ];
}

/** Further traces of our own, of other classes and other parameters than those the policy was tuned on. */
export function createHeldOutTraces(): Trace[] {
  const random = createSeededRandom(4711);
  const flat = createZipf(50_000, 0.7, () => random.next());
  const steep = createZipf(5_000, 1.15, () => random.next());
  const make = (name: string, sizes: readonly number[], next: (index: number) => number): Trace => ({
    name: `own-${name}`,
    keys: Int32Array.from({ length: REQUESTS }, (_, index) => next(index)),
    sizes,
    isHeldOut: true,
  });
  /** Keys that are used some times within a while and never again, as the pages of one visit. */
  const visit = (index: number): number =>
    1_000_000 + Math.floor(index / 400) * 40 + Math.floor(random.next() ** 2 * 40);
  /** Reuse distances that spread over all scales: what was used n requests ago returns with a chance like 1 / n. */
  const past: number[] = [];
  const scaleFree = (index: number): number => {
    const distance = Math.floor(Math.exp(random.next() * Math.log(60_000)));
    const key = random.next() < 0.25 || distance >= past.length ? 2_000_000 + index : (past.at(-distance) ?? index);
    past.push(key);
    return key;
  };
  return [
    make('flat zipf', [500, 5_000], flat),
    make('steep zipf', [50, 500], steep),
    make('visits', [40, 200, 1_000], visit),
    make('scale-free reuse', [200, 2_000], scaleFree),
    make('visits among zipf', [200, 2_000], (index) => (random.next() < 0.5 ? visit(index) : steep())),
    make('two loops', [300, 1_200], (index) =>
      index % 2 === 0 ? (index / 2) % 400 : 5_000 + (((index - 1) / 2) % 1_600),
    ),
    make('hot set that is replaced', [300, 1_500], (index) => Math.floor(index / 25_000) * 100_000 + (flat() % 3_000)),
  ];
}

/** The platform's own mix: sessions, dashboards, scan pages; few hot users, lists that are walked once. */
export function createPlatformTrace(): Trace {
  const random = createSeededRandom(7);
  const users = createZipf(500, 0.8, () => random.next());
  const scans = createZipf(2_000, 1, () => random.next());
  let page = 0;
  return {
    name: 'own-platform',
    sizes: [1_000, 2_000],
    keys: Int32Array.from({ length: REQUESTS }, () => {
      const draw = random.next();
      if (draw < 0.5) return users();
      if (draw < 0.75) return 10_000 + scans();
      if (draw < 0.9) return 20_000 + Math.floor(random.next() * 40);
      page += 1;
      return 30_000 + (page % 3_000);
    }),
  };
}

function createZipf(count: number, skew: number, random: () => number): () => number {
  const cumulated: number[] = [];
  let sum = 0;
  for (let rank = 1; rank <= count; rank++) cumulated.push((sum += 1 / rank ** skew));
  return () => {
    const target = random() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulated[middle] as number) < target) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

function number(keys: Iterable<number | string>): Int32Array {
  const numbers = new Map<number | string, number>();
  const result: number[] = [];
  for (const key of keys) {
    let id = numbers.get(key);
    if (id === undefined) numbers.set(key, (id = numbers.size));
    result.push(id);
  }
  return Int32Array.from(result);
}

function readLines(bytes: Buffer): Iterable<string> {
  return bytes
    .toString('latin1')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== '*');
}

/** Lines of `l 0x1fffff50 2`: 64-byte lines of memory, the first half million accesses. */
function readAddresses(bytes: Buffer): Iterable<number> {
  return bytes
    .toString('latin1', 0, 8_000_000)
    .split('\n')
    .slice(0, 500_000)
    .map((line) => Math.floor(Number(line.split(' ')[1]) / 64))
    .filter((line) => !Number.isNaN(line));
}

function readSecondColumn(bytes: Buffer): Iterable<string> {
  return bytes
    .toString('latin1')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((key) => key !== '');
}

function* readWords(bytes: Buffer): Iterable<number> {
  for (let offset = 0; offset + 4 <= bytes.length; offset += 4) yield bytes.readInt32LE(offset);
}

function* readLongs(bytes: Buffer): Iterable<string> {
  for (let offset = 0; offset + 8 <= bytes.length; offset += 8) yield bytes.toString('latin1', offset, offset + 8);
}
