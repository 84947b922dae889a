import { admissions, requestCosts, type Clock } from '@dataguardian/telemetry';

/** One request at the door, as it went. */
export interface TracedArrival {
  /** When it arrived, epoch milliseconds. */
  readonly at: number;
  /** A number instead of a name: the same for the same user in one trace. */
  readonly user: number;
  readonly organisation: number | undefined;
  readonly kind: 'interactive' | 'background';
  readonly waitMs: number;
  /** From its start to its close; 0 when it was refused. */
  readonly heldMs: number;
  /** Time on the event loop. */
  readonly busyMs: number;
  readonly isRefused: boolean;
}

/** How long users waited in a stretch of time. Means over all arrivals, `NaN` without any. */
export interface AdmissionTimes {
  /** From arrival to answer; a refusal counts as {@link REFUSAL_MS}. */
  readonly responseMs: number;
  /** At the door alone; a refusal counts as {@link REFUSAL_MS}. */
  readonly waitMs: number;
}

/** The latest arrivals, in memory only. */
export interface AdmissionTrace {
  /** Arrivals at or after `since`, in order of arrival. */
  since(since: number): readonly TracedArrival[];
  times(from: number, to: number): AdmissionTimes;
  close(): void;
}

/** A refused request may come again after a second: that is what it costs its user, at least. */
export const REFUSAL_MS = 1_000;
/** Five minutes of sixty requests a second; some 2 MB when full. */
const CAPACITY = 20_000;

/** Begins to record. */
export function createAdmissionTrace(clock: Clock): AdmissionTrace {
  const ring: TracedArrival[] = [];
  let next = 0;
  const numbers = new Map<string, number>();

  const numberOf = (name: string): number => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    // Numbers only have to tell people apart for as long as the ring remembers them.
    if (numbers.size >= CAPACITY) numbers.clear();
    const number = next++;
    numbers.set(name, number);
    return number;
  };

  const keep = (arrival: TracedArrival): void => {
    ring.push(arrival);
    if (ring.length > CAPACITY + CAPACITY / 4) ring.splice(0, ring.length - CAPACITY);
  };

  const stop = [
    admissions.subscribe(({ decision, kind, account: user, reason }) => {
      // A used-up budget is no matter of these limits.
      if (decision !== 'shed' || reason === 'budget-used-up') return;
      const at = clock.now();
      keep({ at, user, organisation: undefined, kind, waitMs: 0, heldMs: 0, busyMs: 0, isRefused: true });
    }),
    requestCosts.subscribe(({ account: user, organisationId, kind, waitMs, heldMs, busyMs }) => {
      const organisation = organisationId === undefined ? undefined : numberOf(organisationId);
      const at = clock.now() - heldMs - waitMs;
      keep({ at, user, organisation, kind, waitMs, heldMs, busyMs, isRefused: false });
    }),
  ];

  const between = (from: number, to: number): TracedArrival[] => ring.filter(({ at }) => at >= from && at < to);

  return {
    since: (since) => between(since, Infinity).toSorted((a, b) => a.at - b.at),
    times(from, to) {
      const arrivals = between(from, to);
      const mean = (pick: (arrival: TracedArrival) => number): number =>
        arrivals.reduce((sum, arrival) => sum + (arrival.isRefused ? REFUSAL_MS : pick(arrival)), 0) / arrivals.length;
      return { responseMs: mean(({ waitMs, heldMs }) => waitMs + heldMs), waitMs: mean(({ waitMs }) => waitMs) };
    },
    close() {
      for (const end of stop) end();
      ring.length = 0;
    },
  };
}
