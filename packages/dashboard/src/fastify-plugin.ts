import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Dashboard } from './dashboard.ts';
import { DashboardError } from './errors.ts';
import type { RouteOutput } from './routes.ts';

declare module 'fastify' {
  /** Fields that an OpenAPI plugin of the host reads; without one they mean nothing. */
  interface FastifySchema {
    summary?: string;
    tags?: readonly string[];
    hide?: boolean;
  }
}

/** How the dashboard is mounted. */
export interface DashboardMount {
  /** Names the administrator who asks, or `undefined` for everybody else, who then sees 404. */
  readonly guard: (request: FastifyRequest) => string | undefined | Promise<string | undefined>;
  /** Passed as `config` to every route, for hosts that declare access per route. @defaultValue none */
  readonly routeConfig?: Readonly<Record<string, unknown>>;
}

const PAGE = '/admin/performance';

/** The dashboard as a Fastify plugin: pages, API and stream, all behind `guard`. */
export function createFastifyPlugin(dashboard: Dashboard, mount: DashboardMount) {
  return (app: FastifyInstance): Promise<void> => {
    const config = { ...mount.routeConfig };
    const admit = async (request: FastifyRequest, reply: FastifyReply): Promise<string | undefined> => {
      const by = await mount.guard(request);
      if (by === undefined) reply.callNotFound();
      return by;
    };
    for (const route of dashboard.routes) {
      app.route({
        method: route.method,
        url: route.path,
        config,
        schema: { summary: route.summary, tags: ['performance'] },
        async handler(request, reply) {
          const by = await admit(request, reply);
          if (by === undefined) return reply;
          const output = await route.handle({
            params: toStrings(request.params),
            query: toStrings(request.query),
            body: request.body,
            by,
          });
          return send(reply, output);
        },
      });
    }
    app.get(
      '/api/performance/stream',
      { config, schema: { summary: 'Each finished second as a server-sent event', tags: ['performance'] } },
      async (request, reply) => {
        if ((await admit(request, reply)) === undefined) return reply;
        reply.hijack();
        dashboard.stream(request.raw, reply.raw);
        return reply;
      },
    );
    for (const url of [PAGE, `${PAGE}/*`]) {
      app.get(url, { config, schema: { hide: true } }, async (request, reply) => {
        if ((await admit(request, reply)) === undefined) return reply;
        reply.hijack();
        dashboard.page(reply.raw, request.url.slice(PAGE.length).split('?')[0] ?? '');
        return reply;
      });
    }
    return Promise.resolve();
  };
}

function send(reply: FastifyReply, output: RouteOutput): FastifyReply {
  if (output === undefined) return reply.code(204).send();
  if ('file' in output && 'type' in output && 'name' in output)
    return reply
      .header('content-type', output.type)
      .header('content-disposition', `attachment; filename="${output.name}"`)
      .send(Buffer.from(output.file));
  return reply.header('cache-control', 'no-store').send(output);
}

function toStrings(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      if (typeof item !== 'string') throw new DashboardError('DASHBOARD_BAD_REQUEST', `"${name}" is given twice.`);
      return [name, item];
    }),
  );
}
