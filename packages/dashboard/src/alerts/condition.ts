import type { AlertRule } from '../api/alerts.ts';

/** What one reading says about a rule. */
export interface Judgement {
  /** The figure that was compared: the metric itself, its change per minute, or its ratio to the baseline. */
  readonly value: number;
  /** Beyond the threshold. */
  readonly exceeds: boolean;
  /** Back beyond the recovery value. Neither is true in between. */
  readonly recovers: boolean;
  /** Nothing was measured, which the rule takes as all being well. */
  readonly isAbsent?: boolean;
}

/** Judges the readings of one metric, one after the other. */
export interface Condition {
  /** @param value `NaN` when nothing was measured. @returns `undefined` when nothing can be said. */
  judge(value: number, at: number): Judgement | undefined;
}

interface Reading {
  readonly at: number;
  readonly value: number;
}

const MINUTE_MS = 60_000;
/** Share of the look-back that must have been seen before a comparison with it means anything. */
const ENOUGH = 0.5;
/** Readings kept of a look-back: older ones are thinned to this many. */
const KEPT_READINGS = 360;

/** The condition of `rule`, with no past. */
export function createCondition(rule: AlertRule): Condition {
  switch (rule.kind) {
    case 'threshold':
      return { judge: (value) => compare(rule, value) };
    case 'absence':
      return {
        judge: (value) => ({
          value: Number.isNaN(value) ? 0 : value,
          exceeds: Number.isNaN(value),
          recovers: !Number.isNaN(value),
        }),
      };
    case 'rate':
      return createRate(rule);
    case 'baseline':
      return createBaseline(rule);
  }
}

function createRate(rule: AlertRule): Condition {
  const past = createPast(rule.overMs);
  return {
    judge(value, at) {
      const oldest = past.oldest(at - rule.overMs);
      if (!Number.isNaN(value)) past.add({ at, value });
      if (oldest === undefined || Number.isNaN(value) || at - oldest.at < rule.overMs * ENOUGH)
        return compare(rule, Number.NaN);
      return compare(rule, ((value - oldest.value) * MINUTE_MS) / (at - oldest.at));
    },
  };
}

function createBaseline(rule: AlertRule): Condition {
  const past = createPast(rule.overMs + MINUTE_MS);
  return {
    judge(value, at) {
      if (!Number.isNaN(value)) past.add({ at, value });
      const { before, now, oldestAt } = past.split(at - rule.overMs - MINUTE_MS, at - MINUTE_MS);
      if (Number.isNaN(before) || Number.isNaN(now) || at - oldestAt < rule.overMs * ENOUGH)
        return compare(rule, Number.NaN);
      return compare(rule, before === 0 ? Number.NaN : now / before);
    },
  };
}

const ABSENT: Judgement = { value: 0, exceeds: false, recovers: true, isAbsent: true };

function compare({ comparison, threshold, recovery, noData }: AlertRule, value: number): Judgement | undefined {
  if (Number.isNaN(value)) return noData === 'ok' ? ABSENT : undefined;
  return comparison === 'above'
    ? { value, exceeds: value > threshold, recovers: value <= recovery }
    : { value, exceeds: value < threshold, recovers: value >= recovery };
}

interface Past {
  add(reading: Reading): void;
  /** The oldest reading since that time. */
  oldest(since: number): Reading | undefined;
  /** Means of the readings from `from` to `middle`, and of those after it; `NaN` for none. */
  split(from: number, middle: number): { readonly before: number; readonly now: number; readonly oldestAt: number };
}

/** Readings of a look-back, at most {@link KEPT_READINGS} and the last minute. */
function createPast(overMs: number): Past {
  const spacingMs = overMs / KEPT_READINGS;
  let readings: Reading[] = [];
  return {
    add(reading) {
      readings.push(reading);
      if (readings.length < KEPT_READINGS * 2) return;
      let lastKeptAt = Number.NEGATIVE_INFINITY;
      readings = readings.filter(({ at }) => {
        if (at < reading.at - overMs) return false;
        if (at <= reading.at - MINUTE_MS && at - lastKeptAt < spacingMs) return false;
        lastKeptAt = at;
        return true;
      });
    },
    oldest: (since) => readings.find(({ at }) => at >= since),
    split(from, middle) {
      let [beforeSum, beforeCount, nowSum, nowCount, oldestAt] = [0, 0, 0, 0, Number.POSITIVE_INFINITY];
      for (const { at, value } of readings) {
        if (at < from) continue;
        if (at > middle) {
          nowSum += value;
          nowCount += 1;
        } else {
          beforeSum += value;
          beforeCount += 1;
          oldestAt = Math.min(oldestAt, at);
        }
      }
      return { before: beforeSum / beforeCount, now: nowSum / nowCount, oldestAt };
    },
  };
}
