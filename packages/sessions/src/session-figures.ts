import type { Clock, SessionFiguresEvent } from '@dataguardian/telemetry';
import type { SessionCounters, SessionCounts } from './session-counters.ts';
import type { LiveCount } from './session-table.ts';

/** Figures of the session layer. */
export interface SessionStatistics {
  readonly inMemory: number;
  /** Live sessions and their users, over all processes; counted at most every ten seconds. */
  readonly live: number;
  readonly users: number;
  /** Most live sessions that a reading has shown since the start of the process. */
  readonly peak: number;
  /** Mean age of the live sessions. */
  readonly meanAgeMs: number;
  /** Mean time from sign-in to end of the sessions that this process ended; 0 when there were none. */
  readonly meanDurationMs: number;
  readonly counts: SessionCounts;
  /** The same per minute, over the last minute; over the time since the start when that is shorter. */
  readonly perMinute: Pick<SessionCounts, 'started' | 'expired' | 'revoked' | 'evicted' | 'renewed'>;
  /** Mean size of what sessions hold in memory, from a sample: user, roles, data and device, without fixed fields. */
  readonly bytesPerSession: number;
}

/** Gathers what {@link SessionStatistics} shows. */
export interface SessionFigures {
  readonly counters: SessionCounters;
  /** A session ended that had begun at `createdAt` (epoch milliseconds). */
  ended(createdAt: number): void;
  /** Counts the live sessions, unless that was done a moment ago. */
  read(): Promise<Omit<SessionStatistics, 'inMemory' | 'bytesPerSession'>>;
  close(): void;
}

/** What it is made of. */
export interface SessionFiguresOptions {
  readonly clock: Clock;
  readonly counters: SessionCounters;
  readonly countLive: (now: number) => Promise<LiveCount>;
}

const STEP_MS = 10_000;
const STEPS = 6;
const COUNT_MS = 10_000;

/** Creates them; counts per minute come from snapshots every ten seconds. */
export function createSessionFigures({ clock, counters, countLive }: SessionFiguresOptions): SessionFigures {
  const snapshots: { readonly at: number; readonly counts: SessionCounts }[] = [
    { at: clock.monotonic(), counts: { ...counters } },
  ];
  let ended = 0;
  let endedMs = 0;
  let peak = 0;
  let counted: { readonly at: number; readonly live: Promise<LiveCount> } | undefined;
  const timer = clock.repeat(STEP_MS, () => {
    snapshots.push({ at: clock.monotonic(), counts: { ...counters } });
    if (snapshots.length > STEPS) snapshots.shift();
  });

  const countNow = (): Promise<LiveCount> => {
    if (counted === undefined || clock.monotonic() - counted.at >= COUNT_MS) {
      const reading = { at: clock.monotonic(), live: countLive(clock.now()) };
      counted = reading;
      // A failure is not kept: the next reader asks again.
      reading.live.catch(() => {
        if (counted === reading) counted = undefined;
      });
    }
    return counted.live;
  };

  const perMinute = (): SessionStatistics['perMinute'] => {
    const [since] = snapshots;
    const minutes = since === undefined ? 0 : (clock.monotonic() - since.at) / 60_000;
    const rateOf = (name: keyof SessionStatistics['perMinute']): number =>
      since === undefined || minutes <= 0 ? 0 : (counters[name] - since.counts[name]) / minutes;
    return {
      started: rateOf('started'),
      expired: rateOf('expired'),
      revoked: rateOf('revoked'),
      evicted: rateOf('evicted'),
      renewed: rateOf('renewed'),
    };
  };

  return {
    counters,
    ended(createdAt) {
      ended += 1;
      endedMs += Math.max(0, clock.now() - createdAt);
    },
    async read() {
      const { sessions, users, meanAgeMs } = await countNow();
      peak = Math.max(peak, sessions);
      return {
        live: sessions,
        users,
        peak,
        meanAgeMs,
        meanDurationMs: ended === 0 ? 0 : endedMs / ended,
        counts: { ...counters },
        perMinute: perMinute(),
      };
    },
    close: () => timer.cancel(),
  };
}

/** The same for telemetry. */
export function toFiguresEvent(statistics: SessionStatistics): SessionFiguresEvent {
  const { live, users, peak, inMemory, bytesPerSession, meanDurationMs, perMinute } = statistics;
  return {
    live,
    users,
    peak,
    inMemory,
    bytesPerSession,
    meanDurationMs,
    startedPerMinute: perMinute.started,
    expiredPerMinute: perMinute.expired,
    revokedPerMinute: perMinute.revoked,
  };
}
