import type { CacheVerdict } from '@dataguardian/telemetry';
import type { StatementResult } from '../statement-runner.ts';
import type { Cell, Epochs } from './epochs.ts';
import type { Dependency } from './classifier.ts';
import type { Plan } from './plan-book.ts';
import { TIME_WORDS } from './read-shape.ts';
import type { SharedReads } from './shared-reads.ts';
import { createSieve, type SieveItem } from './sieve.ts';
import { toFlatResult, toRowBuilder, type FlatResult, type RowBuilder } from './stored-result.ts';
import { areParsersCurrent, findParsers, type TypeParsers } from './type-parsers.ts';

/** An answer in memory. */
export interface CacheEntry extends SieveItem {
  readonly plan: Plan;
  readonly key: string;
  readonly cells: readonly Cell[];
  /** The counters as they were before the read was sent. */
  readonly stamp: readonly number[];
  readonly flat: FlatResult;
  readonly build: RowBuilder;
  /** Those that made the values: with others they would be different ones. */
  readonly parsers: TypeParsers;
}

/** One read that may be answered from memory. */
export interface ReadRequest {
  readonly plan: Plan;
  readonly dependencies: readonly Dependency[];
  readonly key: string;
  readonly values: readonly unknown[];
  readonly settings?: Readonly<Record<string, string>>;
  readonly rowMode: 'object' | 'array';
  /** Sends it to the database; `isClean` tells afterwards whether the session that carried it was as it should be. */
  send(): Promise<{ readonly result: StatementResult; readonly isClean: boolean }>;
}

/** Answers from memory, and keeps what comes from the database. */
export interface CachedReads {
  /** Rows of the caller's own, or undefined when memory cannot answer now. */
  fromMemory(entries: Plan['entries'], key: string): StatementResult | undefined;
  /** Asks the second tier and the database, or joins who does. */
  fromDatabase(request: ReadRequest): Promise<StatementResult>;
  drop(plan: Plan): void;
  clear(): void;
  readonly count: number;
  readonly bytes: number;
}

/** What the reads stand on. */
export interface CachedReadsWorld {
  readonly epochs: Epochs;
  readonly maxBytes: number;
  /** Whether answers from memory may be given at this moment. */
  isOpen(): boolean;
  readonly shared: SharedReads | undefined;
}

const MOST_ENTRIES = 1_000_000;
/** An answer larger than this share of the memory would push out too many others. */
const LARGEST_SHARE = 1 / 16;
const ENTRY_BYTES = 300;

/**
 * A read takes the counters of what it depends on before it is sent. Its answer is valid as long as none of them has
 * moved: a counter moves after the commit and before the writer's caller hears of it, so whoever takes the counters
 * after that is answered from after the commit (after the leases of Nishtala et al., Scaling Memcache at Facebook, NSDI
 * 2013, with counters instead of tokens).
 */
