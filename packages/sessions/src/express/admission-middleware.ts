import type { IncomingMessage } from 'node:http';
import { createAdmission, type AdmissionLimits } from '../admission/admission.ts';
import { AdmissionError } from '../admission/admission-error.ts';
import type { AdmissionClass, AdmissionStatistics } from '../admission/admission-statistics.ts';
import { bytesOf } from '../admission/connection-bytes.ts';
import { sessionOf, type SessionMiddleware } from './sessions-middleware.ts';

/** How requests are admitted. */
export interface AdmissionMiddlewareOptions extends AdmissionLimits {
  /** How the request is treated. @defaultValue 'interactive' */
  readonly classOf?: (request: IncomingMessage) => AdmissionClass;
  /** Whose request it is. @defaultValue the session's user, else the address of the connection */
  readonly userOf?: (request: IncomingMessage) => string;
}

/** Middleware with its figures; close it with the server. */
export interface AdmissionMiddleware {
  readonly middleware: SessionMiddleware;
  statistics(): AdmissionStatistics;
  close(): void;
}

/** Fair admission for Express: use `middleware` after the one of sessions. Refusals are errors with a `statusCode`. */
export function createAdmissionMiddleware(options: AdmissionMiddlewareOptions = {}): AdmissionMiddleware {
  const { classOf = () => 'interactive' } = options;
  const userOf =
    options.userOf ?? ((request) => sessionOf(request)?.userId ?? `address ${request.socket.remoteAddress}`);
  const admission = createAdmission(options);
  return {
    middleware(request, response, next) {
      const kind = classOf(request);
      if (kind === 'free') {
        next();
        return;
      }
      const session = sessionOf(request);
      const entered = admission.enter(
        {
          user: userOf(request),
          organisation: session?.organisationId,
          kind,
          userId: session?.userId,
          bytes: () => bytesOf(request.socket),
        },
        next,
      );
      if (typeof entered === 'function') {
        response.once('close', entered);
        return;
      }
      response.setHeader('retry-after', String(entered.retryAfterSeconds));
      next(new AdmissionError(entered.statusCode, entered.retryAfterSeconds));
    },
    statistics: () => admission.statistics(),
    close: () => admission.close(),
  };
}
