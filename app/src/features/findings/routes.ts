import { createHash } from 'node:crypto';
import { describedTypes } from '@dataguardian/scanner';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { READERS, SCANNERS } from '../../server/access.ts';
import type { AppContext } from '../../server/context.ts';
import { principalOf } from '../../server/access-control.ts';
import { decisionSchema, findingPageSchema, findingQuerySchema, findingSchema, triageSchema } from './schema.ts';
import { createFindingService } from './service.ts';

const bilingual = z.object({ en: z.string(), nl: z.string() });
const catalogueSchema = z.object({
  items: z.array(
    z.object({
      type: z.string(),
      category: z.string(),
      severity: z.string(),
      articles: z.array(z.string()),
      name: bilingual,
      remedy: bilingual,
    }),
  ),
});

/** Findings: filter, sort, group, decide; and the catalogue of types. */
export function registerFindingRoutes(app: FastifyInstance, context: AppContext): void {
  const service = createFindingService(context);
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/api/scans/:id/findings',
    {
      config: { access: READERS },
      schema: {
        tags: ['findings'],
        summary: 'Findings of a scan, masked',
        params: z.object({ id: z.uuid() }),
        querystring: findingQuerySchema,
        response: { 200: findingPageSchema },
      },
    },
    async (request) => service.list(principalOf(request), { scanId: request.params.id }, request.query),
  );
  routes.get(
    '/api/findings',
    {
      config: { access: READERS },
      schema: {
        tags: ['findings'],
        summary: 'Findings of all visible scans, masked',
        querystring: findingQuerySchema,
        response: { 200: findingPageSchema },
      },
    },
    async (request) => service.list(principalOf(request), {}, request.query),
  );
  routes.patch(
    '/api/findings/:id',
    {
      config: { access: SCANNERS },
      schema: {
        tags: ['findings'],
        summary: 'Decide about a finding',
        params: z.object({ id: z.uuid() }),
        body: decisionSchema,
        response: { 200: findingSchema },
      },
    },
    async (request) => service.decideOne(principalOf(request), request.params.id, request.body),
  );
  routes.post(
    '/api/findings/triage',
    {
      config: { access: SCANNERS },
      schema: {
        tags: ['findings'],
        summary: 'Decide about many findings: those named, or all that a filter selects',
        body: triageSchema,
        response: { 200: z.object({ count: z.number() }) },
      },
    },
    async (request) => service.decideMany(principalOf(request), request.body),
  );

  const catalogue = JSON.stringify({ items: describedTypes() });
  const etag = `"${createHash('sha256').update(catalogue).digest('base64url').slice(0, 24)}"`;
  routes.get(
    '/api/catalogue',
    {
      config: { access: 'signed-in' },
      schema: {
        tags: ['findings'],
        summary: 'Every type of finding: names, remedies and articles, in English and Dutch',
        response: { 200: catalogueSchema, 304: z.null() },
      },
    },
    async (request, reply) => {
      void reply.header('etag', etag).header('cache-control', 'private, max-age=3600');
      if (request.headers['if-none-match'] === etag) return reply.code(304).send(null);
      return JSON.parse(catalogue) as z.infer<typeof catalogueSchema>;
    },
  );
}
