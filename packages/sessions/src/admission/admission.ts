import { AsyncResource } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';
import { admissions, requestCosts, systemClock, type AdmissionEvent, type Clock } from '@dataguardian/telemetry';
import { createAdaptiveLimit, type AdaptiveLimit } from './adaptive-limit.ts';
import type { AdmissionClass, AdmissionStatistics } from './admission-statistics.ts';
import { createFairQueue, type FairQueueLimits } from './fair-queue.ts';
import { createLatestUsers } from './latest-users.ts';
import { createLoopShare } from './loop-share.ts';
import { createShedding } from './shedding.ts';
import { createTurnGate } from './turn-gate.ts';
import { createUsageLedger, type ResourceBudgets } from './usage-ledger.ts';

/** Limits of admission. `concurrency` is the most that the adaptive limit may reach. */
export interface AdmissionLimits extends Partial<FairQueueLimits>, ResourceBudgets {
  readonly clock?: Clock;
  /** How long the event loop has been busy in all, in milliseconds, growing. @defaultValue that of this thread */
  readonly loopActiveMs?: () => number;
  /** The least that the adaptive limit lets run at once. @defaultValue 4 */
  readonly minimumConcurrency?: number;
  /** Above this delay of the event loop fewer requests run at once. @defaultValue 50 */
  readonly targetDelayMs?: number;
  /** Background requests are refused while more than this waits. @defaultValue an eighth of `totalWaiting` */
  readonly backgroundWaiting?: number;
  /** Work is refused when its answer would come later than this because of others, background first. @defaultValue 400 */
  readonly longestWaitMs?: number;
}

/** The limits that may be changed while requests run. */
export type RuntimeLimits = Readonly<
  Required<Pick<AdmissionLimits, 'concurrency' | 'perUserRunning' | 'longestWaitMs'>>
>;

/** Every limit that decides who runs when, with its default filled in. */
export type ResolvedLimits = FairQueueLimits &
  Readonly<
    Required<Pick<AdmissionLimits, 'minimumConcurrency' | 'targetDelayMs' | 'longestWaitMs' | 'backgroundWaiting'>>
  >;

/** A request that asks to be admitted. */
export interface AdmissionRequest {
  /** Whom the work is charged to. */
  readonly user: string;
  readonly organisation: string | undefined;
  readonly kind: Exclude<AdmissionClass, 'free'>;
  /** Who is signed in, for telemetry. */
  readonly userId: string | undefined;
  /** Bytes that the request's connection has moved so far. */
  readonly bytes: () => number;
}

/** Why a request is not served: 429 for the user's own doing, 503 for the load of the server. */
export interface AdmissionRefusal {
  readonly statusCode: 429 | 503;
  readonly retryAfterSeconds: number;
  readonly reason: string;
}

/** Shares a server fairly between users; knows nothing of web frameworks. */
export interface Admission {
  /**
   * Calls `proceed` at once or later, in the context of the caller. Answers a refusal, or the function to call once
   * when the request's answer is closed, whether it was served or given up while it waited.
   */
  enter(request: AdmissionRequest, proceed: () => void): AdmissionRefusal | (() => void);
  statistics(): AdmissionStatistics;
  /** The limits in force. */
  limits(): ResolvedLimits;
  /** Changes limits from now on; what runs already goes on. */
  relimit(limits: Partial<RuntimeLimits>): void;
  close(): void;
}

const DEFAULTS = {
  concurrency: 64,
  perUserRunning: 4,
  perUserWaiting: 64,
  totalWaiting: 2_000,
  quantumMs: 10,
  minimumConcurrency: 4,
  targetDelayMs: 50,
  longestWaitMs: 400,
};
const RETRY_SECONDS = 1;
const SAMPLE_MS = 100;
/** Background work is refused at this multiple of the delay at which the limit begins to shrink. */
const BACKGROUND_DELAY_FACTOR = 2;
/** For how long after a start its user counts as somebody who would notice a late loop: people click every few seconds. */
const OTHERS_MS = 2_000;
/** Work started in one turn of the event loop. Longer, and newcomers wait unseen; shorter, and turns cost more than they hold. */
const TURN_MS = 2;
/** Time spent waiting for something else holds a place but not the processor: charged in part, and up to a bound. */
const WAITING_SHARE = 0.1;
const CHARGE_CAP_MS = 100;
const HEAVIEST = 10;
const MOST_NUMBERED = 20_000;

