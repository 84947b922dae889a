import { randomBytes } from 'node:crypto';
import type { AppContext } from '../../../server/context.ts';
import { OPERATOR, type Principal, SECOND_FACTOR_DUE } from '../../../server/principal.ts';
import { conflict, notFound, Problem } from '../../../server/problem.ts';
import { withTenant } from '../../../server/tenant.ts';
import { createSealedBox, type SealedBox } from '../../scans/sealed-box.ts';
import { audit } from '../repository.ts';
import type { Device } from '../service.ts';
import type { SignInThrottle } from '../throttle.ts';
import { toBase32 } from './base32.ts';
import { drawQrCode, LONGEST_QR_TEXT, type QrCode } from './qr-code.ts';
import { generateRecoveryCodes, hashRecoveryCode, normaliseCode } from './recovery-codes.ts';
import * as repository from './repository.ts';
import type { FactorOwner } from './repository.ts';
import { SECRET_BYTES, stepOf, toKeyUri } from './totp.ts';

/** How a person's second factor stands. */
export interface SecondFactorStatus {
  readonly isOn: boolean;
  /** Whether the organisation asks this person for one. */
  readonly isRequired: boolean;
  readonly recoveryCodesLeft: number;
}

/** A secret that waits for its first code. */
export interface SecondFactorOffer {
  /** For typing, in base 32. */
  readonly secret: string;
  readonly uri: string;
  readonly qr: QrCode;
}

/** Why a code is asked for, which decides how its absence is answered. */
export type SecondFactorOccasion = 'signing in' | 'confirming';

/** Time-based codes of an authenticator app (RFC 6238), and codes for who has lost it. */
export interface SecondFactors {
  status(by: Principal): Promise<SecondFactorStatus>;
  /**
   * Passes who has none, and who gives a code that was not used before.
   * @throws Problem SECOND_FACTOR_NEEDED without a code, SECOND_FACTOR_WRONG, or 429 after too many wrong ones, from wherever they came.
   */
  require(
    owner: FactorOwner,
    code: string | undefined,
    occasion: SecondFactorOccasion,
  ): Promise<{ readonly isOn: boolean }>;
  /** Whether sessions of this administrator may do nothing but set a second factor up. */
  isDue(owner: FactorOwner & { readonly role: string }): Promise<boolean>;
  offer(by: Principal, account: string): Promise<SecondFactorOffer>;
  /** Puts the offered secret in force, ends every session of the person and opens a new one. */
  turnOn(
    by: Principal,
    code: string,
    device: Device,
  ): Promise<{ readonly token: string; readonly recoveryCodes: readonly string[] }>;
  renewRecoveryCodes(by: Principal): Promise<readonly string[]>;
  turnOff(by: Principal): Promise<void>;
  /** For administrators, when somebody has lost authenticator and codes: ends all sessions of the user. */
  turnOffFor(by: Principal, userId: string): Promise<void>;
}

/** Where an address is cut so that the QR code holds it; the app shows it and needs no more. */
const SHORTEST_ACCOUNT = 20;

