import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { READERS, SCANNERS } from '../../server/access.ts';
import type { AppContext } from '../../server/context.ts';
import { principalOf } from '../../server/access-control.ts';
import { notFound } from '../../server/problem.ts';
import { everyScanTag, parseScanSignal, scanChannel, scanTags } from './scan-signals.ts';
import { idParams, newScanSchema, scanOptionsSchema, scanSchema } from './schema.ts';
import { scanEvents, sendEvents } from './scan-events.ts';
import { createScanService } from './service.ts';

const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(2000).optional(),
});
const listQuery = pageQuery.extend({
  status: z
    .preprocess(
      (value) => (typeof value === 'string' ? value.split(',') : value),
      z.array(z.enum(['queued', 'planning', 'running', 'paused', 'completed', 'failed', 'cancelled'])).max(7),
    )
    .optional(),
  q: z.string().trim().min(1).max(200).optional(),
});
const scanPage = z.object({ items: z.array(scanSchema).readonly(), nextCursor: z.string().nullable() });
const skippedPage = z.object({
  items: z.array(z.object({ item: z.string(), code: z.string(), reason: z.string() })).readonly(),
  nextCursor: z.string().nullable(),
});
const shareList = z.object({
  items: z.array(z.object({ id: z.string(), email: z.string(), hasAccess: z.boolean() })).readonly(),
});
const shareChange = z
  .strictObject({ userId: z.uuid().optional(), userIds: z.array(z.uuid()).max(1000).optional() })
  .refine(({ userId, userIds }) => (userId === undefined) !== (userIds === undefined), {
    message: 'Give either userId or userIds.',
  });
const sampleScan = z.strictObject({
  name: z.string().trim().min(1).max(200),
  source: z.strictObject({ kind: z.literal('sample') }),
  options: scanOptionsSchema.optional(),
});

