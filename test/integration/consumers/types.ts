// What a service in TypeScript sees of the packages; compiled, not run.
import { createAdvisor } from '@dataguardian/advisor';
import { createCache, type Cache } from '@dataguardian/cache';
import { createDashboard } from '@dataguardian/dashboard';
import { createDatabase, type Database } from '@dataguardian/database';
import { createPerformance, type Performance } from '@dataguardian/performance';
import { createProfiler } from '@dataguardian/profiler';
import { createSessions } from '@dataguardian/sessions';

const cache: Cache = createCache();
const names = cache.namespace<{ readonly name: string }>('names', { ttlMs: 1_000 });
export const name: Promise<{ readonly name: string }> = names.getOrSet('a', async () => ({ name: 'anna' }));

const database: Database = createDatabase({ connectionString: 'postgres://localhost/none' });
export const sessions = createSessions({ database });
const profiler = createProfiler();
const advisor = createAdvisor({ rules: [], provers: [], actuators: [] });
export const dashboard = createDashboard({ profiler, advisor, health: () => ({}), sources: {} });
export const performance: Performance = createPerformance({ database: {} });

// @ts-expect-error durations are in milliseconds
cache.namespace('without', { ttlSeconds: 60 });