export function createCachedReads({ epochs, maxBytes, isOpen, shared }: CachedReadsWorld): CachedReads {
  const forget = (entry: CacheEntry): void => {
    if (entry.plan.entries.get(entry.key) === entry) entry.plan.entries.delete(entry.key);
    epochs.release(entry.cells);
  };
  const sieve = createSieve<CacheEntry>({ count: MOST_ENTRIES, bytes: maxBytes }, forget);
  /** Orders sending and answers. */
  let moment = 0;

  const remove = (entry: CacheEntry): void => {
    sieve.remove(entry);
    forget(entry);
  };
  const store = (
    request: ReadRequest,
    flatResult: { flat: FlatResult; bytes: number },
    cells: readonly Cell[],
    stamp: readonly number[],
  ): void => {
    const { plan, key, rowMode } = request;
    const bytes = flatResult.bytes + ENTRY_BYTES + key.length * 2;
    if (bytes > maxBytes * LARGEST_SHARE) return;
    for (const cell of cells) cell.uses += 1;
    const entry: CacheEntry = {
      plan,
      key,
      cells,
      stamp,
      flat: flatResult.flat,
      build: toRowBuilder(flatResult.flat, rowMode),
      parsers: findParsers(flatResult.flat.fields),
      bytes,
      visited: false,
      newer: undefined,
      older: undefined,
    };
    plan.entries.set(key, entry);
    sieve.add(entry);
  };

  const read = async (request: ReadRequest, isShared: boolean): Promise<Answered> => {
    const { plan, key, rowMode, dependencies } = request;
    const cells = epochs.forRead(dependencies, request);
    const stamp = cells.map(({ epoch }) => epoch);
    const sentAt = (moment += 1);
    const reads = plan.reads.get(key) ?? { count: 0, answeredAt: 0, shared: undefined };
    plan.reads.set(key, reads);
    reads.count += 1;
    const running = fetchResult(request, cells, stamp);
    if (isShared)
      reads.shared = {
        sentAt,
        isCurrent: () => isUsable(cells, stamp),
        answer: async () => toCopy(await running, rowMode),
      };
    const mine = reads.shared;
    try {
      const answered = await running;
      // Another read of the same key was answered since this one was sent: which of the two saw more is not known, and
      // keeping the older would take a later caller back in time.
      const overlapped = reads.answeredAt > sentAt;
      const known = plan.entries.get(key);
      if (known !== undefined) remove(known);
      if (!overlapped && answered.flatResult !== undefined && isUnmoved(cells, stamp))
        store(request, answered.flatResult, cells, stamp);
      return answered;
    } finally {
      reads.answeredAt = moment += 1;
      reads.count -= 1;
      if (reads.shared === mine) reads.shared = undefined;
      if (reads.count === 0) plan.reads.delete(key);
      epochs.release(cells);
    }
  };

  const fetchResult = async (
    request: ReadRequest,
    cells: readonly Cell[],
    stamp: readonly number[],
  ): Promise<Answered> => {
    const { rowMode, values } = request;
    const found = await shared?.find(request);
    if (found !== undefined && isOpen() && isUsable(cells, stamp))
      return { result: fromFlat(found, rowMode, 'hit'), flatResult: { flat: found, bytes: sizeOfShared(found) } };
    const ticket = shared?.prepare();
    const { result, isClean } = await request.send();
    const keeps = isClean && !values.some((value) => typeof value === 'string' && TIME_WORDS.test(value));
    const flatResult = keeps ? toFlatResult(result, rowMode) : undefined;
    if (flatResult !== undefined && ticket !== undefined && isUnmoved(cells, stamp))
      shared?.offer(request, flatResult.flat, ticket);
    return { result: { ...result, verdict: 'miss' }, flatResult };
  };

  return {
    fromMemory(entries, key) {
      const entry = entries.get(key);
      if (entry === undefined || !isUsable(entry.cells, entry.stamp)) return undefined;
      const { flat, build, parsers } = entry;
      if (!areParsersCurrent(flat.fields, parsers)) return undefined;
      entry.visited = true;
      return {
        rows: build(flat.values, flat.rowCount),
        rowCount: flat.rowCount,
        command: flat.command,
        fields: flat.fields,
        verdict: 'hit',
      };
    },
    async fromDatabase(request) {
      const canShare = isOpen();
      const reads = request.plan.reads.get(request.key);
      const running = reads?.shared;
      // Whoever was answered since the running read was sent may know more than it will say.
      if (canShare && running !== undefined && running.isCurrent() && (reads?.answeredAt ?? 0) < running.sentAt) {
        const joined = await running.answer().catch(() => undefined);
        // The other's read failed, or its answer cannot be copied: this caller asks for itself.
        if (joined !== undefined) return joined;
      }
      const { result } = await read(request, canShare);
      return canShare || result.verdict === 'hit' ? result : { ...result, verdict: 'bypass' };
    },
    drop(plan) {
      for (const entry of plan.entries.values()) remove(entry);
    },
    clear() {
      epochs.moveAll();
    },
    get count() {
      return sieve.count;
    },
    get bytes() {
      return sieve.bytes;
    },
  };
}

interface Answered {
  readonly result: StatementResult;
  readonly flatResult: { readonly flat: FlatResult; readonly bytes: number } | undefined;
}

/** Rows for one more caller; undefined when the answer holds something that cannot be copied. */
function toCopy({ result, flatResult }: Answered, rowMode: 'object' | 'array'): StatementResult | undefined {
  if (flatResult !== undefined) return fromFlat(flatResult.flat, rowMode, result.verdict ?? 'miss');
  return undefined;
}

function fromFlat(flat: FlatResult, rowMode: 'object' | 'array', verdict: CacheVerdict): StatementResult {
  const { values, rowCount, command, fields } = flat;
  return { rows: toRowBuilder(flat, rowMode)(values, rowCount), rowCount, command, fields, verdict };
}

function sizeOfShared({ values }: FlatResult): number {
  return values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length * 2 + 28 : 64), 400);
}

/** Whether nothing moved since the stamp was taken. */
function isUnmoved(cells: readonly Cell[], stamp: readonly number[]): boolean {
  for (let index = 0; index < cells.length; index++) if (cells[index]?.epoch !== stamp[index]) return false;
  return true;
}

/** Whether nothing moved, and nothing that is under way may move it. */
function isUsable(cells: readonly Cell[], stamp: readonly number[]): boolean {
  for (let index = 0; index < cells.length; index++) {
    const cell = cells[index];
    if (cell === undefined || cell.holds !== 0 || cell.epoch !== stamp[index]) return false;
  }
  return true;
}
