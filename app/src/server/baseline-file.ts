import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BaselineStore } from '@dataguardian/performance';

type Baseline = NonNullable<Awaited<ReturnType<BaselineStore['load']>>>;

const FILE = 'performance-baseline.json';

/** Keeps what is usual at each hour in the data folder: a few kilobytes of medians, replaced as a whole. */
export function createBaselineFile(dataDir: string): BaselineStore {
  const path = join(dataDir, FILE);
  return {
    async load() {
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      });
      return text === undefined ? undefined : toBaseline(JSON.parse(text));
    },
    async save(state) {
      const draft = `${path}.${process.pid}.tmp`;
      await writeFile(draft, JSON.stringify(state), { mode: 0o600 });
      await rename(draft, path);
    },
  };
}

/** Takes what has the right shape and leaves the rest: a file of another version must not stop the server. */
function toBaseline(value: unknown): Baseline {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).map(([metric, hours]) => [
      metric,
      Array.isArray(hours) ? hours.map((hour: unknown) => (Array.isArray(hour) ? hour.filter(isDayValue) : [])) : [],
    ]),
  );
}

function isDayValue(value: unknown): value is Baseline[string][number][number] {
  return (
    typeof value === 'object' &&
    value !== null &&
    'day' in value &&
    Number.isInteger(value.day) &&
    'value' in value &&
    Number.isFinite(value.value)
  );
}
