import type { Recommendation } from './recommendation.ts';

/** Where recommendations and what came of them are kept. */
export interface Ledger {
  load(): Promise<readonly Recommendation[]>;
  save(recommendation: Recommendation): Promise<void>;
}

/** A ledger that lasts as long as the process. */
export function createMemoryLedger(): Ledger {
  const kept = new Map<string, Recommendation>();
  return {
    load: () => Promise.resolve([...kept.values()]),
    save(recommendation) {
      kept.set(recommendation.id, recommendation);
      return Promise.resolve();
    },
  };
}
