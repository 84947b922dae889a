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
      const oldest = past.since(at - rule.overMs)[0];
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
      const readings = past.since(at - rule.overMs - MINUTE_MS);
      const now = readings.filter((reading) => reading.at > at - MINUTE_MS);
      const before = readings.filter((reading) => reading.at <= at - MINUTE_MS);
      const [oldest] = before;
      if (oldest === undefined || now.length === 0 || at - oldest.at < rule.overMs * ENOUGH)
        return compare(rule, Number.NaN);
      const base = mean(before);
      return compare(rule, base === 0 ? Number.NaN : mean(now) / base);
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

/** Readings of a look-back, at most {@link KEPT_READINGS} and the last minute. */
function createPast(overMs: number): { add(reading: Reading): void; since(at: number): readonly Reading[] } {
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
    since: (at) => readings.filter((reading) => reading.at >= at),
  };
}

function mean(readings: readonly Reading[]): number {
  return readings.reduce((sum, { value }) => sum + value, 0) / readings.length;
}
