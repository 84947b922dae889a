import type { Clock } from '@dataguardian/telemetry';
import { toFingerprint } from './fingerprint.ts';
import { toStatementKind, type StatementKind } from './statement-kind.ts';

/** How long statements of one shape keep a session busy. */
export interface ServiceTimes {
  /** Moving mean on shared sessions; before that, on sessions of their own. */
  readonly meanMs: number;
  /** Whether they may stand before others on a shared session. */
  isFitToShare(): boolean;
  /** It ran on a session of its own: the time holds whatever kept the machine and this process busy meanwhile. */
  recordAlone(serviceMs: number): void;
  /** It ran on a shared session: from the moment when the one before it was answered. */
  recordShared(serviceMs: number): void;
}

/** What is known of one text. */
export interface StatementProfile {
  readonly kind: StatementKind;
  /** Whether something like `$1` stands in it, in a literal or a body perhaps. */
  readonly mentionsParameters: boolean;
  /** Shared by all texts of the same shape. */
  readonly times: ServiceTimes;
  /** How often the text was sent, this time included. */
  seenCount: number;
}

const REMEMBERED_TEXTS = 4_000;
const REMEMBERED_BYTES = 4 * 1024 * 1024;
const REMEMBERED_SHAPES = 2_000;
/** So many times must a shape have run alone before it may share. */
const LEAST_ALONE = 2;
/** Of the latest runs alone the fastest counts: on a busy machine the others measure the machine. */
const ALONE_WINDOW = 8;
/** Weight of the newest sample on shared sessions once there are as many. */
const SHARED_WINDOW = 32;
/** More than one in twenty above the threshold is a 95th percentile above it. */
const SLOW_SHARE = 0.05;
/** Slow most of the time: the statement itself, whatever the machine does. */
const MOSTLY_SLOW_SHARE = 0.5;
/** Slow now and then: the statement only if all others together are so much faster, else the machine. */
const WORSE_THAN_OTHERS = 3;
const OTHERS_WINDOW = 256;
/** One slow answer is no pattern. */
const LEAST_SHARED = 4;
const FIRST_EXCLUSION_MS = 5_000;
const LONGEST_EXCLUSION_MS = 320_000;

/** Moving mean of all statements on shared sessions. */
export interface SharedMean {
  meanMs: number;
  sampleCount: number;
}

/** @param slowMs Above this a statement is too slow to stand before others. */
export function createServiceTimes(slowMs: number, clock: Clock, others: SharedMean): ServiceTimes {
  const alone: number[] = [];
  let aloneCount = 0;
  let sharedCount = 0;
  let meanMs = 0;
  let slowShare = 0;
  let exclusionMs = FIRST_EXCLUSION_MS;
  let excludedUntil = 0;
  return {
    get meanMs() {
      return sharedCount > 0 ? meanMs : aloneCount > 0 ? Math.min(...alone) : 0;
    },
    isFitToShare: () =>
      aloneCount >= LEAST_ALONE &&
      (sharedCount > 0 || Math.min(...alone) <= slowMs) &&
      (excludedUntil === 0 || clock.monotonic() >= excludedUntil),
    recordAlone(serviceMs) {
      alone[aloneCount % ALONE_WINDOW] = serviceMs;
      aloneCount += 1;
    },
    recordShared(serviceMs) {
      // What was under way as it was excluded tells nothing new.
      if (clock.monotonic() < excludedUntil) return;
      sharedCount += 1;
      const weight = 1 / Math.min(sharedCount, SHARED_WINDOW);
      meanMs += (serviceMs - meanMs) * weight;
      slowShare += ((serviceMs > slowMs ? 1 : 0) - slowShare) * weight;
      others.sampleCount += 1;
      others.meanMs += (serviceMs - others.meanMs) / Math.min(others.sampleCount, OTHERS_WINDOW);
      if (slowShare <= SLOW_SHARE || meanMs <= slowMs / 2 || sharedCount < LEAST_SHARED) return;
      if (slowShare < MOSTLY_SLOW_SHARE && meanMs < others.meanMs * WORSE_THAN_OTHERS) return;
      // It may try again later, and later still if it was too slow again.
      excludedUntil = clock.monotonic() + exclusionMs;
      exclusionMs = Math.min(LONGEST_EXCLUSION_MS, exclusionMs * 2);
      sharedCount = 0;
      meanMs = 0;
      slowShare = 0;
    },
  };
}

/** Remembers texts by count and by bytes, and the times of their shapes. */
export function createStatementProfiles(slowMs: number, clock: Clock): (text: string) => StatementProfile {
  const profiles = new Map<string, StatementProfile>();
  const timesByShape = new Map<string, ServiceTimes>();
  const others: SharedMean = { meanMs: 0, sampleCount: 0 };
  let rememberedBytes = 0;

  const findTimes = (text: string): ServiceTimes => {
    const { id } = toFingerprint(text);
    const known = timesByShape.get(id);
    if (known !== undefined) return known;
    const times = createServiceTimes(slowMs, clock, others);
    if (timesByShape.size >= REMEMBERED_SHAPES) timesByShape.delete(timesByShape.keys().next().value ?? '');
    timesByShape.set(id, times);
    return times;
  };

  return (text) => {
    const known = profiles.get(text);
    if (known !== undefined) {
      known.seenCount += 1;
      return known;
    }
    const profile: StatementProfile = {
      kind: toStatementKind(text),
      mentionsParameters: /\$\d/.test(text),
      times: findTimes(text),
      seenCount: 1,
    };
    profiles.set(text, profile);
    rememberedBytes += text.length;
    for (const [oldest] of profiles) {
      if (profiles.size <= REMEMBERED_TEXTS && rememberedBytes <= REMEMBERED_BYTES) break;
      profiles.delete(oldest);
      rememberedBytes -= oldest.length;
    }
    return profile;
  };
}
