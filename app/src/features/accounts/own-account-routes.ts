import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { principalOf } from '../../server/access-control.ts';
import type { AppContext } from '../../server/context.ts';
import { notFound } from '../../server/problem.ts';
import { readsOf, withTenant } from '../../server/tenant.ts';
import * as repository from './repository.ts';
import * as schema from './schema.ts';
import * as service from './service.ts';
import { rotateCookie } from './rotate-cookie.ts';
import type { SignInThrottle } from './throttle.ts';

/** Every page asks who is signed in; within grace also while the database is away. */
const PROFILE_TTL_MS = 10_000;
const PROFILE_GRACE_MS = 600_000;

/** The own account: name, language, password. */
export function registerOwnAccountRoutes(app: FastifyInstance, context: AppContext, throttle: SignInThrottle): void {
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
        summary: 'Change the own password; other devices are signed out, and this one gets a new cookie',
        tags,
        body: z.strictObject({ currentPassword: z.string().min(1).max(1_024), newPassword: schema.newPasswordSchema }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      await throttle.attempt({ account: principal.userId, address: request.ip }, () =>
        service.changeOwnPassword(context, principal, request.body),
      );
      await rotateCookie(context, request, reply);
      return reply.code(204).send(null);
    },
  );
}
