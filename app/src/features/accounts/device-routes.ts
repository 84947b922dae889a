import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { principalOf } from '../../server/access-control.ts';
import { ADMINISTRATORS } from '../../server/access.ts';
import type { AppContext } from '../../server/context.ts';
import type { Principal } from '../../server/principal.ts';
import { notFound } from '../../server/problem.ts';
import { withTenant } from '../../server/tenant.ts';
import * as repository from './repository.ts';
import * as schema from './schema.ts';

const sessionsSchema = z.object({ items: z.array(schema.ownSessionSchema) });
const deviceParamsSchema = z.object({ id: z.uuid(), sessionId: z.uuid() });

/** Where people are signed in: everybody sees and ends their own, administrators those of their organisation. */
export function registerDeviceRoutes(app: FastifyInstance, context: AppContext): void {
  const { sessions, database } = context;

  const list = async (by: Principal, userId: string): Promise<z.infer<typeof sessionsSchema>> => ({
    items: (await sessions.list(userId)).map(({ handle, userAgent, address, createdAt, lastSeenAt }) => ({
      id: handle,
      userAgent,
      address,
      createdAt: new Date(createdAt).toISOString(),
      lastSeenAt: new Date(lastSeenAt).toISOString(),
      isCurrent: handle === by.sessionHandle,
    })),
  });
  const audit = ({ organisationId, userId }: Principal, action: string, subject: string): Promise<void> =>
    withTenant(database, { organisationId, userId }, (transaction) =>
      repository.audit(transaction, { organisationId, userId, action, subject }),
    );
  /** @throws Problem 404 for users of other organisations, as for those who do not exist. */
  const requireMember = async (by: Principal, id: string): Promise<void> => {
    const user = await withTenant(database, by, (transaction) => repository.findUser(transaction, id));
    if (user === undefined) throw notFound();
  };

  registerOwnDevices();
  registerUsersDevices();

  function registerOwnDevices(): void {
    const routes = app.withTypeProvider<ZodTypeProvider>();
    const tags = ['account'];
    const config = { access: 'signed-in' } as const;
    const sensitive = { access: 'signed-in', fresh: true } as const;
    routes.get(
      '/api/me/sessions',
      {
        config,
        schema: {
          summary: 'Where one is signed in',
          tags,
          response: { 200: sessionsSchema },
        },
      },
      (request) => list(principalOf(request), principalOf(request).userId),
    );
    routes.delete(
      '/api/me/sessions',
      { config: sensitive, schema: { summary: 'Sign all other devices out', tags, response: { 204: z.null() } } },
      async (request, reply) => {
        const { userId, sessionHandle } = principalOf(request);
        await context.sessions.revokeUser(userId, { exceptHandle: sessionHandle });
        await audit(principalOf(request), 'session.revoke-others', userId);
        return reply.code(204).send(null);
      },
    );
    routes.delete(
      '/api/me/sessions/:id',
      {
        config: sensitive,
        schema: { summary: 'Sign one device out', tags, params: schema.idParamsSchema, response: { 204: z.null() } },
      },
      async (request, reply) => {
        const { userId } = principalOf(request);
        if (!(await context.sessions.revoke(request.params.id, { userId }))) throw notFound();
        await audit(principalOf(request), 'session.revoke', request.params.id);
        return reply.code(204).send(null);
      },
    );
  }

  function registerUsersDevices(): void {
    const routes = app.withTypeProvider<ZodTypeProvider>();
    const tags = ['users'];
    const sensitive = { access: ADMINISTRATORS, fresh: true };
    routes.get(
      '/api/users/:id/sessions',
      {
        config: { access: ADMINISTRATORS },
        schema: {
          summary: 'Where a user is signed in',
          tags,
          params: schema.idParamsSchema,
          response: { 200: sessionsSchema },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        await requireMember(principal, request.params.id);
        return list(principal, request.params.id);
      },
    );
    routes.delete(
      '/api/users/:id/sessions',
      {
        config: sensitive,
        schema: {
          summary: 'Sign a user out everywhere',
          tags,
          params: schema.idParamsSchema,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const principal = principalOf(request);
        const { id } = request.params;
        await requireMember(principal, id);
        await sessions.revokeUser(id, { exceptHandle: principal.sessionHandle });
        await audit(principal, 'session.revoke-user', id);
        return reply.code(204).send(null);
      },
    );
    routes.delete(
      '/api/users/:id/sessions/:sessionId',
      {
        config: sensitive,
        schema: {
          summary: 'Sign one device of a user out',
          tags,
          params: deviceParamsSchema,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const principal = principalOf(request);
        const { id, sessionId } = request.params;
        await requireMember(principal, id);
        if (!(await sessions.revoke(sessionId, { userId: id }))) throw notFound();
        await audit(principal, 'session.revoke', sessionId);
        return reply.code(204).send(null);
      },
    );
    routes.delete(
      '/api/sessions',
      {
        config: sensitive,
        schema: {
          summary: 'Sign everybody of the organisation out, except this session',
          tags,
          response: { 200: z.object({ endedCount: z.number() }) },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        const { organisationId, sessionHandle } = principal;
        const endedCount = await sessions.revokeOrganisation(organisationId, { exceptHandle: sessionHandle });
        await audit(principal, 'session.revoke-organisation', organisationId);
        return { endedCount };
      },
    );
  }
}
