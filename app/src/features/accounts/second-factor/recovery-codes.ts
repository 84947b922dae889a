import { createHash, randomBytes } from 'node:crypto';
import { toBase32 } from './base32.ts';

const COUNT = 10;
/** 80 bits: nobody tries them out, so that a plain hash keeps them safe. */
const BYTES = 10;

/** Codes for who has lost the authenticator; each opens once. */
export function generateRecoveryCodes(): readonly string[] {
  return Array.from({ length: COUNT }, () =>
    (toBase32(randomBytes(BYTES)).match(/.{4}/g) ?? []).join('-').toLowerCase(),
  );
}

/** What is stored of one. */
export function hashRecoveryCode(code: string): Buffer {
  return createHash('sha256').update(normaliseCode(code)).digest();
}

/** A code as it is compared: people type spaces, hyphens and either case. */
export function normaliseCode(code: string): string {
  return code.replaceAll(/[\s-]/g, '').toUpperCase();
}
