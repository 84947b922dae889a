import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomFillSync,
} from 'node:crypto';
import { CacheError } from '../errors.ts';
import type { EncryptionOptions } from '../options.ts';

const NONCE_BYTES = 12;
const MARK_BYTES = 16;
const NONCE_POOL_BYTES = NONCE_BYTES * 256;
const NAME_BYTES = 18;

/**
 * Encrypts payloads with AES-256-GCM (NIST SP 800-38D) and hides key names behind an HMAC. The name of the record is
 * authenticated with it, so that a value moved to another key does not decrypt.
 */
export class RecordCipher {
  private readonly currentKeyId: string;
  /** Made once: from plain bytes the engine would make one for each record, which takes longer than the record. */
  private readonly keys: ReadonlyMap<string, KeyObject>;
  private readonly nameKey: KeyObject;
  private readonly pool = Buffer.alloc(NONCE_POOL_BYTES);
  private used = NONCE_POOL_BYTES;

  constructor(options: EncryptionOptions) {
    const keys = Object.entries(options.keys);
    this.currentKeyId = options.currentKeyId;
    this.keys = new Map(keys.map(([id, key]) => [id, createSecretKey(key)]));
    const first = keys[0]?.[1] as Uint8Array;
    const nameKey = options.nameKey ?? createHmac('sha256', first).update('dataguardian cache key names').digest();
    this.nameKey = createSecretKey(nameKey);
  }

  /** A name that says nothing about `key`, the same in every process that has the same keys. */
  hideName(namespace: string, key: string): string {
    const digest = createHmac('sha256', this.nameKey).update(namespace).update('\0').update(key).digest();
    return digest.toString('base64url', 0, NAME_BYTES);
  }

  /** Layout: length of the key id, key id, nonce, authentication mark, ciphertext. */
  encrypt(payload: Buffer, name: Buffer): Buffer {
    const { currentKeyId, keys } = this;
    const id = Buffer.from(currentKeyId, 'utf8');
    const nonce = this.nextNonce();
    const cipher = createCipheriv('aes-256-gcm', keys.get(currentKeyId) as KeyObject, nonce);
    cipher.setAAD(name);
    const body = cipher.update(payload);
    cipher.final();
    return Buffer.concat([Buffer.of(id.length), id, nonce, cipher.getAuthTag(), body]);
  }

  /** @throws CacheError CACHE_DECRYPTION_FAILED when the key is unknown, or the bytes or their name were changed. */
  decrypt(sealed: Buffer, name: Buffer): Buffer {
    const idEnd = 1 + (sealed[0] ?? 0);
    const key = this.keys.get(sealed.toString('utf8', 1, idEnd));
    if (key === undefined) throw new CacheError('CACHE_DECRYPTION_FAILED', 'its key is not in encryption.keys');
    try {
      const nonceEnd = idEnd + NONCE_BYTES;
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(idEnd, nonceEnd));
      decipher.setAAD(name);
      decipher.setAuthTag(sealed.subarray(nonceEnd, nonceEnd + MARK_BYTES));
      const body = decipher.update(sealed.subarray(nonceEnd + MARK_BYTES));
      decipher.final();
      return body;
    } catch (error) {
      throw new CacheError('CACHE_DECRYPTION_FAILED', 'its bytes or its key name were changed', { cause: error });
    }
  }

  private nextNonce(): Buffer {
    if (this.used + NONCE_BYTES > this.pool.length) {
      randomFillSync(this.pool);
      this.used = 0;
    }
    const nonce = Buffer.from(this.pool.subarray(this.used, this.used + NONCE_BYTES));
    this.used += NONCE_BYTES;
    return nonce;
  }
}
