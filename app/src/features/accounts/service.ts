import { withTenant } from '../../server/tenant.ts';
import type { AppContext } from '../../server/context.ts';
import type { Principal } from '../../server/principal.ts';
import { badRequest, conflict, notFound, Problem } from '../../server/problem.ts';
import { generatePassword, hashPassword, isOutdatedHash, verifyPassword } from './password.ts';
import * as repository from './repository.ts';
import { type SecondFactors, toSessionRoles } from './second-factor/service.ts';
import type { NewUser, UserChange, UserWithPassword } from './schema.ts';

/** From where somebody signs in. */
export interface Device {
  readonly userAgent: string;
  readonly address: string;
}

let nobody: Promise<string> | undefined;

/** Compared with when an address is unknown, so that both cases take the same time. */
function hashOfNobody(): Promise<string> {
  nobody ??= hashPassword(generatePassword());
  return nobody;
}

/** What somebody signs in with. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** Of the second factor. */
  readonly code?: string | undefined;
}

/**
 * Checks the password, then the second factor where there is one, and opens a session.
 * @throws Problem 401 that does not say what was wrong, or asks who knows the password for the code.
 */
export async function signIn(
  context: AppContext,
  factors: SecondFactors,
  credentials: Credentials,
  device: Device,
): Promise<{ readonly token: string; readonly userId: string; readonly organisationId: string }> {
  const user = await repository.findUserForSignIn(context.database, credentials.email);
  const isRight = await verifyPassword(credentials.password, user?.password_hash ?? (await hashOfNobody()));
  if (user === undefined || !isRight || user.status !== 'active') {
    // Not waited for: the time of the answer must not tell whether the account exists.
    if (user !== undefined)
      auditAs(context, user, 'sign-in-failed').catch((error: unknown) =>
        context.log.warn({ err: error }, 'a failed sign-in was not written to the audit log'),
      );
    throw new Problem(401, {
      code: 'SIGN_IN_FAILED',
      title: 'Signing in failed',
      detail: 'The e-mail address or the password is not right.',
      hint: 'Check both and try again, or ask an administrator for a new password.',
    });
  }
  const owner = { userId: user.id, organisationId: user.organisation_id };
  const { isOn } = await factors.require(owner, credentials.code, 'signing in');
  const isDue = !isOn && (await factors.isDue({ ...owner, role: user.role }));
  const passwordHash = isOutdatedHash(user.password_hash) ? await hashPassword(credentials.password) : undefined;
  const { token } = await context.sessions.start({
    userId: user.id,
    organisationId: user.organisation_id,
    roles: toSessionRoles({ role: user.role, isRoot: user.is_root, isDue }),
    device,
  });
  await withTenant(context.database, { organisationId: user.organisation_id, userId: user.id }, async (transaction) => {
    await repository.noteSignIn(transaction, user.id);
    if (passwordHash !== undefined) await repository.updateUser(transaction, user.id, { passwordHash });
    await repository.audit(transaction, { organisationId: user.organisation_id, userId: user.id, action: 'signed-in' });
  });
  return { token, userId: user.id, organisationId: user.organisation_id };
}

/** Tag of what the cache holds about one user. */
export function userTag(userId: string): string {
  return `user:${userId}`;
}

/** Makes ready what the first sign-in would otherwise wait for, and show by its time. */
export function prepareSignIn(): void {
  void hashOfNobody();
}

function auditAs(context: AppContext, user: repository.SignInUser, action: string): Promise<void> {
  const { id: userId, organisation_id: organisationId } = user;
  return withTenant(context.database, { organisationId, userId }, (transaction) =>
    repository.audit(transaction, { organisationId, userId, action }),
  );
}

/** Adds a user to the administrator's organisation. @throws Problem 409 when the address is taken. */
export async function addUser(context: AppContext, by: Principal, input: NewUser): Promise<UserWithPassword> {
  const generated = input.password === undefined ? generatePassword() : undefined;
  const passwordHash = await hashPassword(input.password ?? generated ?? '');
  try {
    const user = await withTenant(context.database, by, async (transaction) => {
      const { organisationId } = by;
      const { email, name, role } = input;
      const added = await repository.insertUser(transaction, { organisationId, email, name, role, passwordHash });
      await repository.audit(transaction, {
        organisationId,
        userId: by.userId,
        action: 'user-added',
        subject: added.id,
      });
      return added;
    });
    return generated === undefined ? user : { ...user, password: generated };
  } catch (error) {
    throw toTaken(error);
  }
}

/** Changes a user; ends the sessions that the change makes wrong. */
export async function changeUser(
  context: AppContext,
  by: Principal,
  id: string,
  change: UserChange,
): Promise<UserWithPassword> {
  const password = change.resetPassword === true ? generatePassword() : undefined;
  const passwordHash = password === undefined ? undefined : await hashPassword(password);
  const user = await withTenant(context.database, by, async (transaction) => {
    const losesAdmin = change.disabled === true || (change.role !== undefined && change.role !== 'admin');
    if (losesAdmin) await repository.lockAdmins(transaction);
    const before = await repository.findUser(transaction, id);
    if (before === undefined) throw notFound();
    if (before.role === 'admin' && !before.disabled && losesAdmin) await keepOneAdmin(transaction, id);
    const status = change.disabled === undefined ? undefined : change.disabled ? 'disabled' : 'active';
    const { role, name } = change;
    const after = await repository.updateUser(transaction, id, { role, name, status, passwordHash });
    if (after === undefined) throw notFound();
    const { organisationId, userId } = by;
    await repository.audit(transaction, { organisationId, userId, action: 'user-changed', subject: id });
    return after;
  });
  await context.cache.invalidateTags([userTag(id)]);
  const endsSessions = password !== undefined || change.disabled === true || change.role !== undefined;
  if (endsSessions) await context.sessions.revokeUser(id);
  return password === undefined ? user : { ...user, password };
}

