import { createHmac } from 'node:crypto';
import { normaliseValue } from '../detection/normalise-value.ts';

/** HMAC-SHA-256 of the normalised value, as hex. Keyed, because a BSN has so few values that a plain hash gives it away. */
export function fingerprintValue(key: Uint8Array, type: string, value: string): string {
  return createHmac('sha256', key).update(normaliseValue(type, value)).digest('hex');
}
