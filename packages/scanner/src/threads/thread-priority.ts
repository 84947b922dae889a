import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/**
 * Lets the calling thread run when others leave the processor to it. Linux gives each thread a priority of its own,
 * and `/proc/thread-self` tells which one asks; elsewhere the thread runs on as it was.
 */
export function yieldToOthers(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    if (Number.isSafeInteger(thread)) setPriority(thread, constants.priority.PRIORITY_LOW);
  } catch {
    // No such file or no such right: slower answers under load, and nothing worse.
  }
}
