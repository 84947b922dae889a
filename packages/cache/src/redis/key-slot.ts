const SLOTS = 16_384;
const POLYNOMIAL = 0x1021;
const TABLE: Uint16Array = Uint16Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte << 8;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 0x8000 ? (remainder << 1) ^ POLYNOMIAL : remainder << 1;
  return remainder & 0xffff;
});

/** Slots of a cluster. */
export const SLOT_COUNT = SLOTS;

/**
 * The slot of a key in a Redis Cluster: CRC16 (XMODEM) over the key, or over what stands between its first braces.
 * Redis Cluster Specification, "Key distribution model" and "Hash tags".
 */
export function toSlot(key: string): number {
  const open = key.indexOf('{');
  const close = open === -1 ? -1 : key.indexOf('}', open + 1);
  const bytes = Buffer.from(close > open + 1 ? key.slice(open + 1, close) : key, 'utf8');
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ (TABLE[(crc >>> 8) ^ byte] as number);
  return crc % SLOTS;
}
