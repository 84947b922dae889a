import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Dashboard } from '../dashboard.ts';
import { DashboardError } from '../errors.ts';
import { API, isFile, type RouteOutput } from '../routes/route.ts';
import { PAGES_PATH, STREAM_PATH } from './paths.ts';
import { schemaOf } from './route-schemas.ts';

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
  /**
   * Added to the `config` of routes that change the running system or end sessions, for hosts that want a recent proof of
   * who is signed in. The pages ask for one where a refusal (403) names a path under `confirmAt`, and send it there.
   * @defaultValue none
   */
  readonly sensitiveConfig?: Readonly<Record<string, unknown>>;
}

/** Routes that change the running system or end sessions. */
const SENSITIVE: ReadonlySet<string> = new Set([
  `POST ${API}/recommendations/:id/apply`,
  `POST ${API}/recommendations/:id/revert`,
  `DELETE ${API}/sessions/users/:id`,
  `DELETE ${API}/sessions/:handle`,
]);

/** Routes check what they are given themselves, the same under every server, and answer with all they know. */
const DESCRIBES_ONLY = {
  validatorCompiler: () => () => true,
  serializerCompiler: () => (value: unknown) => JSON.stringify(value),
};

/** The dashboard as a Fastify plugin: pages, API and stream, all behind `guard`. */
export function createFastifyPlugin(dashboard: Dashboard, mount: DashboardMount) {
  return (app: FastifyInstance): Promise<void> => {
    const config = { ...mount.routeConfig };
    const admitted = new WeakMap<FastifyRequest, string>();
    // Before the body is read: what a stranger sends must not make a difference that tells.
    const onRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const by = await mount.guard(request);
      if (by === undefined) {
        reply.callNotFound();
        return reply;
      }
      admitted.set(request, by);
      return undefined;
    };
    for (const route of dashboard.routes) {
      const isSensitive = SENSITIVE.has(`${route.method} ${route.path}`);
      app.route({
        method: route.method,
        url: route.path,
        config: isSensitive ? { ...config, ...mount.sensitiveConfig } : config,
        onRequest,
        schema: { summary: route.summary, tags: ['performance'], ...schemaOf(route, API) },
        ...DESCRIBES_ONLY,
        async handler(request, reply) {
          const output = await route.handle({
            params: toStrings(request.params),
            query: toStrings(request.query),
            body: request.body,
            by: admitted.get(request) ?? '',
          });
          return send(reply, output);
        },
      });
    }
    app.get(
      STREAM_PATH,
      {
        config,
        onRequest,
        schema: {
          summary: 'Each finished second as a server-sent event',
          tags: ['performance'],
          ...schemaOf({ method: 'GET', path: STREAM_PATH }, API),
        },
        ...DESCRIBES_ONLY,
      },
      (request, reply) => {
        reply.hijack();
        dashboard.stream(request.raw, reply.raw, async () => (await mount.guard(request)) !== undefined);
      },
    );
    for (const url of [PAGES_PATH, `${PAGES_PATH}/*`]) {
      app.get(url, { config, onRequest, schema: { hide: true } }, (request, reply) => {
        reply.hijack();
        dashboard.page(request.raw, reply.raw, request.url.slice(PAGES_PATH.length).split('?')[0] ?? '');
      });
    }
    return Promise.resolve();
  };
}

function send(reply: FastifyReply, output: RouteOutput): FastifyReply {
  reply.header('cache-control', 'no-store');
  if (output === undefined) return reply.code(204).send();
  if (!isFile(output)) return reply.send(output);
  return reply
    .header('content-type', output.type)
    .header('content-disposition', `attachment; filename="${output.name}"`)
    .send(Buffer.from(output.file));
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
