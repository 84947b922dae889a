import { toFingerprint } from './fingerprint.ts';
import { toStatementKind, type StatementKind } from './statement-kind.ts';

/** How long statements of one shape keep a session busy. */
export interface ServiceTimes {
  readonly sampleCount: number;
  /** Moving mean; 0 before the first sample. */
  readonly meanMs: number;
  /** Whether they took longer than the threshold often enough that others must not stand behind them. */
  readonly slow: boolean;
  record(serviceMs: number): void;
}

/** What is known of one text. */
export interface StatementProfile {
  readonly kind: StatementKind;
  /** Shared by all texts of the same shape. */
  readonly times: ServiceTimes;
  /** How often the text was sent, this time included. */
  seenCount: number;
}

const REMEMBERED_TEXTS = 4_000;
const REMEMBERED_BYTES = 4 * 1024 * 1024;
const REMEMBERED_SHAPES = 2_000;
/** Weight of the newest sample once there are as many: about the last 32 count. */
const WINDOW = 32;
/** More than one in twenty above the threshold is a 95th percentile above it. */
const SLOW_SHARE = 0.05;

/** @param slowMs Above this a statement counts as slow. */
export function createServiceTimes(slowMs: number): ServiceTimes {
  let sampleCount = 0;
  let meanMs = 0;
  let slowShare = 0;
  return {
    get sampleCount() {
      return sampleCount;
    },
    get meanMs() {
      return meanMs;
    },
    get slow() {
      return slowShare > SLOW_SHARE && meanMs > slowMs / 2;
    },
    record(serviceMs) {
      sampleCount += 1;
      const weight = 1 / Math.min(sampleCount, WINDOW);
      meanMs += (serviceMs - meanMs) * weight;
      slowShare += ((serviceMs > slowMs ? 1 : 0) - slowShare) * weight;
    },
  };
}

/** Remembers texts by count and by bytes, and the times of their shapes. */
export function createStatementProfiles(slowMs: number): (text: string) => StatementProfile {
  const profiles = new Map<string, StatementProfile>();
  const timesByShape = new Map<string, ServiceTimes>();
  let rememberedBytes = 0;

  const findTimes = (text: string): ServiceTimes => {
    const { id } = toFingerprint(text);
    const known = timesByShape.get(id);
    if (known !== undefined) return known;
    const times = createServiceTimes(slowMs);
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
    const profile: StatementProfile = { kind: toStatementKind(text), times: findTimes(text), seenCount: 1 };
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
