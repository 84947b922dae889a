import type { ScanEvent } from '@dataguardian/scanner';

/** Shows how far a scan is. */
export interface ProgressView {
  add(event: ScanEvent): void;
  /** Removes the bar from the screen. */
  clear(): void;
}

/** The stream to draw on: a terminal or nothing. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR_CELLS = 24;
const DRAW_EVERY_MS = 100;

/** A bar on a terminal; silent everywhere else, so that logs stay clean. */
export function createProgressView(stream: ProgressStream, monotonic: () => number): ProgressView {
  if (stream.isTTY !== true) return { add: () => undefined, clear: () => undefined };
  let total = { bytes: 0, items: 0 };
  let done = { bytes: 0, items: 0 };
  let findings = 0;
  let drawnAt = -DRAW_EVERY_MS;
  let isDrawn = false;
  const startedAt = monotonic();

  const draw = (): void => {
    const ratio = total.bytes > 0 ? done.bytes / total.bytes : total.items > 0 ? done.items / total.items : 0;
    const filled = Math.round(Math.min(1, ratio) * BAR_CELLS);
    const seconds = Math.max(0.001, (monotonic() - startedAt) / 1000);
    const line =
      `${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)} ${Math.floor(Math.min(1, ratio) * 100)}%  ` +
      `${done.items}/${total.items} items  ${formatBytes(done.bytes / seconds)}/s  ${findings} findings`;
    stream.write(`\r\x1b[2K${line.slice(0, (stream.columns ?? 80) - 1)}`);
    isDrawn = true;
  };

  return {
    add(event) {
      if (event.kind === 'planned') total = { bytes: event.totalBytes, items: event.totalItems };
      else if (event.kind === 'progress') done = { bytes: event.bytes, items: event.items };
      else if (event.kind === 'finding') findings++;
      if (monotonic() - drawnAt < DRAW_EVERY_MS) return;
      drawnAt = monotonic();
      draw();
    },
    clear() {
      if (isDrawn) stream.write('\r\x1b[2K');
      isDrawn = false;
    },
  };
}

/** A number of bytes for people. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ''}`;
}
