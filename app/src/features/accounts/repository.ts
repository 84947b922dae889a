import type { Queryable } from '@dataguardian/performance';
import type { Role } from '../../server/principal.ts';
import type { AuditRow, Me, User } from './schema.ts';

/** What signing in needs to know. */
export interface SignInUser {
  readonly id: string;
  readonly organisation_id: string;
  readonly password_hash: string;
  readonly role: Role;
  readonly status: 'active' | 'disabled';
  readonly is_root: boolean;
}

interface UserRow {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly role: Role;
  readonly status: 'active' | 'disabled';
  readonly created_at: Date;
  readonly last_sign_in_at: Date | null;
  readonly has_second_factor: boolean;
}

/** Columns of {@link UserRow}. */
const USER = `id, email, name, role, status, created_at, last_sign_in_at,
  exists (select from second_factors f where f.user_id = users.id and f.confirmed_at is not null) as has_second_factor`;

/** Looks one address up across organisations; the only such query. */
export async function findUserForSignIn(database: Queryable, email: string): Promise<SignInUser | undefined> {
  const { rows } = await database.query<SignInUser>('select * from find_user_for_sign_in($1)', [email]);
  return rows[0];
}

/** A user with the organisation, as the tenant of `database` sees them. */
export async function findMe(database: Queryable, userId: string): Promise<Me | undefined> {
  const { rows } = await database.query<
    Omit<Me, 'organisation'> & { org_id: string; org_name: string; is_root: boolean }
  >(
    `select u.id, u.email, u.name, u.role, u.locale, o.id as org_id, o.name as org_name, o.is_root
     from users u join organisations o on o.id = u.organisation_id where u.id = $1`,
    [userId],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { id, email, name, role, locale } = row;
  return { id, email, name, role, locale, organisation: { id: row.org_id, name: row.org_name, isRoot: row.is_root } };
}

/** The stored hash of a user's password. */
export async function findPasswordHash(database: Queryable, userId: string): Promise<string | undefined> {
  const { rows } = await database.query<{ password_hash: string }>('select password_hash from users where id = $1', [
    userId,
  ]);
  return rows[0]?.password_hash;
}

/** The organisation's users by address. */
export async function listUsers(database: Queryable): Promise<readonly User[]> {
  const { rows } = await database.query<UserRow>(`select ${USER} from users order by email`);
  return rows.map(toUser);
}

/** A user, locked until the transaction ends. */
export async function findUser(database: Queryable, id: string): Promise<User | undefined> {
  const { rows } = await database.query<UserRow>(`select ${USER} from users where id = $1 for update`, [id]);
  return rows[0] === undefined ? undefined : toUser(rows[0]);
}

/** A user to be added. */
export interface UserInsert {
  readonly organisationId: string;
  readonly email: string;
  readonly name: string | undefined;
  readonly role: Role;
  readonly passwordHash: string;
}

/** Adds a user. A taken address is a unique violation (SQLSTATE 23505). */
export async function insertUser(database: Queryable, user: UserInsert): Promise<User> {
  const { rows } = await database.query<UserRow>(
    `insert into users (organisation_id, email, name, role, password_hash) values ($1, $2, $3, $4, $5) returning ${USER}`,
    [user.organisationId, user.email, user.name ?? null, user.role, user.passwordHash],
  );
  // INSERT … RETURNING yields the row or throws.
  return toUser(rows[0] as UserRow);
}

/** Fields to be changed; absent ones stay. */
export interface UserUpdate {
  readonly role?: Role | undefined;
  readonly status?: 'active' | 'disabled' | undefined;
  readonly name?: string | null | undefined;
  readonly passwordHash?: string | undefined;
  readonly locale?: 'en' | 'nl' | undefined;
}

/** Changes what `update` names; `undefined` when there is no such user. */
export async function updateUser(database: Queryable, id: string, update: UserUpdate): Promise<User | undefined> {
  const { rows } = await database.query<UserRow>(
    `update users set role = coalesce($2, role), status = coalesce($3, status),
       name = case when $4 then $5 else name end,
       password_hash = coalesce($6, password_hash), locale = coalesce($7, locale)
     where id = $1 returning ${USER}`,
    [
      id,
      update.role ?? null,
      update.status ?? null,
      update.name !== undefined,
      update.name ?? null,
      update.passwordHash ?? null,
      update.locale ?? null,
    ],
  );
  return rows[0] === undefined ? undefined : toUser(rows[0]);
}

/** Removes a user; says whether there was one. */
export async function deleteUser(database: Queryable, id: string): Promise<boolean> {
  return (await database.query('delete from users where id = $1', [id])).rowCount > 0;
}

/** Stamps the moment of the latest sign-in. */
export async function noteSignIn(database: Queryable, id: string): Promise<void> {
  await database.query('update users set last_sign_in_at = now() where id = $1', [id]);
}

/** Locks the organisation's administrators, always in one order: two demotions can neither cross nor deadlock. */
export async function lockAdmins(database: Queryable): Promise<void> {
  await database.query("select from users where role = 'admin' order by id for update");
}

/** Active administrators other than `id`. */
export async function countOtherAdmins(database: Queryable, id: string): Promise<number> {
  const { rowCount } = await database.query(
    "select from users where role = 'admin' and status = 'active' and id <> $1",
    [id],
  );
  return rowCount;
}

/** Something worth keeping: who did what to what. */
export interface AuditEntry {
  readonly organisationId: string;
  readonly userId: string | undefined;
  readonly action: string;
  readonly subject?: string;
}

/** Appends to the audit log, which nobody can change through the application. */
export async function audit(database: Queryable, entry: AuditEntry): Promise<void> {
  await database.query('insert into audit_log (organisation_id, user_id, action, subject) values ($1, $2, $3, $4)', [
    entry.organisationId,
    entry.userId ?? null,
    entry.action,
    entry.subject ?? null,
  ]);
}

/** A page of the organisation's audit log, latest first; `before` is the id of the last entry of the page before. */
export async function listAudit(
  database: Queryable,
  page: { readonly before: string | undefined; readonly limit: number; readonly userId: string | undefined },
): Promise<readonly AuditRow[]> {
  const { rows } = await database.query<Omit<AuditRow, 'at'> & { at: Date }>(
    `select a.id::text as id, a.at, a.action, a.user_id as "userId", by.email, a.subject,
       coalesce(about.email, scans.name) as "subjectName"
     from audit_log a
       left join users by on by.id = a.user_id
       left join users about on about.id::text = a.subject
       left join scans on scans.id::text = a.subject
     where ($1::bigint is null or a.id < $1::bigint) and ($3::uuid is null or a.user_id = $3::uuid or a.subject = $3::text)
     order by a.id desc limit $2`,
    [page.before ?? null, page.limit, page.userId ?? null],
  );
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

/** Creates an organisation with its first user; as the owner. */
export async function insertOrganisation(
  owner: Queryable,
  organisation: { readonly name: string; readonly isRoot: boolean },
): Promise<{ readonly id: string; readonly name: string; readonly created_at: Date }> {
  const { rows } = await owner.query<{ id: string; name: string; created_at: Date }>(
    'insert into organisations (name, is_root) values ($1, $2) returning id, name, created_at',
    [organisation.name, organisation.isRoot],
  );
  // INSERT … RETURNING yields the row or throws.
  return rows[0] as { id: string; name: string; created_at: Date };
}

/** Every organisation, oldest first; as the owner. */
export async function listOrganisations(
  owner: Queryable,
): Promise<readonly { readonly id: string; readonly name: string; readonly created_at: Date }[]> {
  const { rows } = await owner.query<{ id: string; name: string; created_at: Date }>(
    'select id, name, created_at from organisations order by created_at',
  );
  return rows;
}

function toUser(row: UserRow): User {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    disabled: row.status === 'disabled',
    hasSecondFactor: row.has_second_factor,
    createdAt: row.created_at.toISOString(),
    lastSignInAt: row.last_sign_in_at?.toISOString() ?? null,
  };
}
