import { AsyncResource } from 'node:async_hooks';
import { admissions, systemClock, type AdmissionEvent, type Clock } from '@dataguardian/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { createFairQueue, type FairQueueLimits, type FairQueueTicket } from './fair-queue.ts';
import { createStartPacer } from './start-pacer.ts';

/** How requests are admitted. */
export interface AdmissionOptions extends Partial<FairQueueLimits> {
  readonly clock?: Clock;
  /** Whose request it is. @defaultValue the session's user, else the address */
  readonly userOf?: (request: FastifyRequest) => string;
  /** Requests that never wait: health, sign-out, streams that stay open. @defaultValue none */
  readonly exempt?: (request: FastifyRequest) => boolean;
  /** Makes the error for a refused request. @defaultValue an Error with statusCode and `retry-after` */
  readonly refusal?: (statusCode: 429 | 503, retryAfterSeconds: number) => Error;
}

const DEFAULTS: FairQueueLimits = {
  concurrency: 64,
  perUserRunning: 4,
  perUserWaiting: 64,
  totalWaiting: 2_000,
  quantumMs: 10,
};
const RETRY_SECONDS = 1;
/** A request that waited long for something else is not charged for all of it. */
const CHARGE_CAP_MS = 100;

/**
 * Fastify plugin: one user's requests cannot keep the others waiting. Register it after the sessions plugin. Too many
 * of one user are answered 429, too many in all 503, both with `Retry-After`.
 */
export function createAdmissionPlugin(options: AdmissionOptions = {}) {
  const { clock = systemClock, exempt = () => false, refusal = defaultRefusal } = options;
  const userOf = options.userOf ?? ((request) => request.session?.userId ?? `address ${request.ip}`);
  const pace = createStartPacer();
  const queue = createFairQueue({ ...DEFAULTS, ...options });

  const tell = (
    decision: AdmissionEvent['decision'],
    request: FastifyRequest,
    waitMs: number,
    reason: string,
  ): void => {
    if (admissions.hasSubscribers)
      admissions.publish({ decision, kind: 'interactive', userId: request.session?.userId, waitMs, reason });
  };

  const plugin = (app: FastifyInstance): Promise<void> => {
    app.addHook('onRequest', (request, reply, done) => {
      if (exempt(request)) {
        done();
        return;
      }
      const arrivedAt = clock.monotonic();
      let startedAt: number | undefined;
      const proceed = AsyncResource.bind(() => {
        startedAt = clock.monotonic();
        const waitMs = startedAt - arrivedAt;
        tell(waitMs > 1 ? 'queued' : 'admitted', request, waitMs, '');
        done();
      });
      // Another request's end may start this one: bound, so that it does not run in that one's context.
      const entered = queue.enter(userOf(request), () => pace(proceed));
      if (typeof entered === 'string') {
        tell('shed', request, 0, entered);
        const statusCode = entered === 'user-queue-full' ? 429 : 503;
        reply.header('retry-after', String(RETRY_SECONDS));
        done(refusal(statusCode, RETRY_SECONDS));
        return;
      }
      const ticket: FairQueueTicket = entered;
      reply.raw.once('close', () =>
        ticket.release(startedAt === undefined ? 0 : Math.min(CHARGE_CAP_MS, clock.monotonic() - startedAt)),
      );
    });
    return Promise.resolve();
  };
  return fastifyPlugin(plugin, { name: '@dataguardian/sessions-admission', fastify: '5.x' });
}

function defaultRefusal(statusCode: 429 | 503): Error {
  return Object.assign(new Error(statusCode === 429 ? 'You have too many requests waiting.' : 'The server is busy.'), {
    statusCode,
  });
}
