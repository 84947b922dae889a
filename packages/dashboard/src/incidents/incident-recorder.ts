import type { Profiler, SlowRequest } from '@dataguardian/profiler';
import type { Clock } from '@dataguardian/telemetry';
import { readTrace } from '../views/trace-spans.ts';
import type { Incident, IncidentStore } from './incident-store.ts';

/** What the recorder works with. */
export interface IncidentRecorderParts {
  readonly profiler: Pick<Profiler, 'slowRequests' | 'stalls' | 'trace'>;
  readonly clock: Clock;
  readonly instance: string;
  readonly store: IncidentStore;
}

/** Hands the worst requests and stalls of each minute over to the store, for the pages of all processes. */
export interface IncidentRecorder {
  /** Rejects when the store does; what was not written stays due. */
  flush(): Promise<void>;
  /** Writes what there is of the minute under way. */
  finish(): Promise<void>;
}

const MINUTE_MS = 60_000;
const WORST_OF_MINUTE = 5;
const MOST_DUE = 200;
/** A trace may have 500; the first ones tell what it was. */
const MOST_SPANS = 200;
const FAILED_WEIGHT = 10;

export function createIncidentRecorder({ profiler, clock, instance, store }: IncidentRecorderParts): IncidentRecorder {
  let takenUntil = clock.now();
  let due: readonly Incident[] = [];

  const weigh = ({ durationMs, statusCode }: SlowRequest): number =>
    statusCode >= 500 ? durationMs * FAILED_WEIGHT : durationMs;

  const take = (): void => {
    const [from, to] = [takenUntil, clock.now()];
    takenUntil = to;
    const requests = profiler
      .slowRequests()
      .filter(({ at }) => at >= from && at < to)
      .toSorted((one, other) => weigh(other) - weigh(one))
      .slice(0, WORST_OF_MINUTE)
      .map((request): Incident => {
        const spans = (readTrace(profiler, request.requestId) ?? []).slice(0, MOST_SPANS);
        return {
          kind: 'request',
          id: request.requestId,
          instance,
          at: request.at,
          weight: weigh(request),
          body: { request, spans },
        };
      });
    const stalls = profiler
      .stalls(to - from)
      .filter(({ at }) => at >= from && at < to)
      .toSorted((one, other) => other.durationMs - one.durationMs)
      .slice(0, WORST_OF_MINUTE)
      .map((stall): Incident => ({
        kind: 'stall',
        id: `${instance} ${stall.at}`,
        instance,
        at: stall.at,
        weight: stall.durationMs,
        body: stall,
      }));
    due = [...due, ...requests, ...stalls].slice(-MOST_DUE);
  };

  const write = async (): Promise<void> => {
    if (due.length === 0) return;
    const incidents = due;
    due = [];
    try {
      await store.write(incidents);
    } catch (error) {
      due = [...incidents, ...due].slice(-MOST_DUE);
      throw error;
    }
  };

  return {
    async flush() {
      if (clock.now() - takenUntil >= MINUTE_MS) take();
      await write();
    },
    async finish() {
      take();
      await write();
    },
  };
}
