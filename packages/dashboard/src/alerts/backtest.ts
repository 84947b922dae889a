import type { AlertRule, BacktestAnswer } from '../api/alerts.ts';
import { advanceAlert, type AlertState } from './alert-state.ts';
import { createCondition } from './condition.ts';

/** Stored values to try a rule on; a value every `stepMs`, `NaN` where nothing was measured. */
export interface BacktestInput {
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  readonly values: readonly number[];
}

const MOST_EPISODES = 200;

/** Runs the rule over stored history with the very state machine that runs live; pure. */
export function backtest(rule: AlertRule, { from, to, stepMs, values }: BacktestInput): BacktestAnswer {
  const condition = createCondition(rule);
  const episodes: { firedAt: number; endedAt: number | null; peak: number }[] = [];
  let state: AlertState = { kind: 'ok' };
  let firingMs = 0;
  let measuredCount = 0;
  for (const [index, value] of values.entries()) {
    // A value is known when its bucket has ended.
    const at = from + (index + 1) * stepMs;
    if (!Number.isNaN(value)) measuredCount += 1;
    const before = state;
    state = advanceAlert(rule, before, condition.judge(value, at), at);
    const wasOpen = before.kind === 'firing' || before.kind === 'recovering';
    const isOpen = state.kind === 'firing' || state.kind === 'recovering';
    if (!wasOpen && state.kind === 'firing') episodes.push({ firedAt: at, endedAt: null, peak: state.peak });
    const episode = episodes.at(-1);
    if (episode === undefined) continue;
    if (isOpen && 'peak' in state) episode.peak = state.peak;
    if (state.kind === 'firing') firingMs += stepMs;
    if (before.kind === 'recovering' && !isOpen) episode.endedAt = before.since;
  }
  return {
    from,
    to,
    stepMs,
    coverageRatio: values.length === 0 ? 0 : measuredCount / values.length,
    firedCount: episodes.length,
    firingMs,
    episodes: episodes.slice(-MOST_EPISODES),
  };
}
