import { requests } from '@dataguardian/telemetry';
import type { FastifyInstance } from 'fastify';

/** Names each request, publishes and logs it when it is finished; the route's pattern stands for the URL, which may hold identifiers. */
export function installRequestTelemetry(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? '(unknown)';
    const { statusCode, elapsedTime: durationMs } = reply;
    if (requests.hasSubscribers)
      requests.publish({
        requestId: request.id,
        method: request.method,
        route,
        statusCode,
        durationMs,
        bytes: Number(reply.getHeader('content-length') ?? 0),
        userId: request.principal?.userId,
        organisationId: request.principal?.organisationId,
      });
    request.log.debug({ method: request.method, route, statusCode, durationMs: Math.round(durationMs) }, 'answered');
    done();
  });
}
