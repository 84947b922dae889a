import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { createProfiler } from './profiler.ts';
import { toReport } from './exports/report.ts';

/**
 * Profiles a program that knows nothing of it: `node --import @dataguardian/profiler/register program.js`.
 * With `DATAGUARDIAN_PROFILE_REPORT` set, the report is written to that file when the process ends; when that fails the
 * program ends as it would have.
 */
const profiler = createProfiler({ followProcesses: true });
profiler.start();

const path = process.env['DATAGUARDIAN_PROFILE_REPORT'];
const isReporter = isMainThread && path !== undefined && process.send === undefined;
// A thread or process that hands its samples over does so a last time; the first one writes the report.
process.once('exit', () => {
  try {
    profiler.flush();
    if (isReporter) writeFileSync(path, JSON.stringify(toReport(profiler)));
  } catch (error) {
    process.stderr.write(`The profile was not written: ${error instanceof Error ? error.message : String(error)}\n`);
  }
});
