import type { LocalText } from '@dataguardian/advisor';
import type { CacheView } from './api/cache.ts';
import type { DatabaseView, StatementDetail } from './api/database.ts';
import type { FlameGraph, ProfilerView } from './api/profiler.ts';
import type { TraceSpan } from './api/requests.ts';
import type { TimeRange } from './api/section.ts';
import type { ScansView } from './api/scans.ts';
import type { DeviceSession, SessionsView } from './api/sessions.ts';

/**
 * Figures that the dashboard cannot know by itself: the host connects what it has. Each source is optional and is only
 * asked when somebody looks; without it the page says what would fill it. A source may throw: the page then says so.
 */
export interface DashboardSources {
  readonly database?: () => DatabaseView | Promise<DatabaseView>;
  /** `undefined` for a statement that is not known (any more). */
  readonly statement?: (fingerprint: string) => Promise<StatementDetail | undefined>;
  readonly cache?: () => CacheView | Promise<CacheView>;
  readonly sessions?: SessionsSource;
  readonly scans?: () => ScansView | Promise<ScansView>;
  /** @defaultValue what the profilers of all processes sampled */
  readonly flame?: FlameSource;
  /** Spans of one request; `undefined` when they were not kept. @defaultValue the profiler's traces */
  readonly trace?: (requestId: string) => readonly TraceSpan[] | undefined;
  /** Words for a component that is not up, by its name in `health`. */
  readonly fallbacks?: Readonly<Record<string, FallbackWords>>;
}

/** Sessions: to see and to end. */
export interface SessionsSource {
  view(): Promise<SessionsView>;
  /** A user's sessions, most recently used first. @param by Who asks. */
  devices(userId: string, by: string): Promise<readonly DeviceSession[]>;
  /** What people call these users; those that are not known are left out. @defaultValue their ids */
  names?(userIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Ends one session; says whether it existed. The host writes its audit. */
  revoke(handle: string, by: string): Promise<boolean>;
  /** Ends all of a user's sessions; how many there were. */
  revokeUser(userId: string, by: string): Promise<number>;
}

/** Sampled stacks. */
export interface FlameSource {
  /** What {@link FlameSource.graph} can be filtered by in a range. @param range Absent: now */
  facets(range?: TimeRange): FlameFacets | Promise<FlameFacets>;
  graph(question: FlameQuestion): FlameGraph | Promise<FlameGraph>;
}

/** What flame graphs can be filtered by: routes, keyed hashes of users, scans, and names of processes or threads. */
export type FlameFacets = Pick<ProfilerView['flame'], 'routes' | 'users' | 'scans' | 'threads'>;

/** Which samples. Absent filters match everything. */
export interface FlameQuestion {
  readonly from: number;
  readonly to: number;
  readonly route?: string;
  readonly user?: string;
  readonly scan?: string;
  readonly thread?: string;
}

/** What happens while a component is away, and what to do. */
export interface FallbackWords {
  readonly behaviour: LocalText;
  readonly remedy: LocalText;
}
