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
const MOST_STATEMENTS = 500;

interface Watched {
  readonly statement: string;
  lastEndMs: number;
  chainLength: number;
  chainMs: number;
  chainCount: number;
  executionCount: number;
  longestChain: number;
  totalMs: number;
}

/**
 * An execution continues the chain when it was sent right after the answer to the one before. A guess: requests that
 * happen to follow each other look alike. A statement that several callers run at once is not judged, as each breaks the
 * other's chain; spans of a profiler know better.
 */
export function createRepetitionWatch(): RepetitionWatch {
  const watched = new Map<string, Watched>();

  const find = ({ fingerprint, statement }: QueryEvent): Watched | undefined => {
    const known = watched.get(fingerprint);
    if (known !== undefined || watched.size >= MOST_STATEMENTS) return known;
    const record: Watched = {
      statement,
      lastEndMs: Number.NEGATIVE_INFINITY,
      chainLength: 0,
      chainMs: 0,
      chainCount: 0,
      executionCount: 0,
      longestChain: 0,
      totalMs: 0,
    };
    watched.set(fingerprint, record);
    return record;
  };

  return {
    add(event, endedAtMs) {
      const record = find(event);
      if (record === undefined) return;
      const gapMs = endedAtMs - event.durationMs - record.lastEndMs;
      record.lastEndMs = endedAtMs;
      if (gapMs >= 0 && gapMs <= GAP_MS) {
        record.chainLength += 1;
        record.chainMs += event.durationMs;
        return;
      }
      close(record);
      record.chainLength = 1;
      record.chainMs = event.durationMs;
    },
    list() {
      return [...watched]
        .map(([fingerprint, record]) => {
          const total = { ...record };
          close(total);
          const { statement, chainCount, executionCount, longestChain, totalMs } = total;
          return { fingerprint, statement, chainCount, executionCount, longestChain, totalMs };
        })
        .filter(({ chainCount }) => chainCount > 0)
        .toSorted((one, other) => other.totalMs - one.totalMs);
    },
  };
}

function close(record: Watched): void {
  if (record.chainLength < SHORTEST_CHAIN) return;
  record.chainCount += 1;
  record.executionCount += record.chainLength;
  record.longestChain = Math.max(record.longestChain, record.chainLength);
  record.totalMs += record.chainMs;
}
