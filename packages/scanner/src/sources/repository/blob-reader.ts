import { once } from 'node:events';
import { ScannerError } from '../../errors.ts';
import { startGit, toGitError } from './git.ts';

/** Reads contents from one running git, one after the other. */
export interface BlobReader {
  /** The bytes of a blob. Take all of them before the next. */
  read(blob: string): AsyncGenerator<Buffer>;
  close(): Promise<void>;
}

/** Starts a reader; it costs one process however many blobs are read. */
export function createBlobReader(repository: string): BlobReader {
  const child = startGit(['-C', repository, 'cat-file', '--batch']);
  let failure: unknown;
  child.on('error', (error) => {
    failure = error;
  });
  child.stdin.on('error', () => undefined);
  child.stderr.resume();
  const closed = once(child, 'close').catch(() => undefined);
  const source = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  let rest: Buffer = Buffer.alloc(0);

  const more = async (): Promise<Buffer> => {
    const next = await source.next();
    if (next.done === true) throw toGitError(failure ?? new Error('git ended while a blob was read'));
    return next.value;
  };
  const readHeader = async (): Promise<string> => {
    let end = rest.indexOf(10);
    while (end === -1) {
      rest = Buffer.concat([rest, await more()]);
      end = rest.indexOf(10);
    }
    const header = rest.toString('latin1', 0, end);
    rest = rest.subarray(end + 1);
    return header;
  };

  return {
    async *read(blob) {
      child.stdin.write(`${blob}\n`);
      const header = await readHeader();
      const bytes = Number(/^[\da-f]+ blob (\d+)$/.exec(header)?.[1] ?? -1);
      if (bytes < 0) throw new ScannerError('SCANNER_GIT_FAILED', header.slice(0, 100));
      // One byte more: the line break that ends each answer.
      for (let left = bytes + 1; left > 0;) {
        if (rest.length === 0) rest = await more();
        const piece = rest.subarray(0, left);
        rest = rest.subarray(piece.length);
        left -= piece.length;
        yield left === 0 ? piece.subarray(0, piece.length - 1) : piece;
      }
    },
    async close() {
      child.stdin.end();
      child.kill();
      await closed;
    },
  };
}
