import { isUtf8 } from 'node:buffer';

/** The name of an archive entry with forward slashes, whatever program wrote it. */
export function toEntryName(bytes: Uint8Array, isMarkedUtf8: boolean): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString(isMarkedUtf8 || isUtf8(buffer) ? 'utf8' : 'latin1').replaceAll('\\', '/');
}

/** Whether the name stays inside the archive: relative, without `..`, drive letter or zero byte. */
export function isSafeName(name: string): boolean {
  return !(name.startsWith('/') || /^[a-z]:/i.test(name) || name.includes('\0') || name.split('/').includes('..'));
}
