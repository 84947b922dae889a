import { toLocation } from '../sampling/frame.ts';
import type { SourceCode } from '../sampling/source-code.ts';

/** What keeps memory alive, as far as the source of the functions that allocated it tells. */
export interface Holder {
  /** `Map`, `Set`, `Array`, `Object`, or the name of the class or type that the source declares. */
  readonly type: string;
  /** The variable or field, such as `seen` or `this.#entries`. */
  readonly name: string;
  /** `file:line` of the line that stores into it. */
  readonly location: string;
}

/** A function on the stack of an allocation, as it begins in its file. */
export interface FunctionStart {
  readonly file: string;
  readonly line: number;
}

const STORING =
  /(?<![\w$])((?:this\.)?#?[A-Za-z_$][\w$]*(?:\.#?[A-Za-z_$][\w$]*)*)\.(?:set|push|add|unshift|append)\s*\(/;
const ASSIGNING = /(?<![\w$])((?:this\.)?#?[A-Za-z_$][\w$]*(?:\.#?[A-Za-z_$][\w$]*)*)\[[^\]]+\]\s*=(?!=|>)/;
const FUNCTION_LINES = 400;
const MOST_LINES = 20_000;

/**
 * Finds who holds what these functions allocate, innermost first: the first line of them that stores into something
 * which lives longer than the call (a field, or a variable from outside of the function). Reads sources only; the heap
 * is not walked, because that stops the loop.
 */
export function findHolder(functions: readonly FunctionStart[], source: SourceCode): Holder | undefined {
  for (const { file, line } of functions) {
    const end = endOf(file, line, source);
    for (let current = line; current <= end; current++) {
      const text = withoutComment(source.lineText(file, current));
      const name = (STORING.exec(text) ?? ASSIGNING.exec(text))?.[1];
      if (name === undefined || isLocal(name, { file, from: line, to: end, source })) continue;
      const place = source.toOriginal(file, current);
      return { type: typeOf(name, file, source), name, location: toLocation(place.file, place.line) };
    }
  }
  return undefined;
}

/** The line on which the braces that the function opens are closed. */
function endOf(file: string, line: number, source: SourceCode): number {
  let depth = 0;
  for (let current = line; current < line + FUNCTION_LINES; current++) {
    const text = withoutComment(source.lineText(file, current));
    depth += (text.match(/\{/g)?.length ?? 0) - (text.match(/\}/g)?.length ?? 0);
    if (depth <= 0) return current;
  }
  return line + FUNCTION_LINES;
}

interface Scope {
  readonly file: string;
  readonly from: number;
  readonly to: number;
  readonly source: SourceCode;
}

function isLocal(name: string, { file, from, to, source }: Scope): boolean {
  if (name.startsWith('this.')) return false;
  const declaration = new RegExp(`\\b(?:const|let|var)\\s+${escaped(name.split('.')[0] ?? '')}(?![\\w$])`);
  for (let line = from; line <= to; line++) if (declaration.test(source.lineText(file, line))) return true;
  return false;
}

/** The type that the declaration of the last part of the name shows; `Object` when it shows none. */
function typeOf(name: string, file: string, source: SourceCode): string {
  const last = escaped(name.split('.').at(-1) ?? '');
  const declaration = new RegExp(
    `(?:\\b(?:const|let|var|readonly|static|private|public|protected)\\s+|^\\s*|this\\.)${last}\\s*[?!]?\\s*(?::\\s*([^=;]+?))?\\s*(?:=(?!=|>)\\s*(.*)|;)?$`,
  );
  const count = Math.min(source.lineCount(file), MOST_LINES);
  for (let line = 1; line <= count; line++) {
    const match = declaration.exec(withoutComment(source.lineText(file, line)).trimEnd());
    const type = match === null ? undefined : (typeOfValue(match[2] ?? '') ?? typeOfAnnotation(match[1] ?? ''));
    if (type !== undefined) return type;
  }
  return 'Object';
}

function typeOfValue(value: string): string | undefined {
  if (/^(?:\[|Array\b|new Array\b)/.test(value)) return 'Array';
  return /^new\s+([\w$.]+)/.exec(value)?.[1] ?? (value.startsWith('{') ? 'Object' : undefined);
}

function typeOfAnnotation(annotation: string): string | undefined {
  if (/\[\]\s*$|^(?:Readonly)?Array</.test(annotation.trim())) return 'Array';
  return /^[A-Z][\w$.]*/.exec(annotation.trim())?.[0];
}

function escaped(name: string): string {
  return name.replaceAll(/[$#]/g, String.raw`\$&`);
}

function withoutComment(text: string): string {
  return text.replace(/\/\/.*$/, '');
}
