import { timingSafeEqual } from 'node:crypto';
import { combineHealth } from '@dataguardian/performance';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AppContext } from './context.ts';
import { notFound } from './problem.ts';
import { metricsToken } from './secret.ts';
import type { Startup } from './startup.ts';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** `/health/live`, `/health/ready` and `/metrics`. */
export function registerHealthRoutes(app: FastifyInstance, context: AppContext, startup: Startup): void {
  app.get(
    '/health/live',
    { config: { access: 'public' }, schema: { summary: 'Whether the process answers', tags: ['operations'] } },
    () => ({ status: 'up' }),
  );
  app.get(
    '/health/ready',
    { config: { access: 'public' }, schema: { summary: 'How each component is doing', tags: ['operations'] } },
    (_request, reply) => {
      const isReady = startup.isReady();
      const components = {
        ...context.performance.health(),
        ...(isReady ? {} : { database: { status: 'down' as const, detail: startup.detail() } }),
        queue: context.queueHealth(),
      };
      const status = isReady ? combineHealth(components) : 'down';
      return reply
        .code(status === 'down' ? 503 : 200)
        .header('cache-control', 'no-store')
        .send({ status, components });
    },
  );
  const token = Buffer.from(metricsToken(context.secret));
  app.get(
    '/metrics',
    { config: { access: 'public' }, schema: { summary: 'Figures for Prometheus', tags: ['operations'] } },
    async (request, reply) => {
      if (!isLocal(request) && !hasToken(request, token)) throw notFound();
      return reply
        .header('content-type', context.performance.metricsContentType)
        .send(await context.performance.metrics());
    },
  );
}

/** A proxy on this machine forwards for others: its requests are not local. */
function isLocal({ raw, headers }: FastifyRequest): boolean {
  return LOOPBACK.has(raw.socket.remoteAddress ?? '') && headers['x-forwarded-for'] === undefined;
}

function hasToken({ headers }: FastifyRequest, token: Buffer): boolean {
  const given = Buffer.from(headers.authorization?.replace(/^Bearer /i, '') ?? '');
  return given.length === token.length && timingSafeEqual(given, token);
}
