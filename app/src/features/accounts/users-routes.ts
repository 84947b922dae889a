import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { principalOf } from '../../server/access-control.ts';
import { ADMINISTRATORS } from '../../server/access.ts';
import type { AppContext } from '../../server/context.ts';
import { readsOf } from '../../server/tenant.ts';
import * as repository from './repository.ts';
import * as schema from './schema.ts';
import * as service from './service.ts';

/** The organisation's users. */
export function registerUserRoutes(app: FastifyInstance, context: AppContext): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['users'];
  const config = { access: ADMINISTRATORS };
  const sensitive = { access: ADMINISTRATORS, fresh: true };
  routes.get(
    '/api/users',
    {
      config,
      schema: {
        summary: "The organisation's users",
        tags,
        response: { 200: z.object({ items: z.array(schema.userSchema), nextCursor: z.null() }) },
      },
    },
    async (request) => ({
      items: [...(await repository.listUsers(readsOf(context.database, principalOf(request))))],
      nextCursor: null,
    }),
  );
  routes.post(
    '/api/users',
    {
      config: sensitive,
      schema: {
        summary: 'Add a user; without a password one is generated and shown once',
        tags,
        body: schema.newUserSchema,
        response: { 201: schema.userWithPasswordSchema },
      },
    },
    async (request, reply) => reply.code(201).send(await service.addUser(context, principalOf(request), request.body)),
  );
  routes.patch(
    '/api/users/:id',
    {
      config: sensitive,
      schema: {
        summary: 'Change a user',
        tags,
        params: schema.idParamsSchema,
        body: schema.userChangeSchema,
        response: { 200: schema.userWithPasswordSchema },
      },
    },
    (request) => service.changeUser(context, principalOf(request), request.params.id, request.body),
  );
  routes.delete(
    '/api/users/:id',
    {
      config: sensitive,
      schema: { summary: 'Remove a user', tags, params: schema.idParamsSchema, response: { 204: z.null() } },
    },
    async (request, reply) => {
      await service.removeUser(context, principalOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
}
