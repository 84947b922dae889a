import { z } from 'zod';

const severity = z.enum(['low', 'medium', 'high', 'critical']);
const status = z.enum(['open', 'confirmed', 'false_positive', 'accepted_risk', 'fixed']);
const category = z.enum(['identifier', 'contact', 'financial', 'special', 'credential', 'online', 'location']);

/** `a,b` in an address, or a repeated parameter, as a list. */
const listOf = <Item extends z.ZodType>(item: Item) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',').filter((part) => part !== '') : value),
    z.array(item).min(1).max(50),
  );

const typeName = z.string().regex(/^[A-Z][A-Za-z0-9_]{1,60}$/);

/** Which findings a list shows. */
export const findingFilterSchema = z.object({
  severity: listOf(severity).optional(),
  status: listOf(status).optional(),
  category: listOf(category).optional(),
  type: listOf(typeName).optional(),
  /** Part of the item's name. */
  q: z.string().trim().min(1).max(200).optional(),
});

/** See {@link findingFilterSchema}. */
export type FindingFilter = z.infer<typeof findingFilterSchema>;

/** Orders of a list. */
export const findingSorts = ['severity', 'newest', 'score', 'place', 'type'] as const;

/** Query of a list of findings. */
export const findingQuerySchema = findingFilterSchema.extend({
  sort: z.enum(findingSorts).default('severity'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(2000).optional(),
  /** Counts by file or type instead of single findings. */
  group: z.enum(['file', 'type']).optional(),
});

/** See {@link findingQuerySchema}. */
export type FindingQuery = z.infer<typeof findingQuerySchema>;

/** A decision about findings. */
export const decisionSchema = z.strictObject({
  status,
  reason: z.string().trim().max(1000).optional(),
});

/** See {@link decisionSchema}. */
export type Decision = z.infer<typeof decisionSchema>;

/** Body of `POST /api/findings/triage`: a decision about the findings named, or all that a filter selects. */
export const triageSchema = z
  .strictObject({
    ids: z.array(z.uuid()).min(1).max(5000).optional(),
    filter: z
      .strictObject({
        scanId: z.uuid().optional(),
        severity: z.array(severity).min(1).optional(),
        status: z.array(status).min(1).optional(),
        category: z.array(category).min(1).optional(),
        type: z.array(typeName).min(1).optional(),
        q: z.string().trim().min(1).max(200).optional(),
      })
      .optional(),
    status,
    reason: z.string().trim().max(1000).optional(),
  })
  .refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), {
    message: 'Give either ids or filter.',
  });

/** A finding in answers. */
export const findingSchema = z.object({
  id: z.string(),
  scanId: z.string(),
  type: z.string(),
  category,
  severity,
  score: z.number(),
  reasons: z.array(z.string()).readonly(),
  location: z.object({
    item: z.string(),
    line: z.number().optional(),
    column: z.number().optional(),
    start: z.number().optional(),
    end: z.number().optional(),
    row: z.number().optional(),
    field: z.string().optional(),
    page: z.number().optional(),
    part: z.string().optional(),
    commit: z.string().optional(),
  }),
  masked: z.string(),
  context: z.string(),
  status,
  reason: z.string().nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: z.string().nullable(),
  createdAt: z.string(),
});

/** A page of findings in answers. */
export const findingPageSchema = z.object({
  items: z.array(findingSchema).readonly(),
  nextCursor: z.string().nullable(),
  total: z.number(),
  groups: z
    .array(z.object({ key: z.string(), count: z.number(), severity }))
    .readonly()
    .optional(),
});
