import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { deriveKey } from '../../server/secret.ts';

/** Encrypts what must be stored but never shown: credentials in sources, addresses in chunks. */
export interface SealedBox {
  /** AES-256-GCM; `boundTo` (an id of the row) makes a copy in another row unreadable. Long texts are packed first. */
  seal(plain: string, boundTo: string): Buffer;
  /** @throws Error when the bytes were changed, belong to another row or were sealed under another secret. */
  open(sealed: Uint8Array, boundTo: string): string;
}

const PLAIN = 1;
/** The text was compressed by Zstandard (RFC 8878) before it was sealed. */
const PACKED = 2;
/** Lists of files shrink to less than a quarter, and the database is spared the rest; short texts gain nothing. */
const PACK_FROM_CHARACTERS = 1_024;
const PACKING = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
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
      const isPacked = plain.length >= PACK_FROM_CHARACTERS;
      const text = Buffer.from(plain);
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(toBinding(isPacked ? PACKED : PLAIN, boundTo));
      const body = Buffer.concat([cipher.update(isPacked ? zstdCompressSync(text, PACKING) : text), cipher.final()]);
      return Buffer.concat([Buffer.of(isPacked ? PACKED : PLAIN), nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, boundTo) {
      const bytes = Buffer.from(sealed);
      const version = bytes[0];
      if (version !== PLAIN && version !== PACKED)
        throw new Error(`sealed under version ${version}, which this release does not read`);
      const tagAt = 1 + NONCE_BYTES;
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, tagAt))
        .setAAD(toBinding(version, boundTo))
        .setAuthTag(bytes.subarray(tagAt, tagAt + TAG_BYTES));
      const body = Buffer.concat([decipher.update(bytes.subarray(tagAt + TAG_BYTES)), decipher.final()]);
      return (version === PACKED ? zstdDecompressSync(body) : body).toString('utf8');
    },
  };
}

/** What the bytes belong to; a packed text cannot be passed off as a plain one. */
function toBinding(version: typeof PLAIN | typeof PACKED, boundTo: string): Buffer {
  return Buffer.from(version === PACKED ? `packed ${boundTo}` : boundTo);
}

/** The key under which one organisation's findings are fingerprinted: equal values match inside it and nowhere else. */
export function fingerprintKey(secret: string, organisationId: string): Buffer {
  return deriveKey(secret, `fingerprints:${organisationId}`);
}
