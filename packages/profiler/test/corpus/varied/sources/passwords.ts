import { scryptSync, timingSafeEqual } from 'node:crypto';

/** Compares a password with its hash, on the loop. */
export class PasswordHasher {
  readonly #salt: Buffer = Buffer.alloc(16, 7);
  readonly #expected: Buffer = this.#derive('correct horse');

  verify(password: string): boolean {
    return timingSafeEqual(this.#derive(password), this.#expected);
  }

  #derive(password: string): Buffer {
    return scryptSync(password, this.#salt, 32, { N: 16_384 }); // <- here
  }
}
