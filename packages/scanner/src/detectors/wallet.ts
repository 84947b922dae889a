import { createHash } from 'node:crypto';
import { isWordCode } from '../detection/character-class.ts';
import type { Detector } from '../detection/detector.ts';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** Whether a base-58 string carries the double SHA-256 checksum of a Bitcoin address. */
export function isBase58Address(value: string): boolean {
  let number = 0n;
  for (const character of value) {
    const digit = BASE58.indexOf(character);
    if (digit === -1) return false;
    number = number * 58n + BigInt(digit);
  }
  const bytes = Buffer.from(number.toString(16).padStart(50, '0'), 'hex');
  if (bytes.length !== 25) return false;
  const sha256 = (data: Buffer): Buffer => createHash('sha256').update(data).digest();
  return sha256(sha256(bytes.subarray(0, 21)))
    .subarray(0, 4)
    .equals(bytes.subarray(21));
}

/** Whether a `bc1` address passes the checksum of bech32 (BIP 173) or bech32m (BIP 350). */
export function isBech32Address(value: string): boolean {
  const lower = value.toLowerCase();
  if (lower !== value && value.toUpperCase() !== value) return false;
  const values = [3, 3, 0, 2, 3, ...Array.from(lower.slice(3), (character) => BECH32.indexOf(character))];
  if (values.includes(-1)) return false;
  const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  let check = 1;
  for (const next of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ next;
    for (const [bit, generator] of generators.entries()) if ((top >>> bit) & 1) check ^= generator;
  }
  return check === 1 || check === 0x2bc830a3;
}

/** Bitcoin address. */
export const bitcoinWallet: Detector = {
  type: 'WALLET_BTC',
  tier: 'A',
  triggers: [{ kind: 'token', token: 'mixed', min: 26, max: 62 }],
  prior: 5,
  verify({ text, start, end }) {
    const value = text.slice(start, end);
    if (/[/_+=-]/.test(text[start - 1] ?? ' ') && isWordCode(text.charCodeAt(start - 2))) return undefined;
    const valid = /^bc1/i.test(value)
      ? isBech32Address(value)
      : /^[13]/.test(value) && end - start <= 35 && isBase58Address(value);
    return valid ? { start, end, reasons: ['checksum holds'] } : undefined;
  },
};

/** Ethereum address: `0x` and 40 hexadecimal digits. Mixed case carries a checksum that needs Keccak, which we do not compute. */
export const ethereumWallet: Detector = {
  type: 'WALLET_ETH',
  tier: 'C',
  triggers: [{ kind: 'token', token: 'mixed', min: 42 }],
  prior: -0.5,
  context: {
    positive: ['eth*', 'wallet*', 'erc20', 'metamask', 'crypto*', 'address*', 'portemonnee', 'adres', 'usdt', 'usdc'],
    negative: ['hash', 'tx*', 'topic*', 'contract*', 'commit', 'sha*'],
  },
  verify({ text, start, end }) {
    const value = text.slice(start, end);
    if (!/^0x[0-9a-fA-F]{40}$/.test(value) || /^0x(.)\1{39}$/.test(value)) return undefined;
    const mixedCase = /[a-f]/.test(value) && /[A-F]/.test(value);
    return { start, end, bonus: mixedCase ? 1.5 : 0, reasons: ['form'] };
  },
};