/** Makes the second factors of an installation. */
export function createSecondFactors(context: AppContext, throttle: SignInThrottle): SecondFactors {
  const { database, sessions, clock, secret } = context;
  const box: SealedBox = createSealedBox(secret, 'second-factors');
  const inTenant = <Result>(
    { organisationId, userId }: FactorOwner,
    work: Parameters<typeof withTenant<Result>>[2],
  ): Promise<Result> => withTenant(database, { organisationId, userId }, work);
  const note = (owner: FactorOwner, action: string, subject = owner.userId): Promise<void> =>
    inTenant(owner, (transaction) => audit(transaction, { ...pick(owner), action, subject }));
  const secretOf = (userId: string, sealed: Uint8Array): Buffer => Buffer.from(box.open(sealed, userId), 'base64');

  async function isRight(owner: FactorOwner, sealed: Uint8Array, code: string): Promise<boolean> {
    const { userId } = owner;
    const typed = normaliseCode(code);
    const step = stepOf(secretOf(userId, sealed), typed, clock.now());
    return inTenant(owner, (transaction) =>
      step === undefined
        ? repository.useRecoveryHash(transaction, userId, hashRecoveryCode(typed))
        : repository.useStep(transaction, userId, step),
    );
  }

  async function requireOff(by: Principal, userId: string): Promise<void> {
    const isThere = await inTenant(by, (transaction) => repository.deleteFactor(transaction, userId));
    if (!isThere) throw notFound();
  }

  return {
    async status(by) {
      const [factor, isRequired] = await inTenant(by, async (transaction) => [
        await repository.findFactor(transaction, by.userId),
        by.role === 'admin' && (await repository.isRequiredOfAdmins(transaction)),
      ]);
      const isOn = factor?.isConfirmed === true;
      return { isOn, isRequired, recoveryCodesLeft: isOn ? factor.recoveryCodesLeft : 0 };
    },
    async require(owner, code, occasion) {
      const factor = await inTenant(owner, (transaction) => repository.findFactor(transaction, owner.userId));
      if (factor?.isConfirmed !== true) return { isOn: false };
      if (code === undefined || code.trim() === '') throw needed(occasion);
      // Counted for the account alone: whoever comes so far knows the password, and may have many addresses.
      await throttle.attempt({ account: `second factor of ${owner.userId}` }, async () => {
        if (await isRight(owner, factor.secretSealed, code)) return;
        await note(owner, 'second-factor-failed');
        throw wrong(occasion === 'signing in' ? 401 : 400);
      });
      return { isOn: true };
    },
    isDue: (owner) =>
      owner.role === 'admin'
        ? inTenant(owner, (transaction) => repository.isRequiredOfAdmins(transaction))
        : Promise.resolve(false),
    async offer(by, account) {
      const bytes = randomBytes(SECRET_BYTES);
      const sealed = box.seal(bytes.toString('base64'), by.userId);
      if (!(await inTenant(by, (transaction) => repository.offerFactor(transaction, by, sealed)))) throw alreadyOn();
      const whole = toKeyUri(bytes, account);
      const uri = whole.length <= LONGEST_QR_TEXT ? whole : toKeyUri(bytes, account.slice(0, SHORTEST_ACCOUNT));
      return { secret: toBase32(bytes), uri, qr: drawQrCode(uri) };
    },
    async turnOn(by, code, device) {
      const factor = await inTenant(by, (transaction) => repository.findFactor(transaction, by.userId));
      if (factor === undefined) throw notFound();
      if (factor.isConfirmed) throw alreadyOn();
      const step = stepOf(secretOf(by.userId, factor.secretSealed), normaliseCode(code), clock.now());
      if (step === undefined) throw wrong(400);
      const recoveryCodes = generateRecoveryCodes();
      const isOn = await inTenant(by, async (transaction) => {
        const recoveryHashes = recoveryCodes.map(hashRecoveryCode);
        if (!(await repository.confirmFactor(transaction, by.userId, { step, recoveryHashes }))) return false;
        await audit(transaction, { ...pick(by), action: 'second-factor-on', subject: by.userId });
        return true;
      });
      if (!isOn) throw alreadyOn();
      // What was opened by the password alone, or could do nothing but this, ends.
      await sessions.revokeUser(by.userId);
      const roles = by.isOperator ? [by.role, OPERATOR] : [by.role];
      const { token } = await sessions.start({ ...pick(by), roles, device });
      return { token, recoveryCodes };
    },
    async renewRecoveryCodes(by) {
      const recoveryCodes = generateRecoveryCodes();
      const isDone = await inTenant(by, (transaction) =>
        repository.replaceRecoveryHashes(transaction, by.userId, recoveryCodes.map(hashRecoveryCode)),
      );
      if (!isDone) throw notFound();
      await note(by, 'recovery-codes-renewed');
      return recoveryCodes;
    },
    async turnOff(by) {
      if (by.role === 'admin' && (await inTenant(by, repository.isRequiredOfAdmins)))
        throw conflict(
          'SECOND_FACTOR_REQUIRED',
          'Your organisation requires a second factor of its administrators.',
          'Change the setting first, or make new recovery codes.',
        );
      await requireOff(by, by.userId);
      await note(by, 'second-factor-off');
      await sessions.revokeUser(by.userId, { exceptHandle: by.sessionHandle });
    },
    async turnOffFor(by, userId) {
      await requireOff(by, userId);
      await note(by, 'second-factor-reset', userId);
      await sessions.revokeUser(userId);
    },
  };
}

/** Roles of a new session; one that a second factor is due in may do nothing else. */
export function toSessionRoles(user: {
  readonly role: string;
  readonly isRoot: boolean;
  readonly isDue: boolean;
}): readonly string[] {
  return [user.role, ...(user.isRoot ? [OPERATOR] : []), ...(user.isDue ? [SECOND_FACTOR_DUE] : [])];
}

const pick = ({ userId, organisationId }: FactorOwner): FactorOwner => ({ userId, organisationId });

function needed(occasion: SecondFactorOccasion): Problem {
  return new Problem(occasion === 'signing in' ? 401 : 400, {
    code: 'SECOND_FACTOR_NEEDED',
    title: 'A code is needed',
    detail: 'This account has a second factor.',
    hint: 'Send the code that your authenticator app shows, or a recovery code, as "code".',
  });
}

function wrong(statusCode: 400 | 401): Problem {
  return new Problem(statusCode, {
    code: 'SECOND_FACTOR_WRONG',
    title: 'The code is not right',
    detail: 'The code is wrong, too old, or was used before.',
    hint: 'Wait for the next code and check the clock of your device, or use a recovery code.',
  });
}

function alreadyOn(): Problem {
  return conflict('SECOND_FACTOR_ON', 'This account has a second factor already.', 'Turn it off first.');
}

/** 409: who asks this of others shall have one. */
export function ownFactorFirst(): Problem {
  return conflict(
    'SECOND_FACTOR_OWN_FIRST',
    'You have no second factor yourself and would lock yourself out.',
    'Set yours up under Account, then require it.',
  );
}
