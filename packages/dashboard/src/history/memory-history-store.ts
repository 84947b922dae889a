import type { Instance, Mark } from '../api/series.ts';
import { LEVELS, type HistoryRow, type HistoryStore } from './history-store.ts';

const MOST_MARKS = 1_000;

/** A history that lasts as long as the process; rows of each level are bounded by `keptInMemoryMs`. */
export function createMemoryHistoryStore(): HistoryStore & { readonly rowCount: number } {
  const levels = new Map(LEVELS.map(({ stepMs }) => [stepMs, new Map<string, HistoryRow>()]));
  const instances = new Map<string, Omit<Instance, 'isLive' | 'isSelf'>>();
  const marks = new Map<string, Mark>();
  return {
    get rowCount() {
      return [...levels.values()].reduce((sum, rows) => sum + rows.size, 0);
    },
    write(rows) {
      for (const row of rows) {
        const kept = levels.get(row.stepMs);
        if (kept === undefined) continue;
        const key = `${row.at} ${row.instance}`;
        kept.set(key, row);
        const keptMs = LEVELS.find(({ stepMs }) => stepMs === row.stepMs)?.keptInMemoryMs ?? 0;
        // Rows come in the order of time, and a map keeps that order: the oldest are first.
        for (const [oldKey, old] of kept) {
          if (old.at >= row.at - keptMs) break;
          kept.delete(oldKey);
        }
      }
      return Promise.resolve();
    },
    read: ({ stepMs, from, to, instance }) =>
      Promise.resolve(
        [...(levels.get(stepMs)?.values() ?? [])].filter(
          (row) => row.at >= from && row.at < to && (instance === undefined || row.instance === instance),
        ),
      ),
    expire: () => Promise.resolve(),
    report(instance) {
      instances.set(instance.id, instance);
      return Promise.resolve();
    },
    instances: (since) => Promise.resolve([...instances.values()].filter(({ lastSeenAt }) => lastSeenAt >= since)),
    mark(mark) {
      if (marks.has(mark.id)) return Promise.resolve(false);
      marks.set(mark.id, mark);
      if (marks.size > MOST_MARKS) marks.delete(marks.keys().next().value ?? '');
      return Promise.resolve(true);
    },
    marks: (from, to) =>
      Promise.resolve(
        [...marks.values()].filter(({ at }) => at >= from && at < to).toSorted((one, other) => one.at - other.at),
      ),
  };
}
