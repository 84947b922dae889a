import type { FastifyInstance, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { createAdmission, type Admission, type AdmissionLimits } from './admission.ts';
import { AdmissionError } from './admission-error.ts';
import type { AdmissionClass, AdmissionStatistics } from './admission-statistics.ts';
import { bytesOf } from './connection-bytes.ts';

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

/** How requests are admitted. */
export interface AdmissionOptions extends AdmissionLimits {
  /** Whose request it is. @defaultValue the session's user, else the address */
  readonly userOf?: (request: FastifyRequest) => string;
  /** Requests that never wait, beside routes of class `free`. @defaultValue none */
  readonly exempt?: (request: FastifyRequest) => boolean;
  /** Gets the admission once the server is built, for changing its limits at run time. @defaultValue nobody */
  readonly onReady?: (admission: Admission) => void;
  /** Makes the error for a refused request. @defaultValue an {@link AdmissionError} */
  readonly refusal?: (statusCode: 429 | 503, retryAfterSeconds: number) => Error;
}

/**
 * Fastify plugin: one user's requests cannot keep the others waiting. Register it after the sessions plugin. Too many
 * of one user are answered 429, too many in all 503, background first, both with `Retry-After`.
 */
export function createAdmissionPlugin(options: AdmissionOptions = {}) {
  const { exempt = () => false } = options;
  const refusal = options.refusal ?? ((statusCode, seconds) => new AdmissionError(statusCode, seconds));
  const userOf = options.userOf ?? ((request) => request.session?.userId ?? `address ${request.ip}`);
  const plugin = (app: FastifyInstance): Promise<void> => {
    const admission = createAdmission(options);
    options.onReady?.(admission);
    app.decorate('admissionStatistics', () => admission.statistics());
    app.addHook('onClose', (_app, done) => {
      admission.close();
      done();
    });
    app.addHook('onRequest', (request, reply, done) => {
      const kind = request.routeOptions.config.admission ?? 'interactive';
      if (kind === 'free' || exempt(request)) {
        done();
        return;
      }
      const { session } = request;
      const entered = admission.enter(
        {
          user: userOf(request),
          organisation: session?.organisationId,
          kind,
          userId: session?.userId,
          bytes: () => bytesOf(request.raw.socket),
        },
        done,
      );
      if (typeof entered === 'function') {
        reply.raw.once('close', entered);
        return;
      }
      reply.header('retry-after', String(entered.retryAfterSeconds));
      done(refusal(entered.statusCode, entered.retryAfterSeconds));
    });
    return Promise.resolve();
  };
  return fastifyPlugin(plugin, { name: '@dataguardian/sessions-admission', fastify: '5.x' });
}
