import { createAdvisor } from '@dataguardian/advisor';
import { createProfiler } from '@dataguardian/profiler';

const profiler = createProfiler();
const advisor = createAdvisor({ rules: [], provers: [], actuators: [] });
await advisor.propose(profiler.snapshot());
process.stdout.write(JSON.stringify({ recommendations: await advisor.list() }));
