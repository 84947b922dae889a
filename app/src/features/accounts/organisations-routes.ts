import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { principalOf } from '../../server/access-control.ts';
import { ADMINISTRATORS } from '../../server/access.ts';
import type { AppContext } from '../../server/context.ts';
import * as repository from './repository.ts';
import * as schema from './schema.ts';
import * as service from './service.ts';

/** Organisations, for administrators of the first one. */
export function registerOrganisationRoutes(app: FastifyInstance, context: AppContext): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['organisations'];
  const config = { access: ADMINISTRATORS, hidden: true };
  routes.get(
    '/api/organisations',
    {
      config,
      schema: {
        summary: 'Every organisation; for administrators of the first one',
        tags,
        response: { 200: z.object({ items: z.array(schema.organisationSchema), nextCursor: z.null() }) },
      },
    },
    async (request) => {
      await service.requireRoot(context, principalOf(request));
      const organisations = await repository.listOrganisations(context.ownerDatabase);
      return {
        items: organisations.map(({ id, name, created_at: createdAt }) => ({
          id,
          name,
          createdAt: createdAt.toISOString(),
        })),
        nextCursor: null,
      };
    },
  );
  routes.post(
    '/api/organisations',
    {
      config: { ...config, fresh: true },
      schema: {
        summary: 'Add an organisation with its first administrator; for administrators of the first one',
        tags,
        body: z.strictObject({
          name: z.string().trim().min(1).max(200),
          adminEmail: schema.emailSchema,
          adminPassword: schema.newPasswordSchema.optional(),
        }),
        response: { 201: z.object({ organisation: schema.organisationSchema, admin: schema.userWithPasswordSchema }) },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await service.addOrganisation(context, principalOf(request), request.body)),
  );
}
