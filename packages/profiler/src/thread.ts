import { createProfiler } from './profiler.ts';

/**
 * Profiles a worker thread for the main thread's profiler: `new Worker(file, { execArgv: ['--import', thisModule] })`.
 * Only its stacks are sampled, at the rate that the main thread says; requests belong to the main thread.
 */
const profiler = createProfiler({ watchNodeModules: false, heapSampling: 'off' });
profiler.start();
// What was sampled since the last second is handed over too.
process.once('exit', () => profiler.flush());