/** Scans: start, list, follow, cancel, retry, delete, share. */
export function registerScanRoutes(app: FastifyInstance, context: AppContext): void {
  const service = createScanService(context);
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const closing = new AbortController();
  let stopListening: (() => Promise<void>) | undefined;
  app.addHook('onReady', (done) => {
    // Workers may be other processes: what they change must not be served from this one's memory. Never waited for:
    // the server starts before its database does, and the subscription is kept trying.
    context.database
      .listen(scanChannel, {
        onPayload(payload) {
          const signal = parseScanSignal(payload);
          if (signal) void context.cache.invalidateTags(scanTags(signal.organisationId, signal.scanId));
        },
        onGap: () => void context.cache.invalidateTags([everyScanTag]),
      })
      .then((stop) => {
        stopListening = stop;
      })
      .catch(() => context.log.info('scans: changes by other processes are shown when the database is back'));
    done();
  });
  app.addHook('preClose', async () => {
    closing.abort();
    await stopListening?.();
  });

  routes.post(
    '/api/scans',
    {
      config: { access: SCANNERS, admission: 'background' },
      schema: {
        tags: ['scans'],
        summary: 'Start a scan',
        body: z.union([sampleScan, newScanSchema]),
        response: { 201: scanSchema },
      },
    },
    async (request, reply) => {
      const { name, source, options } = request.body;
      const principal = principalOf(request);
      const scan =
        source.kind === 'sample'
          ? await service.createSample(principal, name)
          : await service.create(principal, { name, source, ...(options === undefined ? {} : { options }) });
      return reply.code(201).header('location', `/api/scans/${scan.id}`).send(scan);
    },
  );
  routes.post(
    '/api/scans/sample',
    {
      config: { access: SCANNERS },
      schema: {
        tags: ['scans'],
        summary: 'Start a scan of invented data that comes with the product',
        body: z.object({ name: z.string().trim().min(1).max(200).optional() }).nullish(),
        response: { 201: scanSchema },
      },
    },
    async (request, reply) => {
      const scan = await service.createSample(principalOf(request), request.body?.name ?? 'Sample data');
      return reply.code(201).header('location', `/api/scans/${scan.id}`).send(scan);
    },
  );
  routes.get(
    '/api/scans',
    {
      config: { access: READERS },
      schema: {
        tags: ['scans'],
        summary: 'List scans, newest first',
        querystring: listQuery,
        response: { 200: scanPage },
      },
    },
    async (request) => service.list(principalOf(request), request.query),
  );
  routes.get(
    '/api/scans/:id',
    {
      config: { access: READERS },
      schema: { tags: ['scans'], summary: 'One scan', params: idParams, response: { 200: scanSchema } },
    },
    async (request) => service.get(principalOf(request), request.params.id),
  );
  routes.delete(
    '/api/scans/:id',
    {
      config: { access: SCANNERS },
      schema: { tags: ['scans'], summary: 'Delete a scan with its findings', params: idParams },
    },
    async (request, reply) => {
      await service.remove(principalOf(request), request.params.id);
      return reply.code(204).send();
    },
  );
  for (const action of ['cancel', 'retry'] as const)
    routes.post(
      `/api/scans/:id/${action}`,
      {
        config: { access: SCANNERS },
        schema: {
          tags: ['scans'],
          summary:
            action === 'cancel' ? 'Stop a scan; findings so far stay' : 'Scan again what is not done, or everything',
          params: idParams,
          response: { 200: scanSchema },
        },
      },
      async (request) => service[action](principalOf(request), request.params.id),
    );
  routes.get(
    '/api/scans/:id/skipped',
    {
      config: { access: READERS },
      schema: {
        tags: ['scans'],
        summary: 'What was not scanned, and why',
        params: idParams,
        querystring: z.object({
          limit: z.coerce.number().int().min(1).max(1000).default(500),
          cursor: z.string().max(200).optional(),
        }),
        response: { 200: skippedPage },
      },
    },
    async (request) => service.skipped(principalOf(request), request.params.id, request.query),
  );
  routes.get(
    '/api/scans/:id/events',
    {
      config: { access: READERS, admission: 'free' },
      schema: {
        tags: ['scans'],
        summary: 'Follow a scan (server-sent events: progress, findings, end)',
        params: idParams,
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const scanId = request.params.id;
      const scan = await service.read(principal, scanId);
      if (scan === undefined) throw notFound();
      const seen = Number(request.headers['last-event-id'] ?? Number.NaN);
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      reply.hijack();
      await sendEvents(
        reply.raw,
        scanEvents({
          service,
          clock: context.clock,
          principal,
          scanId,
          after: Number.isSafeInteger(seen) && seen >= 0 ? seen : 0,
          signal: AbortSignal.any([gone.signal, closing.signal]),
        }),
      );
    },
  );
  routes.get(
    '/api/scans/:id/shares',
    {
      config: { access: READERS },
      schema: { tags: ['scans'], summary: 'Who may see the scan', params: idParams, response: { 200: shareList } },
    },
    async (request) => ({ items: await service.shares(principalOf(request), request.params.id) }),
  );
  routes.post(
    '/api/scans/:id/shares',
    {
      config: { access: SCANNERS },
      schema: {
        tags: ['scans'],
        summary: 'Share with one more person (userId), or with exactly these (userIds)',
        params: idParams,
        body: shareChange,
        response: { 200: shareList },
      },
    },
    async (request) => {
      const { userId, userIds } = request.body;
      const change = userId === undefined ? { all: userIds ?? [] } : { add: [userId] };
      return { items: await service.share(principalOf(request), request.params.id, change) };
    },
  );
  routes.delete(
    '/api/scans/:id/shares/:userId',
    {
      config: { access: SCANNERS },
      schema: { tags: ['scans'], summary: 'End a share', params: z.object({ id: z.uuid(), userId: z.uuid() }) },
    },
    async (request, reply) => {
      await service.unshare(principalOf(request), request.params.id, request.params.userId);
      return reply.code(204).send();
    },
  );
}