/** Creates the admission of one process. Close it, or its sampling of the event loop goes on. */
export function createAdmission(options: AdmissionLimits = {}): Admission {
  // The queue reads from the same object, so that a changed limit holds from the next start on.
  const limits = { ...DEFAULTS, ...options };
  limits.perOrganisationWaiting ??= limits.totalWaiting / 2;
  const { clock = systemClock, backgroundWaiting = limits.totalWaiting / 8 } = options;
  const queue = createFairQueue(limits, createTurnGate(clock, TURN_MS));
  const ledger = createUsageLedger(limits, clock);
  const loop = createLoopShare(options.loopActiveMs ?? (() => performance.eventLoopUtilization().active));
  const adapt = (): AdaptiveLimit =>
    createAdaptiveLimit({
      minimum: Math.min(limits.minimumConcurrency, limits.concurrency),
      maximum: limits.concurrency,
      targetDelayMs: limits.targetDelayMs,
    });
  let adaptive = adapt();
  const shedding = createShedding(limits.longestWaitMs);
  const latestUsers = createLatestUsers();
  const counts = { admitted: 0, queued: 0, refusedUser: 0, refusedBudget: 0, background: 0, interactive: 0 };
  let lastStartAt = 0;

  let dueAt = clock.monotonic() + SAMPLE_MS;
  const timer = clock.repeat(SAMPLE_MS, () => {
    const now = clock.monotonic();
    const before = adaptive.limit;
    const limit = adaptive.sample(Math.max(0, now - dueAt));
    dueAt = now + SAMPLE_MS;
    if (limit !== before) queue.resize(limit);
  });

  const numbers = new Map<string, number>();
  let numbered = 0;
  const numberOf = (user: string): number => {
    const known = numbers.get(user);
    if (known !== undefined) return known;
    if (numbers.size >= MOST_NUMBERED) numbers.clear();
    numbers.set(user, (numbered += 1));
    return numbered;
  };
  const tell = (
    { user, userId, kind }: AdmissionRequest,
    event: Omit<AdmissionEvent, 'userId' | 'kind' | 'account'>,
  ): void => {
    if (admissions.hasSubscribers) admissions.publish({ ...event, kind, userId, account: numberOf(user) });
  };
  const refuse = (
    request: AdmissionRequest,
    count: Exclude<keyof typeof counts, 'admitted' | 'queued'>,
    refusal: AdmissionRefusal,
  ): AdmissionRefusal => {
    counts[count] += 1;
    tell(request, { decision: 'shed', waitMs: 0, reason: refusal.reason });
    return refusal;
  };
  // Whoever has the server for himself may make its loop late: his next request delays nobody.
  const hasOthers = (user: string): boolean =>
    queue.waiting > queue.waitingOf(user) || clock.monotonic() - latestUsers.othersAt(user) < OTHERS_MS;
  const isTooMuchForBackground = (user: string): boolean =>
    queue.waiting > backgroundWaiting ||
    (adaptive.standingMs > limits.targetDelayMs * BACKGROUND_DELAY_FACTOR && hasOthers(user));

  return {
    enter(request, proceed) {
      const { kind, user, organisation } = request;
      const waitMs = ledger.waitMs(request);
      if (waitMs > 0) {
        const retryAfterSeconds = Math.max(RETRY_SECONDS, Math.ceil(waitMs / 1_000));
        return refuse(request, 'refusedBudget', { statusCode: 429, retryAfterSeconds, reason: 'budget-used-up' });
      }
      const ahead = queue.aheadOf(organisation);
      const ownWaiting = queue.waitingOf(user);
      const shed =
        kind === 'background' && isTooMuchForBackground(user)
          ? 'background-first'
          : shedding.decide({ kind, ahead, ownWaiting, loopDelayMs: adaptive.delayMs });
      if (shed !== undefined)
        return refuse(request, kind, { statusCode: 503, retryAfterSeconds: RETRY_SECONDS, reason: shed });
      const arrivedAt = clock.monotonic();
      const expectedMs = ownWaiting === 0 ? shedding.expectedWaitMs(ahead) : 0;
      let startedAt: number | undefined;
      let isQueued = false;
      let busyMs: number | undefined;
      let bytesBefore = 0;
      let sharedMs: (() => number) | undefined;
      const start = (): void => {
        startedAt = clock.monotonic();
        counts.admitted += 1;
        if (isQueued) {
          counts.queued += 1;
          // Somebody waited all the while: the time between two starts is what one more costs.
          shedding.learn(startedAt - Math.max(lastStartAt, arrivedAt));
          shedding.compare(expectedMs, startedAt - arrivedAt);
        }
        lastStartAt = startedAt;
        latestUsers.note(user, startedAt);
        tell(request, { decision: isQueued ? 'queued' : 'admitted', waitMs: startedAt - arrivedAt, reason: '' });
        bytesBefore = request.bytes();
        sharedMs = loop.begin();
        proceed();
        measure(startedAt);
      };
      /** Once: when the handler pauses, or when the answer is closed before that. */
      const measure = (since: number): number => {
        if (busyMs === undefined) {
          busyMs = clock.monotonic() - since;
          loop.attribute(busyMs);
        }
        return busyMs;
      };
      // Another request's end may start this one: bound, so that it does not run in that one's context.
      const entered = queue.enter(user, AsyncResource.bind(start), organisation);
      if (entered === 'user-queue-full' || entered === 'organisation-queue-full')
        return refuse(request, 'refusedUser', { statusCode: 429, retryAfterSeconds: RETRY_SECONDS, reason: entered });
      if (entered === 'queue-full')
        return refuse(request, kind, { statusCode: 503, retryAfterSeconds: RETRY_SECONDS, reason: entered });
      isQueued = startedAt === undefined;
      let isClosed = false;
      return () => {
        if (isClosed) return;
        isClosed = true;
        if (startedAt === undefined || sharedMs === undefined) {
          entered.release(0);
          return;
        }
        const loopMs = measure(startedAt) + sharedMs();
        loop.end();
        const cost = { busyMs: loopMs, bytes: Math.max(0, request.bytes() - bytesBefore) };
        ledger.charge(request, cost);
        const heldMs = clock.monotonic() - startedAt;
        if (kind === 'interactive') shedding.answered(heldMs);
        if (requestCosts.hasSubscribers) {
          const waitMs = startedAt - arrivedAt;
          const account = numberOf(user);
          const { userId } = request;
          requestCosts.publish({ userId, organisationId: organisation, account, ...cost, kind, waitMs, heldMs });
        }
        const pausedMs = Math.max(0, heldMs - loopMs);
        entered.release(Math.min(CHARGE_CAP_MS, loopMs + WAITING_SHARE * pausedMs));
      };
    },
    statistics: () => ({
      running: queue.running,
      waiting: queue.waiting,
      users: queue.users,
      concurrency: adaptive.limit,
      loopDelayMs: adaptive.delayMs,
      expectedWaitMs: shedding.expectedWaitMs(queue.aheadOf()),
      admitted: counts.admitted,
      queued: counts.queued,
      refusedUser: counts.refusedUser,
      refusedBudget: counts.refusedBudget,
      shed: { background: counts.background, interactive: counts.interactive },
      heaviest: ledger.heaviest(HEAVIEST),
    }),
    limits: () => ({ ...limits, backgroundWaiting }),
    relimit(changed) {
      Object.assign(limits, changed);
      shedding.relimit(limits.longestWaitMs);
      if (changed.concurrency !== undefined) adaptive = adapt();
      queue.resize(adaptive.limit);
    },
    close: () => timer.cancel(),
  };
}
