/** The file whose lines say what not to scan; its syntax is that of `.gitignore`. */
export const IGNORE_FILE = '.dataguardianignore';

interface IgnoreRule {
  readonly pattern: RegExp;
  readonly negated: boolean;
  readonly foldersOnly: boolean;
}

/** The rules of one ignore file. */
export interface IgnoreRules {
  /** True or false when a rule decides about the path, which is relative to the ignore file; undefined when none does. */
  decide(path: string, isFolder: boolean): boolean | undefined;
}

/** Reads an ignore file. Patterns compile to expressions without nested repetition, so matching stays linear. */
export function parseIgnoreRules(content: string): IgnoreRules {
  const rules: IgnoreRule[] = [];
  for (const raw of content.split(/\r?\n/)) {
    let line = raw.trimEnd();
    if (line === '' || line.startsWith('#')) continue;
    const negated = line.startsWith('!');
    if (negated) line = line.slice(1);
    const foldersOnly = line.endsWith('/');
    if (foldersOnly) line = line.slice(0, -1);
    rules.push({ pattern: toPattern(line), negated, foldersOnly });
  }
  return {
    decide(path, isFolder) {
      for (let index = rules.length - 1; index >= 0; index--) {
        const rule = rules[index];
        if (rule && (isFolder || !rule.foldersOnly) && rule.pattern.test(path)) return !rule.negated;
      }
      return undefined;
    },
  };
}

function toPattern(line: string): RegExp {
  const anchored = line.slice(0, -1).includes('/') || line.startsWith('/');
  const body = line
    .replace(/^\//, '')
    .replaceAll(/\*{3,}/g, '**')
    .split(/(\*\*\/|\/\*\*$|\*|\?)/)
    .map((part) => {
      if (part === '**/') return '(?:.*/)?';
      if (part === '/**') return '/.*';
      if (part === '*') return '[^/]*';
      if (part === '?') return '[^/]';
      return part.replaceAll(/[$()+.[\\\]^{|}]/g, '\\$&');
    })
    .join('');
  return new RegExp(`^${anchored ? '' : '(?:.*/)?'}${body}$`);
}
