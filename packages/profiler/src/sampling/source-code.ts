import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LEAST_UPPER_BOUND, originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { isInFunction } from './function-extent.ts';

/** A place in a file as its author wrote it. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** Where a function begins; lines count from 1, columns from 0. */
export interface FunctionStart {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Reads sources and their maps when a place is shown or judged; never while samples are taken. */
export interface SourceCode {
  /** The original place behind a line of the code that runs; the same place when there is no map. */
  toOriginal(file: string, line: number, column?: number): Place;
  /** Text of one line of the running code; empty when it cannot be read. */
  lineText(file: string, line: number): string;
  /** Number of lines of the running code; 0 when it cannot be read. */
  lineCount(file: string): number;
  /** Whether a line can be one of that function's; every line can be when its source cannot be read. */
  isWithin(start: FunctionStart, line: number): boolean;
  /** First line at or after `fromLine` that the pattern matches; 0 when there is none near. */
  findLine(file: string, fromLine: number, pattern: RegExp): number;
  /** The first line of the function beginning at `fromLine` that puts something into a collection; 0 when none does. */
  findStoring(file: string, fromLine: number): number;
}

interface Source {
  readonly lines: readonly string[];
  readonly map: TraceMap | undefined;
}

const STORING = /\.(?:set|push|add|unshift|append)\s*\(|\]\s*=(?!=|>)/;
const MOST_FILES = 64;
const MOST_BYTES = 8 * 1024 * 1024;
/** A longer function is seldom; beyond it the call would be somebody else's. */
const SEARCHED_LINES = 400;
const NONE: Source = { lines: [], map: undefined };

/** Creates a reader that remembers the latest files. */
export function createSourceCode(): SourceCode {
  const sources = new Map<string, Source>();

  const sourceOf = (file: string): Source => {
    const known = sources.get(file);
    if (known !== undefined) return known;
    if (sources.size >= MOST_FILES) sources.delete(sources.keys().next().value ?? '');
    const source = readSource(file);
    sources.set(file, source);
    return source;
  };

  return {
    toOriginal(file, line, column = 0) {
      const { map } = sourceOf(file);
      if (map === undefined || line < 1) return { file, line };
      const found = originalPositionFor(map, { line, column });
      const nearest =
        found.source === null ? originalPositionFor(map, { line, column, bias: LEAST_UPPER_BOUND }) : found;
      if (nearest.source === null) return { file, line };
      return { file: toFilePath(nearest.source, file), line: nearest.line };
    },
    lineText: (file, line) => sourceOf(file).lines[line - 1] ?? '',
    lineCount: (file) => sourceOf(file).lines.length,
    isWithin(start, line) {
      const { lines } = sourceOf(start.file);
      return lines.length === 0 || isInFunction(lines, start.line, start.column, line);
    },
    findLine(file, fromLine, pattern) {
      const { lines } = sourceOf(file);
      const end = Math.min(lines.length, fromLine - 1 + SEARCHED_LINES);
      for (let index = Math.max(0, fromLine - 1); index < end; index++) {
        if (pattern.test(lines[index] ?? '')) return index + 1;
      }
      return 0;
    },
    findStoring(file, fromLine) {
      const { lines } = sourceOf(file);
      let depth = 0;
      for (let index = fromLine - 1; index < Math.min(lines.length, fromLine - 1 + SEARCHED_LINES); index++) {
        const text = lines[index] ?? '';
        depth += (text.match(/\{/g)?.length ?? 0) - (text.match(/\}/g)?.length ?? 0);
        if (STORING.test(text)) return index + 1;
        if (depth <= 0) return 0;
      }
      return 0;
    },
  };
}

function readSource(file: string): Source {
  if (!file.startsWith('/') && !/^[a-z]:\\/i.test(file)) return NONE;
  try {
    if (statSync(file).size > MOST_BYTES) return NONE;
    const text = readFileSync(file, 'utf8');
    return { lines: text.split('\n'), map: readMap(file, text) };
  } catch {
    return NONE;
  }
}

function readMap(file: string, text: string): TraceMap | undefined {
  const address = [...text.matchAll(/^\/\/[#@] sourceMappingURL=(\S+)\s*$/gm)].at(-1)?.[1];
  if (address === undefined) return undefined;
  try {
    const inline = /^data:application\/json[^,]*?(;base64)?,(.*)$/.exec(address);
    const json =
      inline === null
        ? readFileSync(resolve(dirname(file), decodeURIComponent(address)), 'utf8')
        : inline[1] === undefined
          ? decodeURIComponent(inline[2] ?? '')
          : Buffer.from(inline[2] ?? '', 'base64').toString('utf8');
    return new TraceMap(json);
  } catch {
    return undefined;
  }
}

function toFilePath(source: string, from: string): string {
  if (source.startsWith('file://')) return fileURLToPath(source);
  return /^[a-z]+:\/\//i.test(source) ? source : resolve(dirname(from), source);
}
