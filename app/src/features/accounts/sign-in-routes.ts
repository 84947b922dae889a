import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { principalOf } from '../../server/access-control.ts';
import { FRESH_MS } from '../../server/access.ts';
import type { AppContext } from '../../server/context.ts';
import { notFound } from '../../server/problem.ts';
import { withTenant } from '../../server/tenant.ts';
import { deviceOf } from './device.ts';
import * as repository from './repository.ts';
import * as schema from './schema.ts';
import * as service from './service.ts';
import { rotateCookie } from './rotate-cookie.ts';
import type { SecondFactors } from './second-factor/service.ts';
import type { SignInThrottle } from './throttle.ts';

/** Signing in and out, and proving again who one is. */
export function registerSignInRoutes(
  app: FastifyInstance,
  context: AppContext,
  { throttle, factors }: { readonly throttle: SignInThrottle; readonly factors: SecondFactors },
): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
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
      const { token, userId, organisationId } = await throttle.attempt({ account: email, address: request.ip }, () =>
        service.signIn(context, factors, request.body, deviceOf(request)),
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
  routes.post(
    '/api/auth/confirm',
    {
      config: { access: 'signed-in' },
      schema: {
        summary: 'Prove again who you are, for what is sensitive; answers with a new session cookie',
        description: 'The former cookie is dead at once. What needs it is open until `freshUntil`.',
        tags,
        body: schema.confirmSchema,
        response: { 200: schema.confirmedSchema },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      await throttle.attempt({ account: principal.userId, address: request.ip }, () =>
        service.confirm(context, factors, principal, request.body),
      );
      const session = await rotateCookie(context, request, reply);
      return { freshUntil: new Date(session.authenticatedAt + FRESH_MS).toISOString() };
    },
  );
}
