/** A statement as it was sent, values included. Stays inside the process. */
export interface LiteralSample {
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * Remembers a few executions of each statement with their values, because plans and proofs depend on them. Values may
 * be personal data: they are kept in memory only, never published or written anywhere, expire, and are dropped as soon
 * as a proof is done with them.
 */
export interface StatementSampler {
  /** Offers an execution; most are not kept. */
  sample(fingerprint: string, text: string, values: readonly unknown[]): void;
  /** What is remembered of a statement, at most a handful. */
  samplesOf(fingerprint: string): readonly LiteralSample[];
  /** Forgets what is older than its lifetime. */
  expire(): void;
  /** Forgets the values of one statement, or of all. */
  drop(fingerprint?: string): void;
  readonly byteCount: number;
}

/** What bounds the sampler. */
export interface SamplerOptions {
  /** A source of numbers in [0, 1). */
  readonly random: () => number;
  readonly now: () => number;
  /** @defaultValue 8 MiB */
  readonly maxBytes?: number;
  /** Samples older than this are forgotten. @defaultValue 1 hour */
  readonly lifetimeMs?: number;
}

const SAMPLES_PER_STATEMENT = 5;
const LARGEST_SAMPLE_BYTES = 16 * 1024;
const DEFAULT_BYTES = 8 * 1024 * 1024;
const DEFAULT_LIFETIME_MS = 60 * 60_000;

interface Kept extends LiteralSample {
  readonly byteCount: number;
  readonly keptAt: number;
}

interface Reservoir {
  readonly kept: Kept[];
  offeredCount: number;
}

/** Every execution offered has the same chance to be among the kept ones (Vitter, algorithm R, 1985). */
export function createStatementSampler(options: SamplerOptions): StatementSampler {
  const { random, now, maxBytes = DEFAULT_BYTES, lifetimeMs = DEFAULT_LIFETIME_MS } = options;
  const reservoirs = new Map<string, Reservoir>();
  let byteCount = 0;

  const forget = (fingerprint: string): void => {
    for (const { byteCount: bytes } of reservoirs.get(fingerprint)?.kept ?? []) byteCount -= bytes;
    reservoirs.delete(fingerprint);
  };

  return {
    get byteCount() {
      return byteCount;
    },
    sample(fingerprint, text, values) {
      const bytes = text.length * 2 + values.reduce<number>((sum, value) => sum + estimateBytes(value), 0);
      if (bytes > LARGEST_SAMPLE_BYTES) return;
      const reservoir = reservoirs.get(fingerprint) ?? { kept: [], offeredCount: 0 };
      reservoirs.delete(fingerprint);
      reservoirs.set(fingerprint, reservoir);
      reservoir.offeredCount += 1;
      const place =
        reservoir.kept.length < SAMPLES_PER_STATEMENT
          ? reservoir.kept.length
          : Math.floor(random() * reservoir.offeredCount);
      if (place >= SAMPLES_PER_STATEMENT) return;
      byteCount += bytes - (reservoir.kept[place]?.byteCount ?? 0);
      reservoir.kept[place] = { text, values: [...values], byteCount: bytes, keptAt: now() };
      for (const [oldest] of reservoirs) {
        if (byteCount <= maxBytes) break;
        forget(oldest);
      }
    },
    samplesOf: (fingerprint) =>
      (reservoirs.get(fingerprint)?.kept ?? [])
        .filter(({ keptAt }) => keptAt >= now() - lifetimeMs)
        .map(({ text, values }) => ({ text, values })),
    expire() {
      for (const [fingerprint, reservoir] of reservoirs) {
        const fresh = reservoir.kept.filter(({ keptAt }) => keptAt >= now() - lifetimeMs);
        if (fresh.length === reservoir.kept.length) continue;
        forget(fingerprint);
        if (fresh.length === 0) continue;
        reservoirs.set(fingerprint, { kept: fresh, offeredCount: reservoir.offeredCount });
        byteCount += fresh.reduce((sum, { byteCount: bytes }) => sum + bytes, 0);
      }
    },
    drop(fingerprint) {
      if (fingerprint !== undefined) {
        forget(fingerprint);
        return;
      }
      reservoirs.clear();
      byteCount = 0;
    },
  };
}

const OBJECT_BYTES = 64;

function estimateBytes(value: unknown): number {
  if (typeof value === 'string') return value.length * 2;
  if (value instanceof Uint8Array) return value.byteLength;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + estimateBytes(item), OBJECT_BYTES);
  if (typeof value === 'object' && value !== null && !(value instanceof Date))
    return Object.values(value).reduce<number>((sum, item) => sum + estimateBytes(item), OBJECT_BYTES);
  return 8;
}
