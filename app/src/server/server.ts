import { randomUUID } from 'node:crypto';
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { installAccessControl } from './access-control.ts';
import { ADMINISTRATORS } from './access.ts';
import { installBodyDeadline } from './body-deadline.ts';
import type { AppContext } from './context.ts';
import { registerFeatures } from './features.ts';
import { installGracefulClose } from './graceful-close.ts';
import { registerHealthRoutes } from './health-routes.ts';
import { registerOpenApi, registerOpenApiRoutes } from './openapi.ts';
import { registerPages } from './pages.ts';
import { installProblemReplies } from './problem-replies.ts';
import { busy, Problem, unavailable } from './problem.ts';
import { installRequestTelemetry } from './request-telemetry.ts';
import { registerSecurityHeaders } from './security-headers.ts';
import { budgetsOf, sizeServer } from './sizing.ts';
import { installStaleMark } from './stale-mark.ts';
import type { Startup } from './startup.ts';

const BODY_LIMIT_BYTES = 1_048_576;
const REQUEST_TIMEOUT_MS = 60_000;
const RETRY_SECONDS = 3;

/** Builds the HTTP server; it listens when told to. */
export async function createServer(context: AppContext, startup: Startup): Promise<FastifyInstance> {
  const log: FastifyBaseLogger = context.log;
  const app = fastify({
    loggerInstance: log,
    // installRequestTelemetry logs without URLs.
    logController: new LogController({ disableRequestLogging: true }),
    // A proxy on this machine may say for whom it asks, and over what; nobody else is believed.
    trustProxy: 'loopback',
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: 0,
    connectionTimeout: 0,
    http: { headersTimeout: REQUEST_TIMEOUT_MS, requestTimeout: 0 },
    // Requests in flight finish; `drain` says how long they may take.
    forceCloseConnections: 'idle',
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 200 },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.addHook('onRoute', (route) => {
    // Files and the built-in HEAD twins declare nothing of their own.
    if (route.config?.access === undefined && isOfPages(route.url))
      route.config = { ...route.config, access: 'public' };
  });
  installProblemReplies(app);
  installRequestTelemetry(app);
  installGracefulClose(app, context);
  installBodyDeadline(app, context.clock);
  installStaleMark(app, context);
  await registerSecurityHeaders(app);
  await registerPages(app);
  app.addHook('onRequest', async (request) => {
    if (startup.isReady() || !request.url.startsWith('/api/')) return;
    throw unavailable(`The product is starting: ${startup.detail()}`, RETRY_SECONDS);
  });
  await app.register(
    context.performance.sessionsPlugin({
      secure: (request) => request.protocol === 'https',
      skip: (request) => request.routeOptions.config.access === 'public',
      crossSiteError: () =>
        new Problem(403, {
          code: 'CROSS_SITE',
          title: 'Not allowed',
          detail: 'This request was caused by another site.',
          hint: 'Use the pages of this server.',
        }),
    }),
  );
  installAccessControl(app);
  app.addHook('onRequest', ({ principal }, _reply, done) => {
    if (principal !== undefined) context.performance.profiler.label(principal);
    done();
  });
  await app.register(
    context.performance.admissionPlugin({
      ...sizeServer(context.config),
      ...budgetsOf(context.config),
      // What nobody signed in for costs little, and health must be told however busy the server is.
      exempt: ({ routeOptions }) => routeOptions.config.access === 'public' || routeOptions.url === undefined,
      refusal: busy,
    }),
  );
  context.admissionStatistics = () => app.admissionStatistics();
  await registerOpenApi(app);
  registerHealthRoutes(app, context, startup);
  registerOpenApiRoutes(app);
  registerFeatures(app, context);
  await app.register(
    context.performance.dashboardPlugin({
      guard: ({ principal }) => (principal?.isOperator === true ? principal.userId : undefined),
      // Overload is when operators need the page most.
      routeConfig: { access: ADMINISTRATORS, hidden: true, admission: 'free' },
      sensitiveConfig: { fresh: true },
    }),
  );
  return app;
}

function isOfPages(url: string): boolean {
  return !url.startsWith('/api/') && !url.startsWith('/health') && !url.startsWith('/admin') && url !== '/metrics';
}
