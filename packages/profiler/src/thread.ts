import { threadScans } from '@dataguardian/telemetry';
import { createProfiler } from './profiler.ts';

/**
 * Profiles a worker thread for the main thread's profiler: `new Worker(file, { execArgv: ['--import', thisModule] })`.
 * Only its stacks are sampled, at the rate that the main thread says, labelled with the scan that the thread works for;
 * requests belong to the main thread.
 */
const profiler = createProfiler({ watchNodeModules: false, heapSampling: 'off' });
profiler.start();
let endJob: (() => void) | undefined;
threadScans.subscribe(({ scanId }) => {
  endJob?.();
  endJob = undefined;
  if (scanId === undefined) return;
  void profiler.run(
    { name: 'scan part', labels: { scan: scanId } },
    () =>
      new Promise<void>((resolve) => {
        endJob = resolve;
      }),
  );
});
// What was sampled since the last second is handed over too.
process.once('exit', () => profiler.flush());
