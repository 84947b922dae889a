import type { BlobItem } from '../../chunk.ts';
import { gitLines } from './git.ts';

/** Kinds of entries in a tree that are no files: links and other repositories. */
const NO_FILE = /^(?:120000|160000)$/;

interface FoundBlob {
  readonly path: string;
  readonly commit: string;
}

/** The commit that a name stands for. @throws ScannerError SCANNER_GIT_FAILED when there is none. */
export async function resolveCommit(repository: string, ref: string): Promise<string> {
  let commit = '';
  for await (const line of gitLines(['-C', repository, 'rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`]))
    commit = line;
  return commit;
}

/** The files of one commit. */
export async function* listTree(repository: string, commit: string): AsyncGenerator<BlobItem> {
  for await (const line of gitLines(['-C', repository, 'ls-tree', '-r', '-l', '--full-tree', commit])) {
    const [, mode = '', blob = '', bytes = '0', path = ''] = /^(\d+) blob ([\da-f]+) +(\d+)\t(.*)$/.exec(line) ?? [];
    if (blob !== '' && !NO_FILE.test(mode)) yield { blob, path: unquote(path), commit, bytes: Number(bytes) };
  }
}

/** Every version of every file that the commits reach, each content once, named by the commit that brought it. */
export async function* listHistory(
  repository: string,
  tip: string,
  known: ReadonlySet<string>,
): AsyncGenerator<BlobItem> {
  const found = new Map<string, FoundBlob>();
  let commit = '';
  const log = [
    'log',
    '--reverse',
    '--root',
    '-m',
    '--raw',
    '--no-abbrev',
    '--no-renames',
    '--diff-filter=AMT',
    '--format=commit %H',
  ];
  for await (const line of gitLines(['-C', repository, ...log, tip, '--'])) {
    if (line.startsWith('commit ')) commit = line.slice('commit '.length);
    const [, mode = '', blob = '', path = ''] = /^:\d+ (\d+) [\da-f]+ ([\da-f]+) [AMT]\t(.*)$/.exec(line) ?? [];
    if (blob !== '' && !NO_FILE.test(mode) && !known.has(blob) && !found.has(blob))
      found.set(blob, { path: unquote(path), commit });
  }
  const sizes = gitLines(['-C', repository, 'cat-file', '--batch-check=%(objectname) %(objectsize)'], {
    input: found.keys(),
  });
  for await (const line of sizes) {
    const [blob = '', bytes = ''] = line.split(' ');
    const place = found.get(blob);
    if (place && /^\d+$/.test(bytes)) yield { blob, ...place, bytes: Number(bytes) };
  }
}

/** Files whose working copy differs from the commit. */
export async function listModified(repository: string): Promise<ReadonlySet<string>> {
  const paths = new Set<string>();
  for await (const line of gitLines(['-C', repository, 'diff-index', '--name-only', 'HEAD', '--']))
    paths.add(unquote(line));
  return paths;
}

/** Undoes the quoting of names with special characters. */
function unquote(path: string): string {
  if (!path.startsWith('"')) return path;
  const bytes = path
    .slice(1, -1)
    .replaceAll(/\\([0-7]{3}|.)/g, (_, code: string) =>
      code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : ({ n: '\n', t: '\t', r: '\r' }[code] ?? code),
    );
  return bytes;
}