/** Removes a user and ends all sessions. */
export async function removeUser(context: AppContext, by: Principal, id: string): Promise<void> {
  await withTenant(context.database, by, async (transaction) => {
    await repository.lockAdmins(transaction);
    const user = await repository.findUser(transaction, id);
    if (user === undefined) throw notFound();
    if (user.role === 'admin' && !user.disabled) await keepOneAdmin(transaction, id);
    await repository.deleteUser(transaction, id);
    const { organisationId, userId } = by;
    await repository.audit(transaction, { organisationId, userId, action: 'user-removed', subject: id });
  });
  await context.cache.invalidateTags([userTag(id)]);
  await context.sessions.revokeUser(id);
}

/**
 * Proves that the signed-in person still knows the password and holds the second factor, where there is one.
 * @throws Problem 400 when one of them is wrong.
 */
export async function confirm(
  context: AppContext,
  factors: SecondFactors,
  by: Principal,
  proof: Pick<Credentials, 'password' | 'code'>,
): Promise<void> {
  const { organisationId, userId } = by;
  const note = (action: string): Promise<void> =>
    withTenant(context.database, by, (transaction) =>
      repository.audit(transaction, { organisationId, userId, action, subject: userId }),
    );
  try {
    await requirePassword(context, by, proof.password);
  } catch (error) {
    if (error instanceof Problem && error.code === 'PASSWORD_WRONG') await note('confirm-failed');
    throw error;
  }
  await factors.require({ organisationId, userId }, proof.code, 'confirming');
  await note('confirmed');
}

async function requirePassword(context: AppContext, by: Principal, password: string): Promise<void> {
  const stored = await withTenant(context.database, by, (transaction) =>
    repository.findPasswordHash(transaction, by.userId),
  );
  if (stored === undefined) throw notFound();
  if (!(await verifyPassword(password, stored)))
    throw badRequest('PASSWORD_WRONG', 'The present password is not right.', 'Type it again.');
}

/** Changes the own password and ends the other sessions. @throws Problem 400 when the present one is wrong. */
export async function changeOwnPassword(
  context: AppContext,
  by: Principal,
  passwords: { readonly currentPassword: string; readonly newPassword: string },
): Promise<void> {
  await requirePassword(context, by, passwords.currentPassword);
  const passwordHash = await hashPassword(passwords.newPassword);
  await withTenant(context.database, by, async (transaction) => {
    await repository.updateUser(transaction, by.userId, { passwordHash });
    const { organisationId, userId } = by;
    await repository.audit(transaction, { organisationId, userId, action: 'password-changed', subject: userId });
  });
  await context.sessions.revokeUser(by.userId, { exceptHandle: by.sessionHandle });
}

/** Creates an organisation with its first administrator; for administrators of the root organisation. */
export async function addOrganisation(
  context: AppContext,
  by: Principal,
  input: { readonly name: string; readonly adminEmail: string; readonly adminPassword?: string | undefined },
): Promise<{
  readonly organisation: { id: string; name: string; createdAt: string };
  readonly admin: UserWithPassword;
}> {
  await requireRoot(context, by);
  const generated = input.adminPassword === undefined ? generatePassword() : undefined;
  const passwordHash = await hashPassword(input.adminPassword ?? generated ?? '');
  try {
    return await context.ownerDatabase.transaction(async (owner) => {
      const {
        id,
        name,
        created_at: createdAt,
      } = await repository.insertOrganisation(owner, {
        name: input.name,
        isRoot: false,
      });
      const admin = await repository.insertUser(owner, {
        organisationId: id,
        email: input.adminEmail,
        name: undefined,
        role: 'admin',
        passwordHash,
      });
      const { organisationId, userId } = by;
      await repository.audit(owner, { organisationId, userId, action: 'organisation-added', subject: id });
      return {
        organisation: { id, name, createdAt: createdAt.toISOString() },
        admin: generated === undefined ? admin : { ...admin, password: generated },
      };
    });
  } catch (error) {
    throw toTaken(error);
  }
}

/** @throws Problem 404 for everybody outside the root organisation: they must not know of others. */
export async function requireRoot(context: AppContext, by: Principal): Promise<void> {
  const me = await withTenant(context.database, by, (transaction) => repository.findMe(transaction, by.userId));
  if (me?.organisation.isRoot !== true) throw notFound();
}

async function keepOneAdmin(transaction: Parameters<typeof repository.countOtherAdmins>[0], id: string): Promise<void> {
  if ((await repository.countOtherAdmins(transaction, id)) === 0)
    throw conflict(
      'LAST_ADMINISTRATOR',
      'This is the last active administrator of the organisation.',
      'Make somebody else an administrator first.',
    );
}

const UNIQUE_VIOLATION = '23505';

function toTaken(error: unknown): unknown {
  const isTaken = error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION;
  return isTaken
    ? conflict('EMAIL_TAKEN', 'This e-mail address already has an account.', 'Use another address.')
    : error;
}
