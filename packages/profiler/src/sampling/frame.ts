/** Whose code a frame is: the program's, an installed package's, Node's own, or none that has a source. */
export type FrameOwner = 'application' | 'dependency' | 'node' | 'native';

/** One function as V8 names it. */
export interface Frame {
  readonly functionName: string;
  /** Path or `node:` name; empty for native code. Never an address with content in it (`data:` is cut). */
  readonly file: string;
  /** First line of the function, counted from 1; 0 when unknown. */
  readonly line: number;
  /** Column at which the function begins, counted from 0; tells functions of a minified line apart. */
  readonly column: number;
  readonly owner: FrameOwner;
}

/** What V8 reports of a function; lines count from 0 there. */
export interface RawFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

const OWN_FOLDER = new URL('..', import.meta.url).pathname;
/** This package and those beside it: libraries to the program that uses them, wherever they are installed. */
const LIBRARY_FOLDER = new URL('../../..', import.meta.url).pathname;

/** Translates V8's description of a function. */
export function toFrame({ functionName, url, lineNumber, columnNumber }: RawFrame): Frame {
  const file = toPath(url);
  return {
    functionName: functionName || '(anonymous)',
    file,
    line: lineNumber + 1,
    column: Math.max(0, columnNumber),
    owner: ownerOf(file),
  };
}

/** A path of this machine for `file:` addresses; the scheme alone for addresses that carry content. */
export function toPath(url: string): string {
  if (url.startsWith('file://')) {
    try {
      return decodeURIComponent(new URL(url).pathname);
    } catch {
      return url.slice('file://'.length);
    }
  }
  const scheme = /^(data|blob|https?):/.exec(url)?.[1];
  return scheme === undefined ? url : `${scheme}:`;
}

/** Whether the profiler itself lies there: its wrappers stand between the program and what it calls. */
export function isOwnFile(file: string): boolean {
  return file.startsWith(OWN_FOLDER);
}

/** Whose code lies in that file. */
export function ownerOf(file: string): FrameOwner {
  if (file === '' || file === 'native') return 'native';
  if (file.startsWith('node:')) return 'node';
  if (file.includes('/node_modules/')) return 'dependency';
  if (file.startsWith(LIBRARY_FOLDER) && /^[^/]+\/src\//.test(file.slice(LIBRARY_FOLDER.length))) return 'dependency';
  return 'application';
}

/** `file:line` as people and editors read it. */
export function toLocation(file: string, line: number): string {
  return `${file}:${line}`;
}

/**
 * Whether a module's own lines run, or what these call: Node's loaders stand outside of everything else then, and never
 * in a call from the loop.
 *
 * @param stack Outermost caller first.
 */
export function isInModule(stack: readonly Frame[]): boolean {
  const outer = stack.find(({ owner }) => owner !== 'native');
  return outer !== undefined && /^node:internal\/(?:modules|main)\//.test(outer.file);
}
