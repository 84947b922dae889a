import type { Detection } from '../detection/detection.ts';
import type { DetectionHints } from '../detection/document-view.ts';
import type { Finding, FindingLocation } from '../finding.ts';
import type { ScanLimits } from '../options.ts';
import type { ScanEvent } from '../scan-event.ts';
import { SkipError, type SkipCode } from '../skip-code.ts';
import { createFinding } from '../text/create-finding.ts';
import { createTextSink, type TextSink } from '../text/text-sink.ts';
import type { ByteInput } from './byte-input.ts';
import { createExpansionBudget, type ExpansionBudget } from './expansion-budget.ts';

/** Reads an input to its end. Each step is a point to report progress, drain events and stop. */
export type ReadSteps = AsyncGenerator<void, void>;

/** Knows how to read one format. */
export type Reader = (input: ByteInput, context: ItemContext) => ReadSteps;

/** What all items of a chunk share. */
export interface ReadSession {
  readonly detection: Detection;
  readonly fingerprintKey: Uint8Array;
  readonly limits: ScanLimits;
  readonly emit: (event: ScanEvent) => void;
  /** Reads an input of any format; readers of archives hand their entries to it. */
  readonly read: Reader;
}

/** What a reader may do with the item it reads. */
export interface ItemContext {
  /** The item's name in findings. */
  readonly item: string;
  readonly limits: ScanLimits;
  readonly budget: ExpansionBudget;
  /** Opens the item's text; `onFinding` hears of what is found in it. */
  openText(hints?: DetectionHints, onFinding?: (finding: Finding) => void): TextSink;
  /** Reports that the item, or the named part of it, is left out. */
  skip(code: SkipCode, reason: string, part?: string): void;
  /** Reads an entry of this item. @throws SkipError ARCHIVE_DEPTH when it lies too deep. */
  readEntry(input: ByteInput, options?: EntryOptions): ReadSteps;
}

/** How an entry relates to the item around it. */
export interface EntryOptions {
  /** Whether the item is only wrapping, such as the gzip around a tar: it adds no level and no name. */
  readonly wrapped?: boolean;
}

interface Position {
  readonly item: string;
  readonly depth: number;
  readonly budget: ExpansionBudget;
  /** Set on every finding, such as the commit of a blob. */
  readonly place?: Partial<FindingLocation>;
}

/** Makes the context of a top-level item. */
export function createItemContext(session: ReadSession, item: string, place?: Partial<FindingLocation>): ItemContext {
  const budget = createExpansionBudget(session.limits);
  return contextAt(session, place === undefined ? { item, depth: 0, budget } : { item, depth: 0, budget, place });
}

function contextAt(session: ReadSession, position: Position): ItemContext {
  const { item, depth, budget, place } = position;
  const { limits, detection, fingerprintKey, emit } = session;
  return {
    item,
    limits,
    budget,
    openText(hints = {}, onFinding) {
      return createTextSink({
        item,
        hints: { path: item, ...hints },
        detection,
        windowChars: limits.windowChars,
        marginChars: limits.marginChars,
        report(detected, window, location) {
          const full = place === undefined ? location : { ...location, ...place };
          const finding = createFinding(fingerprintKey, detected, window, full);
          onFinding?.(finding);
          emit({ kind: 'finding', finding });
        },
      });
    },
    skip(code, reason, part) {
      emit({ kind: 'skipped', item: part === undefined ? item : `${item}!/${part}`, code, reason });
    },
    readEntry(input, { wrapped = false } = {}) {
      if (!wrapped && depth >= limits.maxArchiveDepth)
        throw new SkipError('ARCHIVE_DEPTH', `deeper than maxArchiveDepth (${limits.maxArchiveDepth}) archives`);
      return session.read(
        input,
        contextAt(session, {
          ...position,
          item: wrapped ? item : `${item}!/${input.name}`,
          depth: wrapped ? depth : depth + 1,
        }),
      );
    },
  };
}
