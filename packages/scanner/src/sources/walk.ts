import { type Dirent, type Stats, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { FileItem, SkippedItem } from '../chunk.ts';
import { toReason } from '../errors.ts';
import { IGNORE_FILE, type IgnoreRules, parseIgnoreRules } from './ignore-file.ts';

/** A file to scan, or something that cannot be. */
export type WalkedEntry =
  | { readonly kind: 'file'; readonly file: FileItem }
  | { readonly kind: 'skipped'; readonly skipped: SkippedItem };

/** Folders whose content is bookkeeping of a program; the repository source reads what matters in them. */
const INTERNAL_FOLDERS = new Set(['.git']);

interface Folder {
  readonly path: string;
  readonly ignores: readonly { readonly rules: IgnoreRules; readonly below: string }[];
}

/**
 * Lists the regular files below `root` in a fixed order, hidden ones included. Links are not followed: what they lead
 * to inside the root is listed under its own name, so a circle cannot arise; the others are reported.
 */
export function* walkFolder(root: string): Generator<WalkedEntry> {
  const stack: Folder[] = [{ path: '', ignores: [] }];
  for (let folder = stack.pop(); folder; folder = stack.pop()) {
    let entries: Dirent[];
    try {
      entries = readdirSync(join(root, folder.path), { withFileTypes: true });
    } catch (error) {
      yield skipped(folder.path || '.', 'UNREADABLE', toReason(error));
      continue;
    }
    entries.sort((one, other) => (one.name < other.name ? -1 : 1));
    const ignores = withOwnRules(root, folder, entries);
    const below: Folder[] = [];
    for (const entry of entries) {
      const path = folder.path === '' ? entry.name : `${folder.path}/${entry.name}`;
      const isFolder = entry.isDirectory();
      if ((isFolder && INTERNAL_FOLDERS.has(entry.name)) || isIgnored(ignores, path, isFolder)) continue;
      if (isFolder) below.push({ path, ignores });
      else yield* toEntry(root, path, entry);
    }
    for (const next of below.toReversed()) stack.push(next);
  }
}

function* toEntry(root: string, path: string, entry: Dirent): Generator<WalkedEntry> {
  if (entry.isFile()) {
    try {
      yield { kind: 'file', file: toFileItem(path, lstatSync(join(root, path))) };
    } catch (error) {
      yield skipped(path, 'UNREADABLE', toReason(error));
    }
  } else if (entry.isSymbolicLink()) {
    const problem = judgeLink(root, path);
    if (problem !== undefined) yield skipped(path, 'SYMLINK', problem);
  } else {
    yield skipped(path, 'SPECIAL_FILE', 'a device, socket or pipe');
  }
}

/** A listed file with the state it was listed in. */
export function toFileItem(path: string, { size, mtimeMs, ino }: Stats): FileItem {
  return { path, bytes: size, modifiedMs: mtimeMs, inode: ino };
}

/** Why a link is worth a report; undefined when its target is listed anyway. */
function judgeLink(root: string, path: string): string | undefined {
  const link = join(root, path);
  try {
    const target = realpathSync(link);
    if (target !== root && !target.startsWith(root + sep)) return 'a symbolic link out of the scanned folder';
    return statSync(target).isDirectory() && link.startsWith(target + sep) ? 'a symbolic link in a circle' : undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ELOOP'
      ? 'a symbolic link in a circle'
      : 'a symbolic link to nowhere';
  }
}

function withOwnRules(root: string, folder: Folder, entries: readonly Dirent[]): Folder['ignores'] {
  if (!entries.some((entry) => entry.name === IGNORE_FILE && entry.isFile())) return folder.ignores;
  try {
    const rules = parseIgnoreRules(readFileSync(join(root, folder.path, IGNORE_FILE), 'utf8'));
    return [...folder.ignores, { rules, below: folder.path === '' ? '' : `${folder.path}/` }];
  } catch {
    return folder.ignores;
  }
}

function isIgnored(ignores: Folder['ignores'], path: string, isFolder: boolean): boolean {
  for (const { rules, below } of ignores.toReversed()) {
    const decision = rules.decide(path.slice(below.length), isFolder);
    if (decision !== undefined) return decision;
  }
  return false;
}

function skipped(item: string, code: SkippedItem['code'], reason: string): WalkedEntry {
  return { kind: 'skipped', skipped: { item, code, reason } };
}
