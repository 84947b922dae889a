import type { FastifyInstance } from 'fastify';
import type { AppContext } from '../../server/context.ts';
import { registerAuditRoutes } from './audit-routes.ts';
import { registerDeviceRoutes } from './device-routes.ts';
import { registerOrganisationRoutes } from './organisations-routes.ts';
import { registerOwnAccountRoutes } from './own-account-routes.ts';
import { registerSignInRoutes } from './sign-in-routes.ts';
import { registerSecondFactorRoutes } from './second-factor/routes.ts';
import { createSecondFactors } from './second-factor/service.ts';
import { createSharedThrottle } from './throttle.ts';
import { registerUserRoutes } from './users-routes.ts';

const SWEEP_MS = 10 * 60_000;

/** Signing in and out, the own account, devices, users and organisations, and what was done. */
export function registerAccountsRoutes(app: FastifyInstance, context: AppContext): void {
  const throttle = createSharedThrottle(context);
  const timer = context.clock.repeat(SWEEP_MS, () => void throttle.sweep());
  app.addHook('onClose', (_app, done) => {
    timer.cancel();
    done();
  });
  const factors = createSecondFactors(context, throttle);
  registerSignInRoutes(app, context, { throttle, factors });
  registerSecondFactorRoutes(app, context, factors);
  registerOwnAccountRoutes(app, context, throttle);
  registerDeviceRoutes(app, context);
  registerUserRoutes(app, context);
  registerOrganisationRoutes(app, context);
  registerAuditRoutes(app, context);
}
