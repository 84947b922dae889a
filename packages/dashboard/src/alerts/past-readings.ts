import type { AlertRule } from '../api/alerts.ts';
import { findCatalogued } from '../history/catalogue.ts';
import type { History } from '../history/history.ts';
import { LEVELS } from '../history/history-store.ts';
import type { PastReading } from './alert-book.ts';

const STEP_MS = LEVELS[1]?.stepMs ?? 10_000;
const MINUTE_MS = 60_000;

/**
 * What the history knows of a rule's metric, at ten seconds, as far as the rule looks back. Nothing for sums and maxima:
 * over ten seconds they are greater than over the second that is compared with them.
 */
export async function readPast(rule: AlertRule, history: History, now: number): Promise<readonly PastReading[]> {
  const metric = findCatalogued(rule.metric);
  const isComparable = metric?.sketch !== undefined || metric?.merge === 'mean' || metric?.merge === 'last';
  if (metric === undefined || !isComparable) return [];
  const from = Math.floor((now - rule.overMs - MINUTE_MS) / STEP_MS) * STEP_MS;
  const values = await history.values(metric, { from, to: now, stepMs: STEP_MS, resolutionMs: STEP_MS });
  return values.flatMap((value, index) => (Number.isNaN(value) ? [] : [{ at: from + (index + 1) * STEP_MS, value }]));
}
