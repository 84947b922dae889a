import { enclosingFunction, type LineRange } from './enclosing-function.ts';
import { inventedFigure, type WordingFacts } from './wording-check.ts';

/** A change that a model suggests, with line numbers that are true. People apply it, never we. */
export interface SuggestedPatch {
  readonly file: string;
  /** A unified diff that applies to the file as it was read. */
  readonly diff: string;
}

/** What a patch may touch, and what it may say. */
export interface PatchBounds {
  readonly file: string;
  readonly source: string;
  /** Lines of the function that the recommendation names. */
  readonly range: LineRange;
  readonly facts: WordingFacts;
}

/** A patch that may be shown, or why it may not. */
export type PatchVerdict = { readonly patch: SuggestedPatch } | { readonly objection: string };

interface Hunk {
  readonly lines: readonly string[];
}

const MOST_CHANGED = 40;
const LONGEST_DIFF = 10_000;

/**
 * Holds a model's diff against the source: it must name that file alone, its old lines must stand in the function as they
 * are, once, and what comes out must still be one function. Numbers in the hunk headers are not believed but made anew.
 */
export function checkPatch(diff: string, bounds: PatchBounds): PatchVerdict {
  const { file, source, range, facts } = bounds;
  if (diff.length > LONGEST_DIFF) return { objection: 'the patch is too long' };
  const hunks = readHunks(diff, file);
  if (typeof hunks === 'string') return { objection: hunks };
  const lines = source.split('\n');
  const placed: { readonly at: number; readonly hunk: Hunk }[] = [];
  for (const hunk of hunks) {
    const old = hunk.lines.filter((line) => !line.startsWith('+')).map((line) => line.slice(1));
    const places = placesOf(old, lines, range);
    if (places.length !== 1) return { objection: 'the patch does not apply to the function' };
    placed.push({ at: places[0] ?? 0, hunk });
  }
  placed.sort((a, b) => a.at - b.at);
  const changed = hunks.flatMap((hunk) => hunk.lines.filter((line) => !line.startsWith(' ')));
  if (changed.length === 0) return { objection: 'the patch changes nothing' };
  if (changed.length > MOST_CHANGED) return { objection: 'the patch changes too much' };
  const added = changed.filter((line) => line.startsWith('+')).map((line) => line.slice(1));
  if (added.some((line) => /https?:/i.test(line))) return { objection: 'the patch holds a link' };
  const invented = inventedFigure(commentsOf(added), facts);
  if (invented !== undefined) return { objection: `a comment of the patch claims ${invented}` };
  const result = applyHunks(lines, placed);
  if (result === undefined) return { objection: 'parts of the patch overlap' };
  const after = enclosingFunction(result.join('\n'), range.from);
  if (after?.from !== range.from || after.to !== range.to + result.length - lines.length)
    return { objection: 'the patch does not leave one function' };
  return { patch: { file, diff: toDiff(file, placed) } };
}

function readHunks(diff: string, file: string): readonly Hunk[] | string {
  const hunks: string[][] = [];
  for (const line of diff.replace(/\n$/, '').split('\n')) {
    if (/^(?:---|\+\+\+) /.test(line) && hunks.length === 0) {
      const name = line
        .slice(4)
        .trim()
        .replace(/^[ab]\//, '');
      if (name !== file) return 'the patch names another file';
    } else if (line.startsWith('@@')) hunks.push([]);
    else if (/^(?:diff |index |new file|deleted file|rename |Binary )/.test(line)) {
      if (!line.startsWith('diff ') && !line.startsWith('index ')) return 'the patch does more than change lines';
    } else if (/^[ +-]/.test(line) || line === '') hunks.at(-1)?.push(line === '' ? ' ' : line);
    else if (!line.startsWith('\\')) return 'it is no unified diff';
  }
  return hunks.length === 0 ? 'it is no unified diff' : hunks.map((lines) => ({ lines }));
}

/** Line numbers, from 1, at which the old lines stand within the function. */
function placesOf(old: readonly string[], lines: readonly string[], { from, to }: LineRange): number[] {
  if (old.length === 0) return [];
  const places: number[] = [];
  for (let at = from; at + old.length - 1 <= to; at++)
    if (old.every((line, offset) => lines[at - 1 + offset] === line)) places.push(at);
  return places;
}

function applyHunks(
  lines: readonly string[],
  placed: readonly { readonly at: number; readonly hunk: Hunk }[],
): string[] | undefined {
  const result: string[] = [];
  let next = 1;
  for (const { at, hunk } of placed) {
    if (at < next) return undefined;
    result.push(...lines.slice(next - 1, at - 1));
    next = at;
    for (const line of hunk.lines) {
      if (!line.startsWith('-')) result.push(line.slice(1));
      if (!line.startsWith('+')) next += 1;
    }
  }
  return [...result, ...lines.slice(next - 1)];
}

function toDiff(file: string, placed: readonly { readonly at: number; readonly hunk: Hunk }[]): string {
  let shift = 0;
  const parts = placed.map(({ at, hunk: { lines } }) => {
    const oldCount = lines.filter((line) => !line.startsWith('+')).length;
    const newCount = lines.filter((line) => !line.startsWith('-')).length;
    const header = `@@ -${at},${oldCount} +${at + shift},${newCount} @@`;
    shift += newCount - oldCount;
    return [header, ...lines].join('\n');
  });
  return [`--- a/${file}`, `+++ b/${file}`, ...parts, ''].join('\n');
}

/** What the added lines say in comments. */
function commentsOf(added: readonly string[]): string {
  return [...added.join('\n').matchAll(/\/\/.*|\/\*[^]*?\*\//g)].map(([comment]) => comment).join('\n');
}
