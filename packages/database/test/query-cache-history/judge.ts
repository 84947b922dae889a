import { LEASE_MS, type Seen, type Write } from './history.ts';

/** What all processes together tell about the age of what was read. */
export interface Verdict {
  readonly violations: readonly string[];
  /** How long ago the oldest commit that a read missed was acknowledged elsewhere; 0 when none was missed. */
  readonly staleP99Ms: number;
  readonly staleMaxMs: number;
  readonly staleCount: number;
}

/** Compares every read with every acknowledged write, whoever did it. */
export function judge(writes: readonly Write[], seen: readonly Seen[]): Verdict {
  const violations: string[] = [];
  const byKey = Map.groupBy(writes, ({ key }) => key);
  /** By key: writes by version, with the earliest acknowledgement of that version or a later one. */
  const acknowledged = new Map(
    [...byKey].map(([key, list]) => {
      const sorted = list.toSorted((a, b) => a.version - b.version);
      const twice = sorted.find(({ version }, index) => sorted[index + 1]?.version === version);
      if (twice !== undefined) violations.push(`key ${key}: version ${twice.version} was acknowledged twice`);
      return [key, sorted] as const;
    }),
  );
  const ages: number[] = [];
  for (const { key, version, startedAt, read } of seen) {
    const list = acknowledged.get(key) ?? [];
    let oldest = Number.POSITIVE_INFINITY;
    for (let index = list.length - 1; index >= 0; index--) {
      const write = list[index];
      if (write === undefined || write.version <= version) break;
      oldest = Math.min(oldest, write.ackedAt);
    }
    const age = startedAt - oldest;
    if (age <= 0) continue;
    ages.push(age);
    if (age > LEASE_MS) violations.push(`read ${read} of key ${key}: ${version} is ${Math.round(age)} ms old`);
  }
  ages.sort((a, b) => a - b);
  return {
    violations,
    staleP99Ms: ages[Math.floor(ages.length * 0.99)] ?? 0,
    staleMaxMs: ages.at(-1) ?? 0,
    staleCount: ages.length,
  };
}
