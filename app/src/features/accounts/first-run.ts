import type { Database } from '@dataguardian/performance';
import type { Config } from '../../config.ts';
import { generatePassword, hashPassword } from './password.ts';
import { insertOrganisation, insertUser } from './repository.ts';

/** How the first administrator signs in; shown once, stored nowhere. */
export interface FirstAdministrator {
  readonly email: string;
  /** Absent when the operator chose it. */
  readonly password: string | undefined;
}

/** Any constant: processes that start together take turns under it. */
const LOCK = 4_702_111_524;

/** Creates the root organisation and its administrator unless they exist. */
export async function createFirstAdministrator(
  owner: Database,
  config: Config,
): Promise<FirstAdministrator | undefined> {
  const existing = await owner.query('select from organisations limit 1');
  if (existing.rowCount > 0) return undefined;
  const generated = config.adminPassword === undefined ? generatePassword() : undefined;
  const passwordHash = await hashPassword(config.adminPassword ?? generated ?? '');
  return owner.transaction(async (transaction) => {
    await transaction.query('select pg_advisory_xact_lock($1)', [LOCK]);
    const { rowCount } = await transaction.query('select from organisations limit 1');
    if (rowCount > 0) return undefined;
    const { id } = await insertOrganisation(transaction, { name: 'My organisation', isRoot: true });
    await insertUser(transaction, {
      organisationId: id,
      email: config.adminEmail,
      name: undefined,
      role: 'admin',
      passwordHash,
    });
    return { email: config.adminEmail, password: generated };
  });
}
