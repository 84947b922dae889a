import { createProfiler } from '@dataguardian/profiler';

const profiler = createProfiler();
profiler.start();
const answer = await profiler.time('work', async () => 42);
const { status } = profiler.health();
profiler.stop();
process.stdout.write(JSON.stringify({ answer, status }));
