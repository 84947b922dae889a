import type { QueryEvent } from '@dataguardian/telemetry';

/** A statement that is sent again and again, each time right after its own answer: one query per row of another. */
export interface Repetition {
  readonly fingerprint: string;
  readonly statement: string;
  /** Chains seen of at least the reported length. */
  readonly chainCount: number;
  /** Executions in those chains. */
  readonly executionCount: number;
  readonly longestChain: number;
  readonly totalMs: number;
}

/** Finds chains of one statement without knowing which request sent them. */
export interface RepetitionWatch {
  add(event: QueryEvent, endedAtMs: number): void;
  /** The most time first. */
  list(): readonly Repetition[];
}

/** The next query of a loop leaves this soon after the answer to the one before. */
const GAP_MS = 2;
const SHORTEST_CHAIN = 8;
/** A statement that so many callers run at once gives chains by chance: it is left out. */
const MOST_OPEN_CHAINS = 4;
const MOST_STATEMENTS = 500;

interface Chain {
  lastEndMs: number;
  length: number;
  totalMs: number;
}

interface Watched {
  readonly statement: string;
  readonly open: Chain[];
  chainCount: number;
  executionCount: number;
  longestChain: number;
  totalMs: number;
}

/**
 * Joins an execution to the chain whose last answer came right before it was sent. A guess: requests that happen to
 * follow each other look alike, so statements that many run at once are not judged; spans of a profiler know better.
 */
export function createRepetitionWatch(): RepetitionWatch {
  const watched = new Map<string, Watched>();

  const close = (record: Watched, chain: Chain): void => {
    if (chain.length < SHORTEST_CHAIN) return;
    record.chainCount += 1;
    record.executionCount += chain.length;
    record.longestChain = Math.max(record.longestChain, chain.length);
    record.totalMs += chain.totalMs;
  };

  const find = ({ fingerprint, statement }: QueryEvent): Watched | undefined => {
    const known = watched.get(fingerprint);
    if (known !== undefined || watched.size >= MOST_STATEMENTS) return known;
    const record = { statement, open: [], chainCount: 0, executionCount: 0, longestChain: 0, totalMs: 0 };
    watched.set(fingerprint, record);
    return record;
  };

  return {
    add(event, endedAtMs) {
      const record = find(event);
      if (record === undefined) return;
      const startedAtMs = endedAtMs - event.durationMs;
      const { open } = record;
      for (let place = open.length - 1; place >= 0; place -= 1) {
        const chain = open[place];
        if (chain === undefined) continue;
        const gapMs = startedAtMs - chain.lastEndMs;
        if (gapMs > GAP_MS) {
          close(record, chain);
          open.splice(place, 1);
        } else if (gapMs >= 0) {
          chain.lastEndMs = endedAtMs;
          chain.length += 1;
          chain.totalMs += event.durationMs;
          return;
        }
      }
      if (open.length >= MOST_OPEN_CHAINS) open.shift();
      open.push({ lastEndMs: endedAtMs, length: 1, totalMs: event.durationMs });
    },
    list() {
      return [...watched]
        .map(([fingerprint, record]) => {
          const total = { ...record, open: [] };
          for (const chain of record.open) close(total, chain);
          const { statement, chainCount, executionCount, longestChain, totalMs } = total;
          return { fingerprint, statement, chainCount, executionCount, longestChain, totalMs };
        })
        .filter(({ chainCount }) => chainCount > 0)
        .toSorted((one, other) => other.totalMs - one.totalMs);
    },
  };
}
