import { AsyncResource } from 'node:async_hooks';
import { admissions, systemClock, type AdmissionEvent, type Clock } from '@dataguardian/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { createAdaptiveLimit } from './adaptive-limit.ts';
import { AdmissionError } from './admission-error.ts';
import type { AdmissionClass, AdmissionStatistics } from './admission-statistics.ts';
import { createFairQueue, type FairQueueLimits } from './fair-queue.ts';
import { createShedding } from './shedding.ts';
import { createTurnGate } from './turn-gate.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How admission control treats requests of this route. @defaultValue 'interactive' */
    readonly admission?: AdmissionClass;
  }
  interface FastifyInstance {
    /** Figures of admission control. */
    admissionStatistics(): AdmissionStatistics;
  }
}

/** How requests are admitted. `concurrency` is the most that the adaptive limit may reach. */
export interface AdmissionOptions extends Partial<FairQueueLimits> {
  readonly clock?: Clock;
  /** Whose request it is. @defaultValue the session's user, else the address */
  readonly userOf?: (request: FastifyRequest) => string;
  /** Requests that never wait, beside routes of class `free`. @defaultValue none */
  readonly exempt?: (request: FastifyRequest) => boolean;
  /** The least that the adaptive limit lets run at once. @defaultValue 4 */
  readonly minimumConcurrency?: number;
  /** Above this delay of the event loop fewer requests run at once. @defaultValue 50 */
  readonly targetDelayMs?: number;
  /** Background requests are refused while more than this waits. @defaultValue an eighth of `totalWaiting` */
  readonly backgroundWaiting?: number;
  /** Work is refused when others would keep it waiting for longer, background first. @defaultValue 400 */
  readonly longestWaitMs?: number;
  /** Makes the error for a refused request. @defaultValue an {@link AdmissionError} */
  readonly refusal?: (statusCode: 429 | 503, retryAfterSeconds: number) => Error;
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
/** Work started in one turn of the event loop. Longer, and newcomers wait unseen; shorter, and turns cost more than they hold. */
const TURN_MS = 2;
/** Time spent waiting for something else holds a place but not the processor: charged in part, and up to a bound. */
const WAITING_SHARE = 0.1;
const CHARGE_CAP_MS = 100;

/**
 * Fastify plugin: one user's requests cannot keep the others waiting. Register it after the sessions plugin. Too many
 * of one user are answered 429, too many in all 503, background first, both with `Retry-After`.
 */
export function createAdmissionPlugin(options: AdmissionOptions = {}) {
  const limits = { ...DEFAULTS, ...options };
  const { clock = systemClock, exempt = () => false } = options;
  const refusal = options.refusal ?? ((statusCode, seconds) => new AdmissionError(statusCode, seconds));
  const userOf = options.userOf ?? ((request) => request.session?.userId ?? `address ${request.ip}`);
  const backgroundWaiting = options.backgroundWaiting ?? limits.totalWaiting / 8;
  const queue = createFairQueue(limits, createTurnGate(clock, TURN_MS));
  const adaptive = createAdaptiveLimit({
    minimum: Math.min(limits.minimumConcurrency, limits.concurrency),
    maximum: limits.concurrency,
    targetDelayMs: limits.targetDelayMs,
  });
  const shedding = createShedding(limits.longestWaitMs);
  let lastStartAt = 0;
  const counts = { admitted: 0, queued: 0, refusedUser: 0, background: 0, interactive: 0 };

  const tell = (request: FastifyRequest, event: Omit<AdmissionEvent, 'userId'>): void => {
    if (admissions.hasSubscribers) admissions.publish({ ...event, userId: request.session?.userId });
  };

  const isTooMuchForBackground = (): boolean =>
    queue.waiting > backgroundWaiting || adaptive.delayMs > limits.targetDelayMs * BACKGROUND_DELAY_FACTOR;

  const watchLoop = (app: FastifyInstance): void => {
    let dueAt = clock.monotonic() + SAMPLE_MS;
    const timer = clock.repeat(SAMPLE_MS, () => {
      const now = clock.monotonic();
      const before = adaptive.limit;
      const limit = adaptive.sample(Math.max(0, now - dueAt));
      dueAt = now + SAMPLE_MS;
      if (limit !== before) queue.resize(limit);
    });
    app.addHook('onClose', (_app, done) => {
      timer.cancel();
      done();
    });
  };

  const statistics = (): AdmissionStatistics => ({
    running: queue.running,
    waiting: queue.waiting,
    users: queue.users,
    concurrency: adaptive.limit,
    loopDelayMs: adaptive.delayMs,
    expectedWaitMs: shedding.expectedWaitMs(queue.usersWaiting),
    admitted: counts.admitted,
    queued: counts.queued,
    refusedUser: counts.refusedUser,
    shed: { background: counts.background, interactive: counts.interactive },
  });

  const plugin = (app: FastifyInstance): Promise<void> => {
    app.decorate('admissionStatistics', statistics);
    watchLoop(app);
    app.addHook('onRequest', (request, reply, done) => {
      const kind = request.routeOptions.config.admission ?? 'interactive';
      if (kind === 'free' || exempt(request)) {
        done();
        return;
      }
      const refuse = (statusCode: 429 | 503, reason: string): void => {
        counts[statusCode === 429 ? 'refusedUser' : kind] += 1;
        tell(request, { decision: 'shed', kind, waitMs: 0, reason });
        reply.header('retry-after', String(RETRY_SECONDS));
        done(refusal(statusCode, RETRY_SECONDS));
      };
      const user = userOf(request);
      const reason =
        kind === 'background' && isTooMuchForBackground()
          ? 'background-first'
          : shedding.decide({ kind, usersWaiting: queue.usersWaiting, ownWaiting: queue.waitingOf(user) });
      if (reason !== undefined) {
        refuse(503, reason);
        return;
      }
      const arrivedAt = clock.monotonic();
      let startedAt: number | undefined;
      let isQueued = false;
      let busyMs = 0;
      const proceed = (): void => {
        startedAt = clock.monotonic();
        counts.admitted += 1;
        if (isQueued) {
          counts.queued += 1;
          // Somebody waited all the while: the time between two starts is what one more costs.
          shedding.learn(startedAt - Math.max(lastStartAt, arrivedAt));
        }
        lastStartAt = startedAt;
        tell(request, { decision: isQueued ? 'queued' : 'admitted', kind, waitMs: startedAt - arrivedAt, reason: '' });
        done();
        busyMs = clock.monotonic() - startedAt;
      };
      // Another request's end may start this one: bound, so that it does not run in that one's context.
      const start = AsyncResource.bind(proceed);
      const entered = queue.enter(user, start, request.session?.organisationId);
      if (typeof entered === 'string') {
        refuse(entered === 'user-queue-full' ? 429 : 503, entered);
        return;
      }
      isQueued = startedAt === undefined;
      reply.raw.once('close', () => {
        const heldMs = startedAt === undefined ? 0 : clock.monotonic() - startedAt;
        entered.release(Math.min(CHARGE_CAP_MS, busyMs + WAITING_SHARE * Math.max(0, heldMs - busyMs)));
      });
    });
    return Promise.resolve();
  };
  return fastifyPlugin(plugin, { name: '@dataguardian/sessions-admission', fastify: '5.x' });
}
