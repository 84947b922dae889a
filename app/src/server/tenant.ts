import type { Database, Queryable } from '@dataguardian/performance';

/** On whose behalf rows are read and written. */
export interface Tenant {
  readonly organisationId: string;
  /** Absent for background work of the organisation. */
  readonly userId?: string | undefined;
  /** Absent for background work: then nothing is hidden inside the organisation. */
  readonly role?: string | undefined;
}

/** How the transaction runs. */
export interface TenantOptions {
  readonly readOnly?: boolean;
}

/** The settings that the policies of row-level security read. */
function toSettings({ organisationId, userId, role }: Tenant): Readonly<Record<string, string>> {
  return { 'app.organisation_id': organisationId, 'app.user_id': userId ?? '', 'app.role': role ?? '' };
}

/**
 * Runs `work` in one transaction that row-level security binds to `tenant`: rows of other organisations do not exist
 * for it, whatever the SQL says. The settings end with the transaction.
 */
export function withTenant<Result>(
  database: Database,
  tenant: Tenant,
  work: (transaction: Queryable) => Promise<Result>,
  options: TenantOptions = {},
): Promise<Result> {
  return database.transaction(work, {
    readOnly: options.readOnly ?? false,
    settings: toSettings(tenant),
  });
}

/**
 * Reads that row-level security binds to `tenant`, each from the query cache while nothing has changed on which it
 * depends, else in a read-only transaction of its own. Only an analyst's view depends on who asks: the others of an
 * organisation share what is in memory.
 */
export function readsOf(database: Database, tenant: Tenant): Pick<Queryable, 'query'> {
  const { organisationId, userId, role } = tenant;
  const settings = toSettings({ organisationId, role, userId: role === 'analyst' ? userId : undefined });
  return { query: (text, values) => database.cachedRead(text, values, { settings }) };
}
