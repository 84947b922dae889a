import type { Bottleneck, Detector } from '../bottlenecks.ts';
import type { CacheSpace } from '../evidence/cache-spaces.ts';
import { siteOfSpan, type Evidence } from '../evidence.ts';
import type { Span } from '../tracing/span.ts';
import { findSilentStampedes } from './statement-stampede.ts';

/** Below it a ratio says nothing. */
const ENOUGH_READS = 500;
/** A cache that misses every second time costs a write for each hit. */
const LOW_HIT_RATIO = 0.5;

/** Rule: a namespace is read 500 times or more and answers less than half of the reads. */
export const lowHitRatio: Detector = {
  rule: 'low-hit-ratio',
  detect: (evidence) =>
    evidence.cacheSpaces
      .filter(
        ({ hitCount, missCount }) =>
          hitCount + missCount >= ENOUGH_READS && hitCount / (hitCount + missCount) < LOW_HIT_RATIO,
      )
      .map(({ namespace, hitCount, missCount }) => {
        const readCount = hitCount + missCount;
        return {
          rule: 'low-hit-ratio',
          subject: namespace,
          severity: 'medium',
          title: `The cache "${namespace}" answers ${Math.round((hitCount / readCount) * 100)} of 100 reads`,
          evidence: { hitRatio: hitCount / readCount, readCount },
          location: siteOfSpace(evidence, namespace),
          share: missCount / readCount,
          since: evidence.since,
        };
      }),
};

/** Loads of one key within one second that nobody shared; a mended cache has one. */
const STAMPEDE = 10;

/**
 * Rule: one key is loaded ten times or more within one window, and the loads were not shared; or the same without a
 * cache that tells (`statement-stampede.ts`).
 */
export const cacheStampede: Detector = {
  rule: 'cache-stampede',
  detect: (evidence) => [
    ...evidence.cacheSpaces
      .filter(({ burstCount, writeCount }) => burstCount >= STAMPEDE && writeCount > 0)
      .map(({ namespace, burstCount, missCount }): Bottleneck => ({
        rule: 'cache-stampede',
        subject: namespace,
        severity: burstCount >= STAMPEDE * 5 ? 'high' : 'medium',
        title: `${burstCount} callers loaded one key of "${namespace}" within a second, each for itself`,
        evidence: { burstCount, missCount },
        location: siteOfSpace(evidence, namespace),
        share: missCount === 0 ? 0 : Math.min(1, burstCount / missCount),
        since: evidence.since,
      })),
    ...findSilentStampedes(evidence),
  ],
};

/** Serialising and moving a value of this size takes milliseconds, each time. */
const LARGE_BYTES = 512 * 1024;
const FEWEST_WRITES = 5;

/** Rule: values of a namespace are 512 KB on average over five writes, or one is 5 MB. */
export const oversizedValue: Detector = {
  rule: 'oversized-value',
  detect: (evidence) =>
    evidence.cacheSpaces.filter(isOversized).map(({ namespace, meanWriteBytes, maxWriteBytes, writeCount }) => ({
      rule: 'oversized-value',
      subject: namespace,
      severity: maxWriteBytes >= LARGE_BYTES * 20 ? 'high' : 'medium',
      title: `Values of the cache "${namespace}" are ${Math.round(meanWriteBytes / 1024)} KB on average`,
      evidence: { meanBytes: meanWriteBytes, maxBytes: maxWriteBytes, writeCount },
      location: siteOfSpace(evidence, namespace),
      share: 0,
      since: evidence.since,
    })),
};

function isOversized({ writeCount, meanWriteBytes, maxWriteBytes }: CacheSpace): boolean {
  return (writeCount >= FEWEST_WRITES && meanWriteBytes >= LARGE_BYTES) || maxWriteBytes >= LARGE_BYTES * 10;
}

function siteOfSpace(evidence: Evidence, namespace: string): string | undefined {
  const isOfSpace = ({ kind, name }: Span): boolean => (kind === 'cache' || kind === 'load') && name === namespace;
  return siteOfSpan(evidence, (span) => isOfSpace(span) && span.verdict === 'miss') ?? siteOfSpan(evidence, isOfSpace);
}
