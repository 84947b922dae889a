import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FRESH_MS, type Access } from './access.ts';
import { isRole, OPERATOR, type Principal, SECOND_FACTOR_DUE } from './principal.ts';
import { forbidden, notFound, notFresh, notSignedIn, secondFactorDue } from './problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is signed in; `undefined` on public routes when nobody is. */
    principal: Principal | undefined;
  }
}

/** The principal of a request on a route that is not public. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === undefined) throw notSignedIn();
  return request.principal;
}

/** Deny by default: a route that does not declare its access stops the server, and every request is held against it. */
export function installAccessControl(app: FastifyInstance): void {
  app.decorateRequest('principal');
  app.addHook('onRoute', (route) => {
    if (route.config?.access === undefined)
      throw new Error(`${String(route.method)} ${route.url} declares no access; add config: { access: … }.`);
  });
  app.addHook('onRequest', (request, _reply, done) => {
    request.principal = toPrincipal(request);
    const { access, hidden = false, fresh = false } = request.routeOptions.config;
    const refused = access === undefined ? undefined : refusal(access, request.principal, { hidden });
    done(refused ?? (fresh && request.session?.isFresh(FRESH_MS) !== true ? notFresh() : undefined));
  });
}

function toPrincipal({ session }: FastifyRequest): Principal | undefined {
  const role = session?.roles.find(isRole);
  if (session?.organisationId === undefined || role === undefined) return undefined;
  return {
    userId: session.userId,
    organisationId: session.organisationId,
    role,
    isOperator: session.roles.includes(OPERATOR),
    isFactorDue: session.roles.includes(SECOND_FACTOR_DUE),
    sessionHandle: session.handle,
  };
}

function refusal(
  access: Access,
  principal: Principal | undefined,
  { hidden }: { readonly hidden: boolean },
): Error | undefined {
  if (access === 'public') return undefined;
  if (principal === undefined) return hidden ? notFound() : notSignedIn();
  // Before anything else is said, such as that a proof is too old: who may not know of it is told nothing.
  if (hidden && !principal.isOperator) return notFound();
  if (access === 'signed-in') return undefined;
  if (access.includes(principal.role)) return principal.isFactorDue ? secondFactorDue() : undefined;
  return hidden ? notFound() : forbidden();
}
