import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The CRC-32 of `value` in six base-62 digits, as GitHub and npm append it to their tokens. */
export function base62Crc(value: string): string {
  let rest = crc32(value);
  let encoded = '';
  for (let index = 0; index < 6; index++) {
    encoded = (ALPHABET[rest % 62] ?? '') + encoded;
    rest = Math.floor(rest / 62);
  }
  return encoded;
}
