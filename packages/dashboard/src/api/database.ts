import type { LocalText } from '@dataguardian/advisor';
import type { PoolEvent } from '@dataguardian/telemetry';

/** `GET /database` as a `Section`. Pool over time comes from `GET /series` (`pool.*`, `queries.waitP95`). */
export interface DatabaseView {
  readonly pool: PoolEvent & {
    readonly min: number;
    /** The size that measured wait and service times call for, with its reason; absent before enough was seen. */
    readonly advised?: { readonly size: number; readonly reason: LocalText };
  };
  /** Who holds a connection now, longest first. */
  readonly holders: readonly ConnectionHolder[];
  readonly leakCount: number;
  readonly statements: readonly StatementFigures[];
  readonly cache: QueryCacheFigures;
  readonly indexes: readonly IndexFigures[];
  readonly locks: readonly LockWait[];
  readonly tables: readonly TableFigures[];
}

/** Somebody who has a connection. */
export interface ConnectionHolder {
  readonly heldMs: number;
  /** How long it has sent nothing while holding it. */
  readonly idleMs: number;
  /** Shape of its last statement; empty before the first. */
  readonly lastStatement: string;
  /** Where it was asked for; empty when not taken. */
  readonly stack: string;
  readonly backendId: number | null;
  /** Held for longer than the leak threshold. */
  readonly leaking: boolean;
}

/** A statement's shape and what it cost. `GET /database/statements/:fingerprint` adds the plan. */
export interface StatementFigures {
  readonly fingerprint: string;
  /** Without literals. */
  readonly statement: string;
  readonly count: number;
  readonly failedCount: number;
  readonly rowCount: number;
  readonly totalMs: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Share of all statements' time, 0..1. */
  readonly timeRatio: number;
  /** Answers by what the query cache did: hit, miss, uncacheable, bypass, off. */
  readonly verdicts: Readonly<Record<string, number>>;
  /** `file:line` of the callers, most first; empty when unknown. */
  readonly callers: readonly string[];
  readonly hasPlan: boolean;
}

/** `GET /database/statements/:fingerprint` as a `Section`. */
export interface StatementDetail {
  readonly statement: StatementFigures;
  /** The latest captured plan, as PostgreSQL's text; `null` when none was captured. */
  readonly plan: {
    readonly text: string;
    readonly capturedAt: number;
    readonly durationMs: number | null;
    /** The plan as `explain (format json)` gives it. */
    readonly json: unknown;
  } | null;
  /** Why it is cached or not, when the query cache says so. */
  readonly caching: LocalText | null;
}

/** What the query cache does for the database. */
export interface QueryCacheFigures {
  /** `off` when there is none. */
  readonly state: 'on' | 'off' | 'degraded';
  readonly verdicts: Readonly<Record<string, number>>;
  readonly entryCount: number;
  readonly memoryBytes: number;
  readonly invalidationCount: number;
  /** Reasons why statements are not cached, with how often, most first; absent where nobody counts them. */
  readonly reasons?: readonly { readonly reason: string; readonly count: number }[];
}

/** An index, or one that is missing, with the evidence. */
export interface IndexFigures {
  readonly name: string;
  readonly table: string;
  readonly definition: string;
  readonly sizeBytes: number;
  readonly scanCount: number;
  /** `null` when it was never used, or PostgreSQL does not tell. */
  readonly lastUsedAt: number | null;
  readonly verdict:
    | 'used'
    | 'unused'
    | 'duplicate'
    | 'redundant'
    | 'invalid'
    | 'bloated'
    | 'blocks-hot'
    | 'missing'
    | 'unmanaged';
  /** Why, with figures: "0 scans in 14 days; 18 MB; 12 writes a second pay for it". `null` for `used`. */
  readonly evidence: LocalText | null;
}

/** Somebody who waits for somebody else. */
export interface LockWait {
  readonly waitingBackendId: number;
  readonly blockingBackendId: number;
  readonly waitMs: number;
  readonly mode: string;
  /** Table, or the kind of lock. */
  readonly subject: string;
  /** Shapes, without literals. */
  readonly waitingStatement: string;
  readonly blockingStatement: string;
}

/** A table's size and how it grows. */
export interface TableFigures {
  readonly name: string;
  readonly rowCount: number;
  readonly sizeBytes: number;
  readonly indexBytes: number;
  readonly deadRowRatio: number;
  /** Over the time observed; `null` before two readings an hour apart. */
  readonly growthBytesPerDay: number | null;
  readonly lastVacuumAt: number | null;
}
