import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';

/** Where a report goes. */
export interface ReportOutput {
  write(text: string | Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Opens the file, or standard output without one. A reader that goes away early, such as `head`, is no error. */
export function openReportOutput(file: string | undefined, standardOutput: Writable): ReportOutput {
  const stream = file === undefined ? standardOutput : createWriteStream(file, { mode: 0o600 });
  let failure: Error | undefined;
  let isGone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') isGone = true;
    else failure = error;
  });
  return {
    async write(text) {
      if (failure) throw failure;
      if (isGone || text.length === 0) return;
      if (!stream.write(text)) await Promise.race([once(stream, 'drain'), once(stream, 'close')]);
    },
    async close() {
      if (file === undefined || failure) {
        if (failure) throw failure;
        return;
      }
      stream.end();
      await once(stream, 'close');
      if (failure) throw failure;
    },
  };
}
