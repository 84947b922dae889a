import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { principalOf } from '../../../server/access-control.ts';
import { ADMINISTRATORS } from '../../../server/access.ts';
import type { AppContext } from '../../../server/context.ts';
import { notFound } from '../../../server/problem.ts';
import { withTenant } from '../../../server/tenant.ts';
import { deviceOf } from '../device.ts';
import { findMe, findUser } from '../repository.ts';
import { idParamsSchema } from '../schema.ts';
import { codeSchema, offerSchema, recoverySchema, statusSchema } from './schema.ts';
import type { SecondFactors } from './service.ts';

/** Setting a second factor up, and taking it away. */
export function registerSecondFactorRoutes(app: FastifyInstance, context: AppContext, factors: SecondFactors): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['account'];
  const sensitive = { access: 'signed-in', fresh: true } as const;
  routes.get(
    '/api/me/second-factor',
    {
      config: { access: 'signed-in' },
      schema: { summary: 'How the own second factor stands', tags, response: { 200: statusSchema } },
    },
    (request) => factors.status(principalOf(request)),
  );
  routes.post(
    '/api/me/second-factor',
    {
      config: sensitive,
      schema: {
        summary: 'Get a secret for an authenticator app; it is in force once its first code was sent',
        tags,
        response: { 200: offerSchema },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const me = await withTenant(context.database, principal, (transaction) => findMe(transaction, principal.userId));
      if (me === undefined) throw notFound();
      void reply.header('cache-control', 'no-store');
      return factors.offer(principal, me.email);
    },
  );
  routes.post(
    '/api/me/second-factor/confirm',
    {
      config: sensitive,
      schema: {
        summary: 'Send the first code: signs out everywhere, answers with recovery codes and a new session cookie',
        tags,
        body: z.strictObject({ code: codeSchema }),
        response: { 200: recoverySchema },
      },
    },
    async (request, reply) => {
      const { token, recoveryCodes } = await factors.turnOn(principalOf(request), request.body.code, deviceOf(request));
      void reply.setSessionCookie(token).header('cache-control', 'no-store');
      return { recoveryCodes };
    },
  );
  routes.post(
    '/api/me/second-factor/recovery-codes',
    {
      config: sensitive,
      schema: {
        summary: 'Make new recovery codes; the former ones open nothing',
        tags,
        response: { 200: recoverySchema },
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      return { recoveryCodes: await factors.renewRecoveryCodes(principalOf(request)) };
    },
  );
  routes.delete(
    '/api/me/second-factor',
    { config: sensitive, schema: { summary: 'Turn the own second factor off', tags, response: { 204: z.null() } } },
    async (request, reply) => {
      await factors.turnOff(principalOf(request));
      return reply.code(204).send(null);
    },
  );
  routes.delete(
    '/api/users/:id/second-factor',
    {
      config: { access: ADMINISTRATORS, fresh: true },
      schema: {
        summary: 'Turn the second factor of a user off who has lost it; signs the user out everywhere',
        tags: ['users'],
        params: idParamsSchema,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const { id } = request.params;
      const user = await withTenant(context.database, principal, (transaction) => findUser(transaction, id));
      if (user === undefined) throw notFound();
      await factors.turnOffFor(principal, id);
      return reply.code(204).send(null);
    },
  );
}
