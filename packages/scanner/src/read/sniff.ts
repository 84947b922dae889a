/** Formats with a reader of their own. */
export type Format = 'text' | 'json' | 'pdf' | 'zip' | 'gzip' | 'zstd' | 'tar' | 'mail' | 'mbox' | 'sqlite' | 'cfb';

/** What the first bytes of an item say about it. */
export type Sniffed =
  | { readonly kind: 'readable'; readonly format: Format }
  | { readonly kind: 'unsupported'; readonly what: string }
  | { readonly kind: 'binary'; readonly what: string };

interface Signature {
  readonly at: number;
  readonly bytes: string;
  readonly means: Sniffed;
}

const readable = (format: Format): Sniffed => ({ kind: 'readable', format });
const binary = (what: string): Sniffed => ({ kind: 'binary', what });
const unsupported = (what: string): Sniffed => ({ kind: 'unsupported', what });

/** Longest and most telling first; bytes as Latin-1. */
const SIGNATURES: readonly Signature[] = [
  { at: 0, bytes: 'SQLite format 3\0', means: readable('sqlite') },
  { at: 0, bytes: '\x89PNG\r\n\x1a\n', means: binary('PNG picture') },
  { at: 0, bytes: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', means: readable('cfb') },
  { at: 257, bytes: 'ustar', means: readable('tar') },
  { at: 0, bytes: '7z\xbc\xaf\x27\x1c', means: unsupported('7z archive') },
  { at: 0, bytes: '\xfd7zXZ\0', means: unsupported('xz archive') },
  { at: 0, bytes: 'Rar!\x1a\x07', means: unsupported('RAR archive') },
  { at: 0, bytes: 'PK\x03\x04', means: readable('zip') },
  { at: 0, bytes: 'PK\x05\x06', means: readable('zip') },
  { at: 0, bytes: '\x28\xb5\x2f\xfd', means: readable('zstd') },
  { at: 0, bytes: '\x7fELF', means: binary('program') },
  { at: 0, bytes: '\0asm', means: binary('WebAssembly module') },
  { at: 0, bytes: '\xca\xfe\xba\xbe', means: binary('program') },
  { at: 0, bytes: '\xcf\xfa\xed\xfe', means: binary('program') },
  { at: 0, bytes: 'GIF8', means: binary('GIF picture') },
  { at: 8, bytes: 'WEBP', means: binary('WebP picture') },
  { at: 4, bytes: 'ftyp', means: binary('film or HEIC picture') },
  { at: 0, bytes: 'wOFF', means: binary('font') },
  { at: 0, bytes: 'wOF2', means: binary('font') },
  { at: 0, bytes: 'OggS', means: binary('sound') },
  { at: 0, bytes: 'PAR1', means: unsupported('Parquet table') },
  { at: 0, bytes: '\xff\xd8\xff', means: binary('JPEG picture') },
  { at: 0, bytes: 'BZh', means: unsupported('bzip2 archive') },
  { at: 0, bytes: '\x1f\x8b', means: readable('gzip') },
];

const PDF_MARK = '%PDF-';
const PDF_MARK_WITHIN = 1024;
const JSON_NAMES = /\.(?:json|jsonl|ndjson|geojson|har|webmanifest|ipynb|map)$/i;
const MAIL_HEADERS = /^(?:Return-Path|Received|Delivered-To|From|To|Subject|Date|Message-ID|MIME-Version|X-[\w-]+):/i;

/** Recognises the format by content; the name decides only among kinds of text. */
export function sniffFormat(head: Uint8Array, name: string): Sniffed {
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, PDF_MARK_WITHIN)).toString('latin1');
  for (const { at, bytes, means } of SIGNATURES) if (start.startsWith(bytes, at)) return means;
  if (start.includes(PDF_MARK)) return readable('pdf');
  if (start.startsWith('MZ') && /\.(?:exe|dll|sys|node)$/i.test(name)) return binary('program');
  if (/\.tar$/i.test(name) && start.length > 0) return readable('tar');
  if (/\.eml$/i.test(name) && MAIL_HEADERS.test(start.trimStart())) return readable('mail');
  if (/\.mbox?$/i.test(name) && start.startsWith('From ')) return readable('mbox');
  return readable(JSON_NAMES.test(name) ? 'json' : 'text');
}
