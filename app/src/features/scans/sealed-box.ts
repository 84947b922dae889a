import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deriveKey } from '../../server/secret.ts';

/** Encrypts what must be stored but never shown: credentials in sources, addresses in chunks. */
export interface SealedBox {
  /** AES-256-GCM; `boundTo` (an id of the row) makes a copy in another row unreadable. */
  seal(plain: string, boundTo: string): Buffer;
  /** @throws Error when the bytes were changed, belong to another row or were sealed under another secret. */
  open(sealed: Uint8Array, boundTo: string): string;
}

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Opens a box under the installation's secret. Each purpose has a key of its own. */
export function createSealedBox(
  secret: string,
  purpose: 'scan-sources' | 'second-factors' = 'scan-sources',
): SealedBox {
  const key = deriveKey(secret, purpose);
  return {
    seal(plain, boundTo) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(boundTo));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, boundTo) {
      const bytes = Buffer.from(sealed);
      if (bytes[0] !== VERSION) throw new Error(`sealed under version ${bytes[0]}, which this release does not read`);
      const tagAt = 1 + NONCE_BYTES;
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, tagAt))
        .setAAD(Buffer.from(boundTo))
        .setAuthTag(bytes.subarray(tagAt, tagAt + TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(tagAt + TAG_BYTES)), decipher.final()]).toString('utf8');
    },
  };
}

/** The key under which one organisation's findings are fingerprinted: equal values match inside it and nowhere else. */
export function fingerprintKey(secret: string, organisationId: string): Buffer {
  return deriveKey(secret, `fingerprints:${organisationId}`);
}
