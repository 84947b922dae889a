import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Address of the module that lets a worker thread appear in the profile: `--import` it when the thread starts. */
export const profilerThread: string = pathToFileURL(
  createRequire(import.meta.url).resolve('@dataguardian/profiler/thread'),
).href;
