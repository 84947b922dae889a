import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { principalOf } from '../../server/access-control.ts';
import { ADMINISTRATORS, AUDITORS } from '../../server/access.ts';
import type { AppContext } from '../../server/context.ts';
import { notFound } from '../../server/problem.ts';
import { withTenant } from '../../server/tenant.ts';
import { formatCursor, parseCursor } from '../scans/cursor.ts';
import * as repository from './repository.ts';
import * as schema from './schema.ts';

const PAGE = 50;
const MOST_ON_A_PAGE = 200;

/** What was done: the organisation's audit log, and what each user did in their sessions. */
export function registerAuditRoutes(app: FastifyInstance, { database, sessions }: AppContext): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['users'];
  routes.get(
    '/api/audit',
    {
      config: { access: AUDITORS },
      schema: {
        summary: 'Who did what in the organisation, latest first',
        tags,
        querystring: z.object({
          cursor: z.string().max(200).optional(),
          limit: z.coerce.number().int().min(1).max(MOST_ON_A_PAGE).default(PAGE),
          userId: z.uuid().optional(),
        }),
        response: { 200: z.object({ items: z.array(schema.auditEntrySchema), nextCursor: z.string().nullable() }) },
      },
    },
    async (request) => {
      const { cursor, limit, userId } = request.query;
      const before = cursor === undefined ? undefined : toId(parseCursor(cursor, 1)[0]);
      const rows = await withTenant(
        database,
        principalOf(request),
        (transaction) => repository.listAudit(transaction, { before, limit: limit + 1, userId }),
        { readOnly: true },
      );
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return { items, nextCursor: rows.length > limit && last !== undefined ? formatCursor([last.id]) : null };
    },
  );
  routes.get(
    '/api/users/:id/activity',
    {
      config: { access: ADMINISTRATORS },
      schema: {
        summary: 'What a user changed, by session, latest first; at most 100 of each session, kept for 30 days',
        tags,
        params: schema.idParamsSchema,
        response: { 200: z.object({ items: z.array(schema.activitySchema) }) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const user = await withTenant(database, principalOf(request), (transaction) =>
        repository.findUser(transaction, id),
      );
      if (user === undefined) throw notFound();
      const activities = await sessions.activity({ userId: id });
      return {
        items: activities.map(({ at, handle, what }) => ({ at: new Date(at).toISOString(), sessionId: handle, what })),
      };
    },
  );
}

/** @throws Problem CURSOR_INVALID for what is no id, as for every foreign cursor. */
function toId(key: unknown): string {
  const text = String(key);
  return /^\d{1,18}$/.test(text) ? text : String(parseCursor('', 1)[0]);
}
