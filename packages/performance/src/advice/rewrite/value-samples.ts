import { toFingerprint, type StatementObserver } from '@dataguardian/database';
import type { Clock } from '@dataguardian/telemetry';

/** A statement as it was sent, with the values of several executions. */
export interface SampledExecutions {
  readonly text: string;
  readonly values: readonly (readonly unknown[])[];
}

/**
 * Values of statements that a proof is wanted for. They may be personal data: kept in memory only, for statements that
 * were asked for, for some minutes, and forgotten as soon as the proof is done with them.
 */
export interface ValueSamples {
  /** Give it to the pool. */
  readonly observer: StatementObserver;
  /** Remembers the next executions of the statement with that fingerprint. */
  watch(fingerprint: string): void;
  samplesOf(fingerprint: string): SampledExecutions | undefined;
  forget(fingerprint: string): void;
}

const MOST_WATCHED = 16;
const MOST_VALUES = 64;
const MOST_TEXTS = 2_000;
const LIFETIME_MS = 5 * 60_000;
const LONGEST_TEXT = 10_000;

interface Watched {
  readonly since: number;
  text: string | undefined;
  readonly values: (readonly unknown[])[];
}

/** Creates an empty sampler; it costs nothing before something is watched. */
export function createValueSamples(clock: Clock): ValueSamples {
  const watched = new Map<string, Watched>();
  const fingerprints = new Map<string, string>();

  const fingerprintOf = (text: string): string => {
    let known = fingerprints.get(text);
    if (known === undefined) {
      known = toFingerprint(text).id;
      if (fingerprints.size >= MOST_TEXTS) fingerprints.clear();
      fingerprints.set(text, known);
    }
    return known;
  };

  const expire = (): void => {
    for (const [fingerprint, { since }] of watched) if (since <= clock.now() - LIFETIME_MS) watched.delete(fingerprint);
    if (watched.size === 0) fingerprints.clear();
  };

  return {
    observer: {
      asked: () => undefined,
      finished({ text, values, failed, verdict }) {
        if (watched.size === 0 || failed || verdict === 'hit' || text.length > LONGEST_TEXT) return;
        const entry = watched.get(fingerprintOf(text));
        if (entry === undefined || entry.values.length >= MOST_VALUES) return;
        entry.text ??= text;
        if (entry.text === text) entry.values.push([...values]);
      },
    },
    watch(fingerprint) {
      expire();
      if (watched.has(fingerprint) || watched.size >= MOST_WATCHED) return;
      watched.set(fingerprint, { since: clock.now(), text: undefined, values: [] });
    },
    samplesOf(fingerprint) {
      expire();
      const entry = watched.get(fingerprint);
      return entry?.text === undefined ? undefined : { text: entry.text, values: entry.values };
    },
    forget(fingerprint) {
      watched.delete(fingerprint);
    },
  };
}
