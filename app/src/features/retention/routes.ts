import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { ADMINISTRATORS } from '../../server/access.ts';
import { principalOf } from '../../server/access-control.ts';
import type { AppContext } from '../../server/context.ts';
import { forbidden } from '../../server/problem.ts';
import { readsOf, withTenant } from '../../server/tenant.ts';
import { adminsWithoutFactor } from '../accounts/second-factor/repository.ts';
import { ownFactorFirst } from '../accounts/second-factor/service.ts';
import { writeAudit } from '../scans/service.ts';
import { readSettings, settingsSchema, writeSettings } from './settings.ts';

/** The organisation's settings of scans: retention, uploads, allowed folders, internal addresses. */
export function registerSettingsRoutes(app: FastifyInstance, { database, sessions }: AppContext): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.get(
    '/api/settings',
    {
      config: { access: ADMINISTRATORS },
      schema: { tags: ['settings'], summary: 'Settings of the organisation', response: { 200: settingsSchema } },
    },
    async (request) => readSettings(readsOf(database, principalOf(request))),
  );
  routes.patch(
    '/api/settings',
    {
      config: { access: ADMINISTRATORS, fresh: true },
      schema: {
        tags: ['settings'],
        summary: 'Change settings of the organisation; what is left out stays',
        body: settingsSchema.partial(),
        response: { 200: settingsSchema },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      const { scanRoots, allowPrivateAddresses } = request.body;
      if ((scanRoots !== undefined || allowPrivateAddresses !== undefined) && !principal.isOperator)
        throw forbidden('The folders and the network of the machine are for administrators of the first organisation.');
      const before = await readSettings(readsOf(database, principal));
      const isNewlyRequired = request.body.adminsNeedSecondFactor === true && !before.adminsNeedSecondFactor;
      const { settings: changed, without } = await withTenant(database, principal, async (sql) => {
        const without = isNewlyRequired ? await adminsWithoutFactor(sql) : [];
        if (without.includes(principal.userId)) throw ownFactorFirst();
        const given = Object.fromEntries(Object.entries(request.body).filter(([, value]) => value !== undefined));
        const settings = settingsSchema.parse({ ...(await readSettings(sql)), ...given });
        await writeSettings(sql, principal.organisationId, settings);
        await writeAudit(sql, principal, { action: 'settings.change', subject: 'settings', details: given });
        return { settings, without };
      });
      // Signed in again, they can do nothing but set one up.
      for (const userId of without) await sessions.revokeUser(userId);
      return changed;
    },
  );
}
