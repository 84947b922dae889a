import type { LocalText, ShownRecommendation } from '@dataguardian/advisor';
import type { Bottleneck } from '@dataguardian/profiler';
import type { ComponentStatus } from '@dataguardian/telemetry';
import type { Alert } from './alerts.ts';

/** `GET /overview`: health in one look. */
export interface Overview {
  readonly at: number;
  /** The worst of the components, and no better than `degraded` while a critical alert fires. */
  readonly status: ComponentStatus;
  /** What is wrong, worst first; empty when nothing is. The first one is the status sentence. */
  readonly problems: readonly Problem[];
  readonly signals: readonly Signal[];
  readonly components: readonly Component[];
  /** Open alerts, worst first. */
  readonly alerts: readonly Alert[];
  readonly bottlenecks: readonly Bottleneck[];
  /** The three proven ones that save most. */
  readonly recommendations: readonly ShownRecommendation[];
  readonly instanceCount: number;
  readonly self: SelfCost;
}

/** One thing that is wrong, since when, and what to do. */
export interface Problem {
  readonly kind: 'component' | 'alert' | 'bottleneck';
  readonly severity: 'info' | 'warning' | 'critical';
  readonly what: LocalText;
  /** Epoch milliseconds; `null` when the start is not known. */
  readonly since: number | null;
  readonly remedy: LocalText;
  /** Path below the mount point where the evidence is: `/database`, `/alerts`. */
  readonly page: string;
}

/** A golden signal with its last ten minutes. */
export interface Signal {
  readonly id: 'latency' | 'errors' | 'traffic' | 'scans' | 'cache' | 'pool' | 'sessions' | 'cpu' | 'memory' | 'loop';
  readonly metric: string;
  /** Over the last minute; `null` when nothing was measured. */
  readonly value: number | null;
  /** The same over the nine minutes before, to say "better" or "worse" with. */
  readonly before: number | null;
  readonly status: 'good' | 'warning' | 'critical' | 'unknown';
  /** Where `warning` and `critical` begin; from the alert rules on this metric. */
  readonly limits: { readonly warning: number | null; readonly critical: number | null };
  /** 60 points of ten seconds, oldest first. */
  readonly sparkline: readonly (number | null)[];
}

/** A part of the platform. Also `GET /components`. */
export interface Component {
  readonly name: string;
  readonly status: ComponentStatus;
  /** One sentence from the component itself. */
  readonly detail: string;
  /** Since when it has this status, as far as this process saw. */
  readonly since: number;
  /** What takes its place while it is not `up`; `null` when it is, or nothing does. */
  readonly fallback: LocalText | null;
  /** What to do about it; `null` while it is `up`. */
  readonly remedy: LocalText | null;
}

/** What the dashboard itself costs. Also `GET /self`. */
export interface SelfCost {
  readonly watcherCount: number;
  /** Bytes pushed to watchers since the start, and over the last minute per watcher and second. */
  readonly pushedBytes: number;
  readonly bytesPerWatcherSecond: number;
  /** Milliseconds spent on history, alerts and pushing, per second of the last minute. */
  readonly busyMsPerSecond: number;
  /** Bytes of the in-memory history, estimated. */
  readonly historyBytes: number;
  /** `memory`: nothing is stored; `failed`: the database does not take it, kept in memory until it does. */
  readonly historyState: 'database' | 'memory' | 'failed';
}
