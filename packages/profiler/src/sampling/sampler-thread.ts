import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** V8's thread that wakes for each sample. */
export interface SamplerThread {
  /** Lets the kernel put its wake-ups off, so that an idle process sleeps. */
  relax(): void;
  /** Has it wake on time again. */
  tighten(): void;
}

const TASKS = '/proc/self/task';
/** As V8 names it, cut by the kernel to fifteen letters. */
const THREAD_NAME = 'v8:ProfEvntProc';
/** With samples every 25 ms one falls into each block of 100 ms even so. */
const RELAXED_NS = 70_000_000;
const USUAL_NS = 50_000;

/** Identifiers of the threads that sample in this process. */
export function samplerThreadIds(): readonly string[] {
  if (process.platform !== 'linux') return [];
  try {
    return readdirSync(TASKS).filter((id) => readFileSync(`${TASKS}/${id}/comm`, 'utf8').trimEnd() === THREAD_NAME);
  } catch {
    return [];
  }
}

/**
 * V8 cannot change its rate while it records, and beginning anew stops the loop for tens of milliseconds; the kernel can
 * put off a thread's timers by their slack (Linux, `timerslack_ns`). That needs root or CAP_SYS_NICE: without it, and
 * elsewhere, nothing happens and an idle process pays for its samples.
 */
export function createSamplerThread(ids: readonly string[]): SamplerThread {
  let isAllowed = ids.length > 0;
  let isRelaxed = false;
  const set = (slackNs: number): void => {
    if (!isAllowed) return;
    try {
      for (const id of ids) writeFileSync(`/proc/${id}/timerslack_ns`, String(slackNs));
    } catch {
      isAllowed = false;
    }
  };
  return {
    relax() {
      if (isRelaxed) return;
      isRelaxed = true;
      set(RELAXED_NS);
    },
    tighten() {
      if (!isRelaxed) return;
      isRelaxed = false;
      set(USUAL_NS);
    },
  };
}
