import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { principalOf } from '../../server/access-control.ts';
import { ADMINISTRATORS } from '../../server/access.ts';
import type { AppContext } from '../../server/context.ts';
import { notFound } from '../../server/problem.ts';
import { readsOf, withTenant } from '../../server/tenant.ts';
import * as repository from './repository.ts';
import * as schema from './schema.ts';
import * as service from './service.ts';
import { createSignInThrottle } from './throttle.ts';

/** Every page asks who is signed in; within grace also while the database is away. */
const PROFILE_TTL_MS = 10_000;
const PROFILE_GRACE_MS = 600_000;

/** Signing in and out, the own account, users and organisations. */
export function registerAccountsRoutes(app: FastifyInstance, context: AppContext): void {
  registerSigningIn(app, context);
  registerOwnAccount(app, context);
  registerUsers(app, context);
  registerOrganisations(app, context);
}

function deviceOf(request: FastifyRequest): service.Device {
  return { userAgent: request.headers['user-agent'] ?? '', address: request.ip };
}

function registerSigningIn(app: FastifyInstance, context: AppContext): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const throttle = createSignInThrottle();
  service.prepareSignIn();
  const tags = ['accounts'];
  routes.post(
    '/api/auth/login',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Sign in; answers with the session cookie',
        tags,
        body: schema.loginSchema,
        response: { 200: schema.meSchema },
      },
    },
    async (request, reply) => {
      const { email } = request.body;
      const former =
        request.sessionToken === undefined ? undefined : await context.sessions.resume(request.sessionToken);
      const { token, userId, organisationId } = await throttle.attempt({ email, address: request.ip }, () =>
        service.signIn(context, request.body, deviceOf(request)),
      );
      if (former !== undefined) await context.sessions.revoke(former.handle);
      const me = await withTenant(context.database, { organisationId, userId }, (transaction) =>
        repository.findMe(transaction, userId),
      );
      if (me === undefined) throw notFound();
      reply.setSessionCookie(token);
      return me;
    },
  );
  routes.post(
    '/api/auth/logout',
    { config: { access: 'public' }, schema: { summary: 'Sign out', tags, response: { 204: z.null() } } },
    async (request, reply) => {
      if (request.sessionToken !== undefined) {
        const session = await context.sessions.resume(request.sessionToken);
        if (session !== undefined) await context.sessions.revoke(session.handle);
      }
      return reply.clearSessionCookie().code(204).send(null);
    },
  );
}

function registerOwnAccount(app: FastifyInstance, context: AppContext): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['account'];
  const config = { access: 'signed-in' } as const;
  const profiles = context.cache.namespace<schema.Me>('profiles', {
    ttlMs: PROFILE_TTL_MS,
    graceMs: PROFILE_GRACE_MS,
    private: true,
  });
  const readMe = (request: FastifyRequest): Promise<schema.Me> => {
    const principal = principalOf(request);
    const { userId } = principal;
    const load = async (): Promise<schema.Me> => {
      const me = await repository.findMe(readsOf(context.database, principal), userId);
      if (me === undefined) throw notFound();
      return me;
    };
    return profiles.getOrSet(userId, load, { tags: [service.userTag(userId)] });
  };
  routes.get(
    '/api/me',
    { config, schema: { summary: 'Who is signed in', tags, response: { 200: schema.meSchema } } },
    readMe,
  );
  routes.patch(
    '/api/me',
    {
      config,
      schema: {
        summary: 'Change the own name or language',
        tags,
        body: z.strictObject({
          name: z.string().trim().max(200).nullable().optional(),
          locale: schema.localeSchema.optional(),
        }),
        response: { 200: schema.meSchema },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      await withTenant(context.database, principal, (transaction) =>
        repository.updateUser(transaction, principal.userId, request.body),
      );
      await context.cache.invalidateTags([service.userTag(principal.userId)]);
      return readMe(request);
    },
  );
  routes.post(
    '/api/me/password',
    {
      config,
      schema: {
        summary: 'Change the own password; other devices are signed out',
        tags,
        body: z.strictObject({ currentPassword: z.string().min(1).max(1_024), newPassword: schema.newPasswordSchema }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await service.changeOwnPassword(context, principalOf(request), request.body);
      return reply.code(204).send(null);
    },
  );
  routes.get(
    '/api/me/sessions',
    {
      config,
      schema: {
        summary: 'Where one is signed in',
        tags,
        response: { 200: z.object({ items: z.array(schema.ownSessionSchema) }) },
      },
    },
    async (request) => {
      const { userId, sessionHandle } = principalOf(request);
      const sessions = await context.sessions.list(userId);
      return {
        items: sessions.map(({ handle, userAgent, address, createdAt, lastSeenAt }) => ({
          id: handle,
          userAgent,
          address,
          createdAt: new Date(createdAt).toISOString(),
          lastSeenAt: new Date(lastSeenAt).toISOString(),
          isCurrent: handle === sessionHandle,
        })),
      };
    },
  );
  routes.delete(
    '/api/me/sessions',
    { config, schema: { summary: 'Sign all other devices out', tags, response: { 204: z.null() } } },
    async (request, reply) => {
      const { userId, sessionHandle } = principalOf(request);
      await context.sessions.revokeUser(userId, { exceptHandle: sessionHandle });
      return reply.code(204).send(null);
    },
  );
  routes.delete(
    '/api/me/sessions/:id',
    {
      config,
      schema: { summary: 'Sign one device out', tags, params: schema.idParamsSchema, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { userId } = principalOf(request);
      if (!(await context.sessions.revoke(request.params.id, { userId }))) throw notFound();
      return reply.code(204).send(null);
    },
  );
}

function registerUsers(app: FastifyInstance, context: AppContext): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['users'];
  const config = { access: ADMINISTRATORS };
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
      config,
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
      config,
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
    { config, schema: { summary: 'Remove a user', tags, params: schema.idParamsSchema, response: { 204: z.null() } } },
    async (request, reply) => {
      await service.removeUser(context, principalOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
}

function registerOrganisations(app: FastifyInstance, context: AppContext): void {
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
      config,
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
