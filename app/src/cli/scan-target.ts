import { existsSync } from 'node:fs';
import { ScannerError, type SourceSpec } from '@dataguardian/scanner';

/** Options of the command line that shape the source. */
export interface TargetOptions {
  readonly as?: 'path' | 'repository' | 'database' | 'website';
  readonly history?: boolean;
  readonly ref?: string;
  readonly full?: boolean;
  readonly sampleRows?: number;
  readonly tables?: readonly string[];
  readonly maxPages?: number;
  readonly maxDepth?: number;
  readonly maxMs?: number;
  readonly allowPrivate?: boolean;
}

const DATABASE_SCHEME = /^(?:postgres(?:ql)?|mysql|mariadb):\/\/|^sqlite:/i;
const REPOSITORY_ADDRESS = /^(?:git|ssh|git\+ssh):\/\/|^https?:\/\/\S+\.git\/?$|^[\w.-]+@[\w.-]+:/i;
const SCHEME = /^[a-z][a-z\d+.-]+:\/\//i;

/**
 * Understands what the user points at.
 * @throws ScannerError SCANNER_SCHEME_REFUSED for addresses that are never opened.
 */
export function parseTarget(target: string, options: TargetOptions = {}): SourceSpec {
  const kind = options.as ?? guessKind(target, options);
  switch (kind) {
    case 'path':
      return { kind, path: target };
    case 'repository': {
      const place = isAddress(target) ? { url: target } : { path: target };
      return { kind, ...place, ...pick(options, ['history', 'ref', 'allowPrivate']) };
    }
    case 'database': {
      const mode = options.full === true ? 'full' : 'sample';
      return { kind, url: target, mode, ...pick(options, ['sampleRows', 'tables']) };
    }
    case 'website':
      return { kind, url: target, ...pick(options, ['maxPages', 'maxDepth', 'maxMs', 'allowPrivate']) };
  }
}

function guessKind(target: string, options: TargetOptions): NonNullable<TargetOptions['as']> {
  if (DATABASE_SCHEME.test(target)) return 'database';
  const isRepository = options.history === true || options.ref !== undefined;
  if (existsSync(target)) return isRepository ? 'repository' : 'path';
  if (REPOSITORY_ADDRESS.test(target)) return 'repository';
  if (/^https?:\/\//i.test(target)) return isRepository ? 'repository' : 'website';
  if (SCHEME.test(target)) throw new ScannerError('SCANNER_SCHEME_REFUSED', target.slice(0, target.indexOf(':') + 3));
  return isRepository ? 'repository' : 'path';
}

function isAddress(target: string): boolean {
  return SCHEME.test(target) || (REPOSITORY_ADDRESS.test(target) && !existsSync(target));
}

function pick<Key extends keyof TargetOptions>(
  options: TargetOptions,
  keys: readonly Key[],
): { [Name in Key]?: NonNullable<TargetOptions[Name]> } {
  const picked: { [Name in Key]?: NonNullable<TargetOptions[Name]> } = {};
  for (const key of keys) {
    const value = options[key];
    if (value !== undefined) picked[key] = value;
  }
  return picked;
}
