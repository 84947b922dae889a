import type { Detected } from '../detection/detected.ts';
import type { Detection } from '../detection/detection.ts';
import type { DetectionHints } from '../detection/document-view.ts';
import type { Finding } from '../finding.ts';
import { BLOCK_REACH, LINE_REACH, lastBlockStart, lastLineStart, readBlockHead, readLineHead } from './block-head.ts';
import { createLineCounter } from './line-counter.ts';
import { createPlaceMap, type Place } from './place.ts';

/** Takes the text of one item in pieces of any size and reports what is found in it. */
export interface TextSink {
  /** Appends text; with a `place`, text from here on comes from there. */
  push(text: string, place?: Place): void;
  /** Jumps over `chars` characters without text; what stands before and after is not neighbourhood of each other. */
  skip(chars: number): void;
  /** Detects in what is left. */
  end(): void;
}

/** What a sink needs. */
export interface TextSinkOptions {
  readonly item: string;
  readonly hints: DetectionHints;
  readonly detection: Detection;
  readonly windowChars: number;
  readonly marginChars: number;
  /** Makes the finding; `text` is the window and `detected` refers to it. */
  readonly report: (detected: Detected, window: DetectedWindow, location: Finding['location']) => void;
}

/** A stretch of text and everything that was detected in it. */
export interface DetectedWindow {
  readonly text: string;
  readonly all: readonly Detected[];
}

/**
 * Cuts a text of any length into overlapping windows so that the findings equal those of one pass over the whole:
 * each window shows detection `marginChars` on either side of the part it owns, begins with the head of the block and
 * line it lies in (where detection looks for table headers), and reports the values that start in its own part only.
 */
export function createTextSink(options: TextSinkOptions): TextSink {
  const { item, hints, detection, windowChars, marginChars, report } = options;
  const places = createPlaceMap();
  const lines = createLineCounter();
  let placed = false;
  let pending = '';
  /** Offset of `pending` in the whole text. */
  let base = 0;
  /** First offset that no window owns yet. */
  let coreStart = 0;
  let block = { start: 0, head: '' };
  let line = { start: 0, head: '' };
  let parts: string[] = [];
  let partChars = 0;

  const gather = (): void => {
    if (parts.length === 0) return;
    pending += parts.join('');
    parts = [];
    partChars = 0;
  };

  const prefixFor = (textStart: number): string => {
    if (textStart === block.start) return '';
    if (textStart === line.start) return block.head;
    return line.start === block.start ? line.head : block.head + line.head;
  };

  const detect = (coreEnd: number, textEnd: number): void => {
    const prefix = prefixFor(base);
    const body = pending.slice(0, textEnd - base);
    const text = prefix + body;
    const shift = base - prefix.length;
    const all = detection.detect(text, hints);
    for (const detected of all) {
      const start = detected.start + shift;
      if (start < coreStart || start >= coreEnd) continue;
      const place = placed ? places.at(start) : undefined;
      if (place?.muted === true) continue;
      report(detected, { text, all }, locate(start, detected.end + shift, place));
    }
    // Keeps the count going even when nothing was found, since the text is about to be dropped.
    if (!placed && coreEnd < base + pending.length) lines.locate(coreEnd, pending, base);
    coreStart = coreEnd;
  };

  const locate = (start: number, end: number, place: Place | undefined): Finding['location'] => {
    if (place) {
      const { muted: _, ...rest } = place;
      return { item, ...rest };
    }
    return { item, ...lines.locate(start, pending, base), start, end };
  };

  /** Drops the text that no further window needs, remembering the heads of the block and line it cuts into. */
  const advance = (): void => {
    const wanted = Math.max(base, coreStart - marginChars) - base;
    const blockStart = lastBlockStart(pending, wanted);
    if (blockStart !== -1) block = { start: base + blockStart, head: '' };
    const lineStart = lastLineStart(pending, wanted);
    if (lineStart !== -1) line = { start: base + lineStart, head: '' };
    let textStart = base + wanted;
    if (textStart - block.start <= BLOCK_REACH && block.start >= base) textStart = block.start;
    else if (textStart - line.start <= LINE_REACH && line.start >= base) textStart = line.start;
    if (block.start >= base && textStart !== block.start)
      block = { start: block.start, head: readBlockHead(pending, block.start - base) };
    if (line.start >= base && textStart !== line.start)
      line = { start: line.start, head: readLineHead(pending, line.start - base) };
    pending = pending.slice(textStart - base);
    base = textStart;
    if (placed) places.forget(base);
  };

  const drainFull = (): void => {
    gather();
    while (base + pending.length >= coreStart + windowChars + marginChars) {
      const wanted = coreStart + windowChars;
      const lineEnd = pending.lastIndexOf('\n', wanted - base - 1);
      const coreEnd = lineEnd + 1 + base > coreStart + windowChars / 2 ? lineEnd + 1 + base : wanted;
      detect(coreEnd, coreEnd + marginChars);
      advance();
    }
  };

  const finish = (): void => {
    gather();
    const end = base + pending.length;
    if (end > coreStart) detect(end, end);
  };

  return {
    push(text, place) {
      if (place) {
        placed = true;
        places.add(base + pending.length + partChars, place);
      }
      if (text.length === 0) return;
      parts.push(text);
      partChars += text.length;
      if (base + pending.length + partChars >= coreStart + windowChars + marginChars) drainFull();
    },
    skip(chars) {
      drainFull();
      finish();
      coreStart += chars;
      base = coreStart;
      pending = '';
      block = { start: base, head: '' };
      line = { start: base, head: '' };
    },
    end() {
      drainFull();
      finish();
      pending = '';
    },
  };
}
