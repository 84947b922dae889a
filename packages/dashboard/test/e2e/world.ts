import { setInterval } from 'node:timers';
import { createAdvisor } from '@dataguardian/advisor';
import { createDashboard, createFastifyPlugin } from '@dataguardian/dashboard';
import { createProfiler } from '@dataguardian/profiler';
import { cacheReads, poolStates, queries, requests } from '@dataguardian/telemetry';
import { createSeededRandom } from '@dataguardian/testing';
import Fastify from 'fastify';
import { SOURCES } from './sources.ts';

/** A dashboard behind Fastify, in a process that has something to do. Anybody who asks is its administrator. */
export interface DashboardServer {
  readonly address: string;
  readonly port: number;
  /** Measures nothing until {@link DashboardServer.goOn}; answers when the last second was that watchers are told of. */
  standStill(): number;
  goOn(): void;
  close(): Promise<void>;
}

const LOAD_EVERY_MS = 100;
const ROUTES = ['/api/scans', '/api/scans/:id/findings', '/api/me'];

/** @param port Where it listens. @defaultValue any free one */
export async function startDashboardServer(port = 0): Promise<DashboardServer> {
  const profiler = createProfiler({ samplingIntervalMs: 5 });
  let lastAt = 0;
  profiler.onWindow(({ at }) => {
    lastAt = Math.round(at);
  });
  profiler.start();
  const advisor = createAdvisor({
    rules: [
      {
        name: 'missing-index',
        propose: () => [
          {
            rule: 'missing-index',
            change: { kind: 'database.index', subject: 'findings', parameters: { columns: ['scan_id'] } },
            title: { en: 'Index findings by scan', nl: 'Indexeer bevindingen op scan' },
            explanation: { en: 'Every page reads the whole table.', nl: 'Elke pagina leest de hele tabel.' },
            evidence: { scannedRows: 1_200_000, keptRows: 40 },
          },
        ],
      },
    ],
    provers: [
      {
        kind: 'database.index',
        prove: () =>
          Promise.resolve({
            method: 'measured',
            description: { en: 'Seven runs on a copy.', nl: 'Zeven keer op een kopie.' },
            metric: 'queries.p95',
            before: 88,
            after: 4,
            gainInterval: [19, 24],
            savedSecondsPerDay: 5_400,
          }),
      },
    ],
    actuators: [
      {
        kind: 'database.index',
        apply: () => Promise.resolve({ name: 'findings_scan' }),
        revert: () => Promise.resolve(),
        verify: () => Promise.resolve(undefined),
      },
    ],
  });
  await advisor.propose(profiler.snapshot());
  const dashboard = createDashboard({
    profiler,
    advisor,
    release: '1.0.0',
    sources: SOURCES,
    health: () => ({
      database: { status: 'up', detail: 'answers in 1 ms' },
      cache: { status: 'degraded', detail: 'Redis is away; memory only' },
      sessions: { status: 'up', detail: '41 sessions' },
      profiler: { status: 'up', detail: 'samples' },
    }),
  });
  const app = Fastify({ forceCloseConnections: true });
  await app.register(createFastifyPlugin(dashboard, { guard: () => 'anna' }));
  const address = await app.listen({ port, host: '127.0.0.1' });
  const stopLoad = startLoad();
  return {
    address,
    port: Number(new URL(address).port),
    standStill() {
      profiler.stop();
      return lastAt;
    },
    goOn: () => profiler.start(),
    async close() {
      stopLoad();
      await dashboard.close();
      profiler.stop();
      await app.close();
    },
  };
}

function startLoad(): () => void {
  const random = createSeededRandom(7);
  let count = 0;
  const load = setInterval(() => {
    busyLoop();
    for (const [index, route] of ROUTES.entries()) {
      count += 1;
      requests.publish({
        requestId: `r${count}`,
        method: 'GET',
        route,
        statusCode: count % 50 === 0 ? 500 : 200,
        durationMs: 5 + 40 * random.next() * (index + 1),
        bytes: 2_000,
        userId: 'u0',
        organisationId: undefined,
      });
      queries.publish({
        fingerprint: `f${index}`,
        statement: `select * from table_${index} where id = $1`,
        durationMs: 1 + 9 * random.next(),
        waitMs: random.next(),
        rowCount: 10,
        verdict: count % 3 === 0 ? 'miss' : 'hit',
        failed: false,
        caller: undefined,
      });
      cacheReads.publish({
        namespace: 'findings',
        outcome: count % 7 === 0 ? 'miss' : 'hit-memory',
        keyHash: count,
        durationMs: 0.1,
      });
    }
    poolStates.publish({ total: 12, idle: 12 - (count % 9), waiting: count % 2, max: 50 });
  }, LOAD_EVERY_MS);
  return () => clearInterval(load);
}

/** Something for the flame graph. */
function busyLoop(): number {
  let sum = 0;
  for (let index = 0; index < 400_000; index += 1) sum += Math.sqrt(index);
  return sum;
}
