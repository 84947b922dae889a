import { AsyncResource } from 'node:async_hooks';
import { admissions, systemClock, type AdmissionEvent, type Clock } from '@dataguardian/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { createAdaptiveLimit } from './adaptive-limit.ts';
import { AdmissionError } from './admission-error.ts';
import type { AdmissionClass, AdmissionStatistics } from './admission-statistics.ts';
import { createFairQueue, type FairQueueLimits } from './fair-queue.ts';
import { createStartPacer } from './start-pacer.ts';

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
};
const RETRY_SECONDS = 1;
const SAMPLE_MS = 100;
/** Background work is refused at this multiple of the delay at which the limit begins to shrink. */
const BACKGROUND_DELAY_FACTOR = 2;
/** A request that waited long for something else is not charged for all of it. */
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
  const pace = createStartPacer();
  const queue = createFairQueue(limits);
  const adaptive = createAdaptiveLimit({
    minimum: Math.min(limits.minimumConcurrency, limits.concurrency),
    maximum: limits.concurrency,
    targetDelayMs: limits.targetDelayMs,
  });
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
      if (kind === 'background' && isTooMuchForBackground()) {
        refuse(503, 'background-first');
        return;
      }
      const arrivedAt = clock.monotonic();
      let startedAt: number | undefined;
      let isQueued = false;
      const proceed = (): void => {
        startedAt = clock.monotonic();
        counts.admitted += 1;
        if (isQueued) counts.queued += 1;
        tell(request, { decision: isQueued ? 'queued' : 'admitted', kind, waitMs: startedAt - arrivedAt, reason: '' });
        done();
      };
      // Another request's end may start this one: bound, so that it does not run in that one's context.
      const start = AsyncResource.bind(proceed);
      const entered = queue.enter(userOf(request), () => pace(start));
      if (typeof entered === 'string') {
        refuse(entered === 'user-queue-full' ? 429 : 503, entered);
        return;
      }
      isQueued = startedAt === undefined;
      reply.raw.once('close', () =>
        entered.release(startedAt === undefined ? 0 : Math.min(CHARGE_CAP_MS, clock.monotonic() - startedAt)),
      );
    });
    return Promise.resolve();
  };
  return fastifyPlugin(plugin, { name: '@dataguardian/sessions-admission', fastify: '5.x' });
}
