import { hash, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;
const TOKEN_SHAPE = /^[A-Za-z0-9_-]{43}$/;

/** 256 random bits, which only the cookie holds. */
export function createToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** Whether `text` can be a token at all; spares everything else the look-up. */
export function isToken(text: string): boolean {
  return TOKEN_SHAPE.test(text);
}

/** What is stored instead of the token. With 256 random bits a plain SHA-256 cannot be turned back. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'hex');
}
