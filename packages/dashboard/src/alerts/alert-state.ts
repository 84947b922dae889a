import type { AlertRule } from '../api/alerts.ts';
import type { Judgement } from './condition.ts';

/** Where one rule stands in one process: a pure state machine, fed with judgements. Times are epoch milliseconds. */
export type AlertState = QuietState | PendingState | FiringState | RecoveringState;

/** Nothing is wrong. Remembers the last episode, because one that follows soon is a relapse. */
export interface QuietState {
  readonly kind: 'ok';
  readonly lastEndedAt?: number;
  readonly relapseCount?: number;
}

/** The condition holds, not yet for long enough. */
export interface PendingState {
  readonly kind: 'pending';
  readonly since: number;
  /** The latest reading that exceeded: seconds without any do not break it off, long silence does. */
  readonly exceededAt: number;
  readonly relapseCount: number;
}

/** The condition holds. */
export interface FiringState {
  readonly kind: 'firing';
  readonly since: number;
  readonly value: number;
  readonly peak: number;
  readonly relapseCount: number;
}

/** The condition has ended, not yet for long enough. */
export interface RecoveringState extends Omit<FiringState, 'kind' | 'since'> {
  readonly kind: 'recovering';
  readonly since: number;
  readonly firingSince: number;
}

/** An episode that begins so soon after the last one continues its trouble. */
const RELAPSE_MS = 15 * 60_000;
const MOST_DOUBLINGS = 5;
/** Readings of sparse events are at most so far apart to belong together, or `forMs` if that is longer. */
const SPARSE_MS = 10_000;

/** How long the opposite of the condition must hold: doubled by each relapse, so that a flapping signal is one alert. */
export function clearMsOf(rule: Pick<AlertRule, 'clearForMs'>, relapseCount: number): number {
  return rule.clearForMs * 2 ** Math.min(relapseCount, MOST_DOUBLINGS);
}

/**
 * Advances a rule's state by one judgement; `undefined` (nothing measured) leaves it as it is,
 * unless it was pending and nothing is measured for long.
 */
export function advanceAlert(
  rule: Pick<AlertRule, 'comparison' | 'forMs' | 'clearForMs'>,
  state: AlertState,
  judgement: Judgement | undefined,
  at: number,
): AlertState {
  if (state.kind === 'pending' && (judgement === undefined || judgement.isAbsent === true))
    return at - state.exceededAt > Math.max(rule.forMs, SPARSE_MS) ? { kind: 'ok' } : state;
  if (judgement === undefined) return state;
  const { exceeds, recovers, value } = judgement;
  switch (state.kind) {
    case 'ok': {
      if (!exceeds) return state;
      const isRelapse = state.lastEndedAt !== undefined && at - state.lastEndedAt < RELAPSE_MS;
      const relapseCount = isRelapse ? (state.relapseCount ?? 0) + 1 : 0;
      if (rule.forMs === 0) return { kind: 'firing', since: at, value, peak: value, relapseCount };
      return { kind: 'pending', since: at, exceededAt: at, relapseCount };
    }
    case 'pending': {
      if (!exceeds) return { kind: 'ok' };
      if (at - state.since < rule.forMs) return { ...state, exceededAt: at };
      return { kind: 'firing', since: at, value, peak: value, relapseCount: state.relapseCount };
    }
    case 'firing': {
      const peak = worse(rule, state.peak, value);
      if (!recovers) return { ...state, value, peak };
      return { ...state, kind: 'recovering', since: at, firingSince: state.since, value, peak };
    }
    case 'recovering': {
      const { firingSince, relapseCount } = state;
      if (!recovers) {
        const peak = worse(rule, state.peak, value);
        const count = relapseCount + (exceeds ? 1 : 0);
        return { kind: 'firing', since: firingSince, value, peak, relapseCount: count };
      }
      if (at - state.since < clearMsOf(rule, relapseCount)) return state;
      return { kind: 'ok', lastEndedAt: at, relapseCount };
    }
  }
}

function worse({ comparison }: Pick<AlertRule, 'comparison'>, one: number, other: number): number {
  return comparison === 'above' ? Math.max(one, other) : Math.min(one, other);
}
