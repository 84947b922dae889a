import { createHmac, timingSafeEqual } from 'node:crypto';
import { toBase32 } from './base32.ts';

/** For how long a code is shown. */
export const STEP_MS = 30_000;
/** Bytes of a secret: as many as the hash has (RFC 4226, section 4). */
export const SECRET_BYTES = 20;

const DIGITS = 6;
/** A clock may be one step off, and a code may be typed when the next one is shown already (RFC 6238, section 5.2). */
const TOLERATED_STEPS = [0, -1, 1];

/** The code of one step: HOTP with SHA-1 (RFC 4226, section 5.3), which every authenticator app knows. */
export function codeAt(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', secret).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0xf;
  const number = (digest.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** DIGITS;
  return String(number).padStart(DIGITS, '0');
}

/** The step that `code` belongs to; `undefined` when it is none of those that are good at `now` (epoch milliseconds). */
export function stepOf(secret: Uint8Array, code: string, now: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const present = Math.floor(now / STEP_MS);
  return TOLERATED_STEPS.map((off) => present + off).find((step) =>
    timingSafeEqual(Buffer.from(codeAt(secret, step)), Buffer.from(code)),
  );
}

/** The address that authenticator apps read from a QR code. */
export function toKeyUri(secret: Uint8Array, account: string): string {
  const issuer = encodeURIComponent('DataGuardian Pro');
  return `otpauth://totp/${issuer}:${encodeURIComponent(account)}?secret=${toBase32(secret)}&issuer=${issuer}`;
}
