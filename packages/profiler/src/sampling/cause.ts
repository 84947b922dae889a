import type { Frame } from './frame.ts';
import type { StackSample } from './samples.ts';
import type { SourceCode } from './source-code.ts';

/** What kept the processor, as the frames below the program's own function and its source line tell. */
export type CpuCause =
  | 'regexp'
  | 'json'
  | 'sync-crypto'
  | 'sync-zlib'
  | 'sync-fs'
  | 'sync-process'
  | 'collecting'
  | 'loading'
  | 'code';

/** A function of the program, the line in it and what ran there. */
export interface BlamedPlace {
  readonly functionName: string;
  readonly file: string;
  /** Counted from 1; the function's first line when the exact line is unknown. */
  readonly line: number;
  readonly cause: CpuCause;
}

/** Modules of Node by what a call into them does. */
const NODE_MODULES: readonly (readonly [pattern: RegExp, cause: CpuCause])[] = [
  [/^node:internal\/modules|^node:internal\/deps\/cjs-module-lexer/, 'loading'],
  [/^node:child_process|^node:internal\/child_process/, 'sync-process'],
  [/^node:internal\/crypto|^node:crypto/, 'sync-crypto'],
  [/^node:zlib/, 'sync-zlib'],
  [/^node:fs|^node:internal\/fs/, 'sync-fs'],
];

/** Calls that V8 shows no frame for, by the words in the source. */
const LINE_TOKENS: readonly (readonly [pattern: RegExp, cause: CpuCause])[] = [
  [/\bJSON\.(?:parse|stringify)\s*\(|\bstructuredClone\s*\(/, 'json'],
  [/\b(?:pbkdf2|scrypt|hkdf|generateKeyPair|generatePrime|argon2)Sync\s*\(/, 'sync-crypto'],
  [/\b(?:gzip|gunzip|deflate|inflate|deflateRaw|inflateRaw|unzip|brotli\w*|zstd\w*)Sync\s*\(/, 'sync-zlib'],
  [/\b(?:exec|execFile|spawn)Sync\s*\(/, 'sync-process'],
  [/\b(?:read|write|append|copy|stat|lstat|open|close|readdir|mkdir|rm|unlink|exists|access)\w*Sync\s*\(/, 'sync-fs'],
  [/\.(?:test|exec|match|matchAll|replace|replaceAll|search)\s*\(/, 'regexp'],
];

/**
 * Names the place and the cause of samples that ended in `stack`. The innermost frame of the program is blamed; its
 * line is V8's when the samples ended there, otherwise the line in its source that calls the next frame.
 */
export function toBlamedPlace(
  { stack, blamedIndex, blamedLines }: Pick<StackSample, 'stack' | 'blamedIndex' | 'blamedLines'>,
  source: SourceCode,
): BlamedPlace | undefined {
  const frame = stack[blamedIndex];
  if (frame === undefined) return undefined;
  const blamedLine = blamedLines.find((line) => source.isWithin(frame, line)) ?? 0;
  const below = stack.slice(blamedIndex + 1);
  const calledCause = causeOfCallee(below);
  const line = lineOf(frame, { below, blamedLine, calledCause, source });
  const cause = calledCause ?? causeOfLine(below, source.lineText(frame.file, line));
  const original = source.toOriginal(frame.file, line, line === frame.line ? frame.column : 0);
  return { functionName: frame.functionName, ...original, cause };
}

interface LineSearch {
  readonly below: readonly Frame[];
  readonly blamedLine: number;
  readonly calledCause: CpuCause | undefined;
  readonly source: SourceCode;
}

/** V8 tells lines only of functions that samples end in; the line of a call is looked for in the source. */
function lineOf(frame: Frame, { below, blamedLine, calledCause, source }: LineSearch): number {
  const callee = below.find(({ owner }) => owner !== 'native');
  const name = callee?.functionName.split('.').at(-1) ?? '';
  if (/^[\w$]+$/.test(name)) {
    const line = source.findLine(
      frame.file,
      frame.line,
      new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}\\s*\\(`),
    );
    if (line > 0) return line;
  }
  const tokens = LINE_TOKENS.find(([, cause]) => cause === calledCause)?.[0];
  if (tokens !== undefined) {
    if (tokens.test(source.lineText(frame.file, blamedLine))) return blamedLine;
    const line = source.findLine(frame.file, frame.line, tokens);
    if (line > 0) return line;
  }
  return blamedLine || frame.line;
}

function causeOfCallee(below: readonly Frame[]): CpuCause | undefined {
  if (below.some(({ functionName }) => functionName.startsWith('RegExp: '))) return 'regexp';
  for (const [pattern, cause] of NODE_MODULES) if (below.some(({ file }) => pattern.test(file))) return cause;
  return undefined;
}

/** Only what has no frame of its own is read off the line; below a frame the line's other words say nothing. */
function causeOfLine(below: readonly Frame[], text: string): CpuCause {
  if (below.some(({ functionName }) => functionName === '(garbage collector)')) return 'collecting';
  if (below.every(({ owner }) => owner === 'native'))
    for (const [pattern, cause] of LINE_TOKENS) if (pattern.test(text)) return cause;
  return 'code';
}
