import { readFileSync, realpathSync, statSync } from 'node:fs';
import { extname, relative, resolve, sep } from 'node:path';

const EXTENSIONS = new Set(['.ts', '.tsx', '.js', '.mjs', '.cjs', '.jsx']);
const LARGEST_BYTES = 500_000;

/** Reads the program's own source files below `folder`, and nothing else: no configuration, no dependencies, no data. */
export function createSourceReader(folder: string): (file: string) => string | undefined {
  const root = realpathSync(folder);
  return (file) => {
    try {
      const path = realpathSync(resolve(root, file));
      const inside = relative(root, path);
      const isOwn =
        !inside.startsWith('..') && !inside.split(sep).some((part) => part === 'node_modules' || part.startsWith('.'));
      if (!isOwn || !EXTENSIONS.has(extname(path)) || statSync(path).size > LARGEST_BYTES) return undefined;
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  };
}
