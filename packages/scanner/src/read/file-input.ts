import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { ScanLimits } from '../options.ts';
import { SkipError } from '../skip-code.ts';
import { toReason } from '../errors.ts';
import type { ByteInput } from './byte-input.ts';
import { joinBlocks } from './join-blocks.ts';

/** Files that claim at least this size and occupy no disk block are holes from end to end. */
const HOLLOW_BYTES = 1_048_576;

/** Block memory between uses: made anew for every file, it would pile up faster than the collector takes it away. */
const spareBlocks: Buffer[] = [];
const MOST_SPARE = 4;

/**
 * Opens a regular file. Never follows a link at its last step and never waits for a pipe, so that what was checked is
 * what is read. Reads synchronously: several times faster for many small files, and scans run off the main thread.
 */
export function openFileInput(path: string, name: string, limits: ScanLimits): ByteInput {
  const descriptor = open(path);
  const stats = fstatSync(descriptor);
  if (!stats.isFile()) {
    closeSync(descriptor);
    throw new SkipError('SPECIAL_FILE');
  }
  const hollow = stats.size >= HOLLOW_BYTES && stats.blocks === 0;
  let head: Buffer | undefined;
  const blocks: Buffer[] = [];
  const takeBlock = (): Buffer => {
    const spare = spareBlocks.pop();
    const block = spare?.length === limits.readBytes ? spare : Buffer.allocUnsafeSlow(limits.readBytes);
    blocks.push(block);
    return block;
  };
  const readHead = (): Buffer => {
    head ??= hollow ? Buffer.alloc(0) : readAt(descriptor, takeBlock());
    return head;
  };

  return {
    name,
    path,
    bytes: stats.size,
    head: () => Promise.resolve(readHead()),
    async *blocks() {
      const first = readHead();
      if (first.length > 0) yield first;
      if (first.length < limits.readBytes) return;
      const block = takeBlock();
      for (let position = first.length; ;) {
        const count = fill(descriptor, block, position);
        if (count > 0) yield block.subarray(0, count);
        if (count < block.length) return;
        position += count;
      }
    },
    async whole() {
      return joinBlocks(this.blocks(), limits.maxDocumentBytes);
    },
    file: () => Promise.resolve(path),
    close() {
      closeSync(descriptor);
      for (const block of blocks.splice(0)) if (spareBlocks.length < MOST_SPARE) spareBlocks.push(block);
      return Promise.resolve();
    },
  };
}

function open(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    throw new SkipError('UNREADABLE', toReason(error), { cause: error });
  }
}

function readAt(descriptor: number, block: Buffer): Buffer {
  return block.subarray(0, fill(descriptor, block, 0));
}

function fill(descriptor: number, block: Buffer, position: number): number {
  let filled = 0;
  while (filled < block.length) {
    let count: number;
    try {
      count = readSync(descriptor, block, filled, block.length - filled, position + filled);
    } catch (error) {
      throw new SkipError('UNREADABLE', toReason(error), { cause: error });
    }
    if (count === 0) break;
    filled += count;
  }
  return filled;
}
