import { admissions, createHistogram, sessionEvents } from '@dataguardian/telemetry';
import type { Collector } from '../collector.ts';

/** What happened to sessions and at the admission gate in the window. */
export interface SessionPart {
  readonly startedCount: number;
  readonly endedCount: number;
  readonly refusedCount: number;
  readonly admittedCount: number;
  readonly shedCount: number;
  readonly waitP95Ms: number;
}

const ENDINGS = new Set(['revoked', 'expired', 'evicted']);

/** Counts session starts and ends, admissions and refusals. */
export function createSessionCollector(): Collector<SessionPart> {
  const waits = createHistogram();
  let counts = { startedCount: 0, endedCount: 0, refusedCount: 0, admittedCount: 0, shedCount: 0 };
  let unsubscribe: (() => void)[] = [];
  return {
    start() {
      if (unsubscribe.length > 0) return;
      unsubscribe = [
        sessionEvents.subscribe(({ kind }) => {
          if (kind === 'started') counts.startedCount += 1;
          else if (kind === 'refused') counts.refusedCount += 1;
          else if (ENDINGS.has(kind)) counts.endedCount += 1;
        }),
        admissions.subscribe((event) => {
          waits.record(event.waitMs);
          if (event.decision === 'shed') counts.shedCount += 1;
          else if (event.decision === 'admitted') counts.admittedCount += 1;
        }),
      ];
    },
    collect() {
      const part = { ...counts, waitP95Ms: waits.quantile(0.95) };
      waits.reset();
      counts = { startedCount: 0, endedCount: 0, refusedCount: 0, admittedCount: 0, shedCount: 0 };
      return part;
    },
    stop() {
      for (const end of unsubscribe) end();
      unsubscribe = [];
    },
  };
}
