import { gzipSync } from 'node:zlib';
import { ProfilerError, toPprof, type Profiler } from '@dataguardian/profiler';
import type { Clock } from '@dataguardian/telemetry';
import { DashboardError } from '../errors.ts';
import { isRecord } from '../json.ts';
import { toNumber, toRoute, type DashboardRoute, type RouteInput } from './route.ts';

const LONGEST_PROFILE_MS = 30_000;

/** Downloads of profiles, and how finely the process that answers is sampled. */
export function createProfileRoutes(profiler: Profiler, clock: Clock): readonly DashboardRoute[] {
  const record = async (query: RouteInput['query']): ReturnType<Profiler['recordCpu']> =>
    profiler.recordCpu(Math.min(toNumber(query, 'ms', 5_000), LONGEST_PROFILE_MS));
  return [
    toRoute(
      'GET /profile.cpuprofile',
      'CPU profile of the main thread, for DevTools and Speedscope (?ms=5000)',
      async ({ query }) => ({
        file: Buffer.from(JSON.stringify(await record(query))),
        type: 'application/json',
        name: 'profile.cpuprofile',
      }),
    ),
    toRoute('GET /profile.pb.gz', 'CPU profile of the main thread, for pprof (?ms=5000)', async ({ query }) => ({
      file: gzipSync(toPprof(await record(query), clock.now())),
      type: 'application/octet-stream',
      name: 'profile.pb.gz',
    })),
    toRoute('POST /profiler/sampling', 'Distance between samples in this process; 0 is off', ({ body }) => {
      const intervalMs = isRecord(body) ? body['intervalMs'] : undefined;
      if (typeof intervalMs !== 'number')
        throw new DashboardError('DASHBOARD_BAD_REQUEST', '"intervalMs" must be a number.');
      try {
        profiler.setSampling({ intervalMs });
      } catch (error) {
        if (error instanceof ProfilerError) throw new DashboardError('DASHBOARD_BAD_REQUEST', error.message);
        throw error;
      }
      return profiler.overhead();
    }),
    toRoute('GET /profile.json', 'Rankings, bottlenecks and slow requests as JSON', () => profiler.snapshot()),
  ];
}
