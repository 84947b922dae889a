/** What a site's robots.txt allows us. */
export interface Robots {
  allows(path: string): boolean;
}

interface Rule {
  readonly pattern: string;
  readonly allows: boolean;
}

/** Reads robots.txt after RFC 9309: the longest rule that fits decides, an allowing one when equally long. */
export function parseRobots(content: string, agent: string): Robots {
  const groups = readGroups(content);
  const rules = groups.get(agent.toLowerCase()) ?? groups.get('*') ?? [];
  return {
    allows(path) {
      let best: Rule | undefined;
      for (const rule of rules) {
        if (!matches(rule.pattern, path)) continue;
        const isLonger = best === undefined || rule.pattern.length > best.pattern.length;
        if (isLonger || (rule.pattern.length === best?.pattern.length && rule.allows)) best = rule;
      }
      return best?.allows ?? true;
    },
  };
}

function readGroups(content: string): Map<string, Rule[]> {
  const groups = new Map<string, Rule[]>();
  let current: string[] = [];
  let isNaming = false;
  for (const line of content.slice(0, 500_000).split(/\r?\n/)) {
    const [, key = '', value = ''] = /^\s*([A-Za-z-]+)\s*:\s*([^#]*)/.exec(line) ?? [];
    const name = key.toLowerCase();
    if (name === 'user-agent') {
      if (!isNaming) current = [];
      current.push(value.trim().toLowerCase());
      isNaming = true;
      for (const agent of current) if (!groups.has(agent)) groups.set(agent, []);
    } else if (name === 'allow' || name === 'disallow') {
      isNaming = false;
      const pattern = value.trim();
      if (pattern !== '') for (const agent of current) groups.get(agent)?.push({ pattern, allows: name === 'allow' });
    }
  }
  return groups;
}

/** `*` stands for anything, a final `$` for the end. Walks the parts instead of compiling, so that it stays linear. */
function matches(pattern: string, path: string): boolean {
  const isEnded = pattern.endsWith('$');
  const parts = (isEnded ? pattern.slice(0, -1) : pattern).split('*');
  const [first = ''] = parts;
  if (!path.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts.slice(1)) {
    const found = path.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return !isEnded || at === path.length || (parts.length > 1 && path.endsWith(parts.at(-1) ?? ''));
}
