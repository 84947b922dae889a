import { Readable } from 'node:stream';
import { cachePolicies, profilerThread } from '@dataguardian/performance';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { READERS } from '../../server/access.ts';
import { principalOf } from '../../server/access-control.ts';
import type { AppContext } from '../../server/context.ts';
import type { Principal } from '../../server/principal.ts';
import { readsOf, withTenant } from '../../server/tenant.ts';
import { listScans } from '../scans/repository.ts';
import { everyScanTag, scanTags } from '../scans/scan-signals.ts';
import { type Scan, isFinal } from '../scans/scan.ts';
import { scanSchema } from '../scans/schema.ts';
import { createScanService, visibility, writeAudit } from '../scans/service.ts';
import { PRODUCT_VERSION } from './product.ts';
import { writeCsvReport } from './csv-report.ts';
import { writeJsonReport } from './json-report.ts';
import type { ReportLanguage, ReportModel } from './report-model.ts';
import { createReportRenderer } from './report-renderer.ts';
import { buildReport, type ReadPage, reportFindings } from './report-source.ts';
import { writeSarifReport } from './sarif-report.ts';

/** Formats of a report, and how each is sent. */
const MEDIA_TYPES = {
  html: 'text/html; charset=utf-8',
  pdf: 'application/pdf',
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
  sarif: 'application/sarif+json; charset=utf-8',
} as const;

/** A format of a report. */
type ReportFormat = keyof typeof MEDIA_TYPES;

const GRACE_MS = 30 * 60_000;

const fileName = (scan: Scan, format: ReportFormat): string => {
  const words = scan.name
    .normalize('NFKD')
    .replaceAll(/[^\w]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);
  return `dataguardian-${words || 'scan'}-${(scan.finishedAt ?? scan.createdAt).slice(0, 10)}.${format}`;
};

/** Reports of scans, in five formats and two languages. */
export function registerReportRoutes(app: FastifyInstance, context: AppContext): void {
  const { database, cache, clock } = context;
  const scans = createScanService(context);
  const models = cache.namespace<ReportModel>('report-models', {
    ...cachePolicies.scanResults,
    graceMs: GRACE_MS,
    private: true,
    tags: [everyScanTag],
  });
  const renderer = createReportRenderer({ clock, imports: [profilerThread] });
  app.addHook('onClose', () => renderer.close());
  const routes = app.withTypeProvider<ZodTypeProvider>();

  async function organisationName(principal: Principal): Promise<string> {
    const { rows } = await readsOf(database, principal).query<{ name: string }>(
      'select name from organisations where id = $1',
      [principal.organisationId],
    );
    return rows[0]?.name ?? '';
  }

  async function readModel(principal: Principal, scan: Scan, language: ReportLanguage): Promise<ReportModel> {
    const readPage: ReadPage = (work) => scans.reading(principal, work);
    const model = await models.getOrSet(
      `${visibility(principal)}/${scan.id}/${scan.revision}/${language}`,
      async ({ skipStore }) => {
        if (!isFinal(scan.status)) skipStore();
        return buildReport(readPage, scan, {
          language,
          generatedAt: clock.now(),
          version: PRODUCT_VERSION,
          organisation: await organisationName(principal),
        });
      },
      { tags: scanTags(principal.organisationId, scan.id) },
    );
    // The stamp is that of this export, wherever the figures come from.
    return { ...model, generatedAt: new Date(clock.now()).toISOString() };
  }

  function render(
    format: Exclude<ReportFormat, 'html' | 'pdf'>,
    model: ReportModel,
    findings: ReturnType<typeof reportFindings>,
  ): AsyncIterable<string> {
    if (format === 'csv') return writeCsvReport(findings, model.language);
    return format === 'json' ? writeJsonReport(model, findings) : writeSarifReport(model, findings);
  }

  for (const format of Object.keys(MEDIA_TYPES) as ReportFormat[])
    // keys of the literal above
    routes.get(
      `/api/scans/:id/report.${format}`,
      {
        config: { access: READERS, admission: 'background' },
        schema: {
          tags: ['reports'],
          summary: `Report of a scan as ${format.toUpperCase()}, masked`,
          params: z.object({ id: z.uuid() }),
          querystring: z.object({
            lang: z.enum(['en', 'nl']).default('en'),
            /** Shows instead of saves, where a browser can. */
            inline: z.stringbool().default(false),
          }),
        },
      },
      async (request, reply) => {
        const principal = principalOf(request);
        const { lang, inline } = request.query;
        const scan = await scans.get(principal, request.params.id);
        await withTenant(database, principal, (sql) =>
          writeAudit(sql, principal, { action: 'report.export', subject: scan.id, details: { format, lang } }),
        );
        void reply
          .header('content-type', MEDIA_TYPES[format])
          .header('content-disposition', `${inline ? 'inline' : 'attachment'}; filename="${fileName(scan, format)}"`)
          .header('cache-control', 'private, no-store');
        const model = await readModel(principal, scan, lang);
        if (format === 'html') {
          // The page carries its own style and nothing else; it needs a policy of its own.
          void reply.header(
            'content-security-policy',
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox",
          );
        }
        if (format === 'html' || format === 'pdf') return reply.send(Buffer.from(await renderer.render(format, model)));
        const findings = reportFindings((work) => scans.reading(principal, work), scan.id);
        return reply.send(Readable.from(render(format, model, findings), { objectMode: false }));
      },
    );

  routes.get(
    '/api/reports',
    {
      config: { access: READERS },
      schema: {
        tags: ['reports'],
        summary: 'Scans that can be reported on, newest first',
        querystring: z.object({
          limit: z.coerce.number().int().min(1).max(200).default(50),
          cursor: z.string().max(2000).optional(),
        }),
        response: {
          200: z.object({
            items: z
              .array(scanSchema.extend({ formats: z.array(z.string()), languages: z.array(z.string()) }))
              .readonly(),
            nextCursor: z.string().nullable(),
          }),
        },
      },
    },
    async (request) => {
      const page = await listScans(readsOf(database, principalOf(request)), {
        ...request.query,
        status: ['completed', 'failed', 'cancelled'],
      });
      const extra = { formats: Object.keys(MEDIA_TYPES), languages: ['en', 'nl'] };
      return { items: page.items.map((scan) => ({ ...scan, ...extra })), nextCursor: page.nextCursor };
    },
  );
}
