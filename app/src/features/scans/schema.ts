import { z } from 'zod';

/** What is to be scanned, as the API takes it. */
export const scanSourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('upload'), uploadId: z.uuid() }),
  z.strictObject({ kind: z.literal('path'), path: z.string().trim().min(1).max(4096) }),
  z
    .strictObject({
      kind: z.literal('repository'),
      url: z.string().trim().min(1).max(2048).optional(),
      path: z.string().trim().min(1).max(4096).optional(),
      history: z.boolean().optional(),
      ref: z
        .string()
        .trim()
        .max(255)
        .regex(/^[^-\s][^\s]*$/)
        .optional(),
      allowPrivate: z.boolean().optional(),
    })
    .refine((source) => (source.url === undefined) !== (source.path === undefined), {
      message: 'Give either url or path.',
    }),
  z.strictObject({
    kind: z.literal('database'),
    url: z.string().trim().min(1).max(2048),
    mode: z.enum(['sample', 'full']).optional(),
    sampleRows: z.int().min(1).max(1_000_000).optional(),
    tables: z.array(z.string().min(1).max(255)).max(1000).optional(),
    allowPrivate: z.boolean().optional(),
  }),
  z.strictObject({
    kind: z.literal('website'),
    url: z.string().trim().min(1).max(2048),
    maxPages: z.int().min(1).max(10_000).optional(),
    maxDepth: z.int().min(0).max(20).optional(),
    maxMs: z.int().min(1_000).max(3_600_000).optional(),
    allowPrivate: z.boolean().optional(),
  }),
]);

/** See {@link scanSourceSchema}. */
export type ScanSource = z.infer<typeof scanSourceSchema>;

/** Options of a scan. */
export const scanOptionsSchema = z.strictObject({
  /** Findings below this confidence are left out. */
  minimumScore: z.number().min(0).max(1).optional(),
  /** Types to look for; absent: all. */
  types: z
    .array(z.string().regex(/^[A-Z][A-Za-z0-9_]{1,40}$/))
    .min(1)
    .max(200)
    .optional(),
  /** Keep the uploaded files after the scan. */
  keepUpload: z.boolean().optional(),
});

/** Body of `POST /api/scans`. */
export const newScanSchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  source: scanSourceSchema,
  options: scanOptionsSchema.optional(),
});

/** See {@link newScanSchema}. */
export type NewScan = z.infer<typeof newScanSchema>;

const count = z.number().int().nonnegative();
const severityCounts = z.object({ low: count, medium: count, high: count, critical: count });

/** A risk score in answers. */
export const riskSchema = z.object({
  score: z.number(),
  band: z.string(),
  factors: z
    .array(
      z.object({ name: z.string(), points: z.number(), maximum: z.number(), inputs: z.array(z.number()).readonly() }),
    )
    .readonly(),
});

/** A scan in answers. */
export const scanSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  status: z.enum(['queued', 'planning', 'running', 'paused', 'completed', 'failed', 'cancelled']),
  source: z.object({ kind: z.enum(['upload', 'path', 'repository', 'database', 'website']), label: z.string() }),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  createdBy: z.object({ id: z.string(), email: z.string() }).nullable(),
  progress: z.object({
    doneBytes: count,
    totalBytes: count,
    doneItems: count,
    totalItems: count,
    skippedItems: count,
    failedParts: count,
  }),
  counts: severityCounts,
  categoryCounts: z.record(z.string(), count),
  typeCounts: z.record(z.string(), count),
  findingCount: count,
  riskScore: z.number().nullable(),
  risk: riskSchema.nullable(),
  error: z.string().nullable(),
  failure: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }).nullable(),
  revision: count,
});

/** Path parameter `:id`. */
export const idParams = z.object({ id: z.uuid() });
