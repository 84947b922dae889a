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
    settings: {
      'app.organisation_id': tenant.organisationId,
      'app.user_id': tenant.userId ?? '',
      'app.role': tenant.role ?? '',
    },
  });
}
