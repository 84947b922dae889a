import type { Queryable } from '@dataguardian/performance';

/** A second factor as it is stored. */
export interface StoredFactor {
  readonly secretSealed: Buffer;
  readonly isConfirmed: boolean;
  readonly recoveryCodesLeft: number;
}

/** Whose it is. */
export interface FactorOwner {
  readonly userId: string;
  readonly organisationId: string;
}

/** The second factor of a user, confirmed or not. */
export async function findFactor(database: Queryable, userId: string): Promise<StoredFactor | undefined> {
  const { rows } = await database.query<StoredFactor>(
    `select secret_sealed as "secretSealed", confirmed_at is not null as "isConfirmed",
       cardinality(recovery_hashes) as "recoveryCodesLeft" from second_factors where user_id = $1`,
    [userId],
  );
  return rows[0];
}

/** Stores a secret that waits for its first code, in place of one that waited; says whether it could: a confirmed one stays. */
export async function offerFactor(
  database: Queryable,
  { userId, organisationId }: FactorOwner,
  secretSealed: Uint8Array,
): Promise<boolean> {
  const { rowCount } = await database.query(
    `insert into second_factors (user_id, organisation_id, secret_sealed) values ($1, $2, $3)
     on conflict (user_id) do update set secret_sealed = excluded.secret_sealed, created_at = now()
     where second_factors.confirmed_at is null`,
    [userId, organisationId, secretSealed],
  );
  return rowCount > 0;
}

/** Puts the secret that waits in force; says whether one waited. */
export async function confirmFactor(
  database: Queryable,
  userId: string,
  { step, recoveryHashes }: { readonly step: number; readonly recoveryHashes: readonly Buffer[] },
): Promise<boolean> {
  const { rowCount } = await database.query(
    `update second_factors set confirmed_at = now(), last_step = $2, recovery_hashes = $3
     where user_id = $1 and confirmed_at is null`,
    [userId, step, recoveryHashes],
  );
  return rowCount > 0;
}

/** Uses up a step and all before it; says whether it was unused. */
export async function useStep(database: Queryable, userId: string, step: number): Promise<boolean> {
  const { rowCount } = await database.query(
    'update second_factors set last_step = $2 where user_id = $1 and confirmed_at is not null and last_step < $2',
    [userId, step],
  );
  return rowCount > 0;
}

/** Uses up a recovery code; says whether there was such a one. */
export async function useRecoveryHash(database: Queryable, userId: string, hash: Buffer): Promise<boolean> {
  const { rowCount } = await database.query(
    `update second_factors set recovery_hashes = array_remove(recovery_hashes, $2)
     where user_id = $1 and confirmed_at is not null and $2 = any(recovery_hashes)`,
    [userId, hash],
  );
  return rowCount > 0;
}

/** Replaces the recovery codes; says whether there is a factor that they belong to. */
export async function replaceRecoveryHashes(
  database: Queryable,
  userId: string,
  recoveryHashes: readonly Buffer[],
): Promise<boolean> {
  const { rowCount } = await database.query(
    'update second_factors set recovery_hashes = $2 where user_id = $1 and confirmed_at is not null',
    [userId, recoveryHashes],
  );
  return rowCount > 0;
}

/** Removes the factor; says whether there was one. */
export async function deleteFactor(database: Queryable, userId: string): Promise<boolean> {
  return (await database.query('delete from second_factors where user_id = $1', [userId])).rowCount > 0;
}

/** Whether administrators of the organisation must have a second factor. */
export async function isRequiredOfAdmins(database: Queryable): Promise<boolean> {
  const { rows } = await database.query<{ isRequired: boolean }>(
    'select admins_need_second_factor as "isRequired" from organisation_settings',
  );
  return rows[0]?.isRequired ?? false;
}

/** Administrators of the organisation who have none. */
export async function adminsWithoutFactor(database: Queryable): Promise<readonly string[]> {
  const { rows } = await database.query<{ id: string }>(
    `select id from users u where role = 'admin'
     and not exists (select from second_factors f where f.user_id = u.id and f.confirmed_at is not null)`,
  );
  return rows.map(({ id }) => id);
}
