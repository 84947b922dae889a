/** Bytes to be read as an item: a file, an archive entry, an attachment, a blob. */
export interface ByteInput {
  /** Its name, for the extension. */
  readonly name: string;
  /** How many there are, when that is known before reading. */
  readonly bytes: number | undefined;
  /** The first bytes, all of them when they fit one block. */
  head(): Promise<Uint8Array>;
  /** All bytes from the start in blocks of `readBytes`, the last one shorter. A block is valid until the next is asked for. */
  blocks(): AsyncIterable<Uint8Array>;
  /** All bytes at once. @throws SkipError TOO_LARGE above `maxDocumentBytes`. */
  whole(): Promise<Uint8Array>;
  /** The file on disk, when it is one. */
  readonly path?: string;
  /** A file on disk with these bytes, for formats that only a file can be read as; a copy is gone after `close`. */
  file(): Promise<string>;
  close(): Promise<void>;
}
