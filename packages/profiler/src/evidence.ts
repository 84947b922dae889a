import type { LeakEvent, LockWaitEvent, PlanEvent } from '@dataguardian/telemetry';
import type { CacheSpace } from './evidence/cache-spaces.ts';
import type { RouteSeries } from './evidence/route-series.ts';
import type { UserShare } from './evidence/user-shares.ts';
import type { HourlyDeviation } from './evidence/baseline.ts';
import type { MemoryState } from './memory/memory-watch.ts';
import type { ResourceState } from './memory/resources.ts';
import type { Ranked } from './ranking.ts';
import type { HotLine } from './sampling/continuous-profile.ts';
import type { Place } from './sampling/source-code.ts';
import type { Stall } from './sampling/stalls.ts';
import type { Span } from './tracing/span.ts';
import type { Trace } from './tracing/trace.ts';
import type { Window } from './windows.ts';

/** A release that was announced to the profiler. */
export interface Release {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Something seen at a moment. */
export interface Dated<Value> {
  readonly at: number;
  readonly value: Value;
}

/** Reads the text around a place, so that a detector can look at the code that it judges. */
export interface SourceReader {
  lineText(file: string, line: number): string;
}

/** What the detectors look at. Plain data, except for the reader of sources. */
export interface Evidence {
  /** Epoch milliseconds of the judgement. */
  readonly at: number;
  /** Epoch milliseconds from which on evidence counts. */
  readonly since: number;
  readonly windows: readonly Window[];
  readonly routes: readonly Ranked[];
  readonly statements: readonly Ranked[];
  /** The latest of each route and job. */
  readonly traces: readonly Trace[];
  /** The slowest kept, of whatever route: seldom things are found here. */
  readonly slowTraces: readonly Trace[];
  readonly stalls: readonly Stall[];
  readonly hotLines: readonly HotLine[];
  readonly memory: MemoryState;
  readonly resources: ResourceState;
  readonly poolWaitsMs: readonly number[];
  readonly cacheSpaces: readonly CacheSpace[];
  readonly users: readonly UserShare[];
  readonly plans: readonly PlanEvent[];
  readonly lockWaits: readonly Dated<LockWaitEvent>[];
  readonly poolLeaks: readonly Dated<LeakEvent>[];
  readonly series: readonly RouteSeries[];
  readonly releases: readonly Release[];
  readonly deviations: readonly HourlyDeviation[];
  readonly source: SourceReader;
  /** The place behind a printed stack. */
  readonly siteOf: (stack: string) => string | undefined;
}

/** With so many waiting for each processor everything is slow, and no line of the program is why. */
export const CROWDED_LOAD = 1.5;

/** Milliseconds that the evidence covers. */
export function elapsedMs({ windows, at, since }: Evidence): number {
  const covered = windows.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return covered > 0 ? covered : Math.max(1, at - since);
}

/** `file:line` taken apart; `undefined` when it is no such thing. */
export function toPlace(location: string): Place | undefined {
  const match = /^(.*):(\d+)$/.exec(location);
  return match === null ? undefined : { file: match[1] ?? '', line: Number(match[2]) };
}

/** Where in the program a span that matches was asked for: of the latest traces, else of the slowest. */
export function siteOfSpan({ traces, slowTraces }: Evidence, matches: (span: Span) => boolean): string | undefined {
  for (const { spans } of [...traces, ...slowTraces]) {
    const site = spans.find((span) => span.site !== undefined && matches(span))?.site;
    if (site !== undefined) return site;
  }
  return undefined;
}
