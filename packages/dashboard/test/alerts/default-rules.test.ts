import { createSeededRandom } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';
import { advanceAlert, type AlertState } from '../../src/alerts/alert-state.ts';
import { createCondition } from '../../src/alerts/condition.ts';
import { DEFAULT_ALERT_RULES } from '../../src/alerts/default-rules.ts';
import { metricIndex, readAll, type Health } from '../../src/history/catalogue.ts';
import { windowAt, type QuietWindow } from '../windows.ts';

const UP: Health = { database: { status: 'up', detail: '' } };

/** Runs every shipped rule over a span and names those that fired. */
function firedOver(seconds: number, at: (second: number) => { window: QuietWindow; health?: Health }): string[] {
  const watches = DEFAULT_ALERT_RULES.map((rule) => ({ rule, condition: createCondition(rule) }));
  const states = new Map<string, AlertState>();
  const fired = new Set<string>();
  for (let second = 1; second <= seconds; second += 1) {
    const { window, health = UP } = at(second);
    const values = readAll(windowAt(second * 1_000, window), health);
    for (const { rule, condition } of watches) {
      const before = states.get(rule.id) ?? { kind: 'ok' };
      const judgement = condition.judge(values[metricIndex(rule.metric)] ?? Number.NaN, second * 1_000);
      const after = advanceAlert(rule, before, judgement, second * 1_000);
      states.set(rule.id, after);
      if (after.kind === 'firing') fired.add(rule.id);
    }
  }
  return [...fired].toSorted();
}

const random = createSeededRandom(11);

/** A server under load that is well: now and then a slow second, a long pause, an error, a full pool. */
const healthy = (second: number): QuietWindow => {
  const load = 1 + Math.sin(second / 300) * 0.5;
  const isOdd = random.next() < 0.02;
  const p95Ms = (isOdd ? 800 : 60) * load * (0.7 + random.next() * 0.6);
  const hits = 800 + random.integer(0, 150);
  return {
    requests: { count: Math.round(200 * load), errorCount: isOdd ? 1 : 0, p50Ms: p95Ms / 5, p95Ms, p99Ms: p95Ms * 2 },
    queries: {
      count: Math.round(600 * load),
      failedCount: isOdd ? 2 : 0,
      p95Ms: p95Ms / 10,
      waitP95Ms: isOdd ? 150 : 0.5,
      pool: { total: 20, idle: isOdd ? 0 : 12, waiting: isOdd ? 40 : 0, max: 50 },
    },
    cache: { outcomes: { 'hit-memory': hits, 'hit-redis': 20, stale: 1, miss: 1_000 - hits, bypass: 0 } },
    runtime: {
      cpuRatio: 0.6,
      loopBusyRatio: 0.5 + random.next() * 0.3,
      loopUtilisationRatio: 1,
      loopDelayMaxMs: isOdd ? 400 : 12,
      heapUsedBytes: 150e6 + (second % 40) * 2e6,
      rssBytes: 300e6,
    },
  };
};

describe('the shipped rules', { timeout: 60_000 }, () => {
  it('are silent over two hours of a healthy server under load', () => {
    expect(firedOver(7_200, (second) => ({ window: healthy(second) }))).toEqual([]);
  });

  it('are silent over a night without a request', () => {
    expect(firedOver(7_200, () => ({ window: {} }))).toEqual([]);
  });

  it('speak up when the server is in trouble', () => {
    const trouble = (second: number): QuietWindow => {
      const well = healthy(second);
      if (second < 4_000) return well;
      return {
        ...well,
        requests: { ...well.requests, errorCount: 20, p95Ms: 3_000 },
        queries: { ...well.queries, waitP95Ms: 900, pool: { total: 50, idle: 0, waiting: 120, max: 50 } },
        cache: { outcomes: { 'hit-memory': 100, 'hit-redis': 0, stale: 0, miss: 900, bypass: 0 } },
        runtime: { ...well.runtime, loopDelayMaxMs: 600 },
      };
    };
    const down: Health = { database: { status: 'down', detail: '' } };
    const fired = firedOver(5_000, (second) => ({ window: trouble(second), health: second < 4_500 ? UP : down }));
    expect(fired).toEqual([
      'cold-cache',
      'component-down',
      'errors',
      'loop-delay',
      'pool-exhausted',
      'pool-waiting',
      'slow-requests',
      'slower-than-usual',
    ]);
  });
});
