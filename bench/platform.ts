// npm run bench -- platform [--users 100] [--seconds 20] [--think 1000] [--json FILE]
// Signed-in people with think time on the real product (a process of its own, embedded PostgreSQL), two scans running.
// Partly open model: each action has a due time, and its latency counts from there, so that a stall is not hidden.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createHistogram } from '../packages/telemetry/src/index.ts';
import { createSeededRandom } from '../packages/testing/src/index.ts';
import { ready, runProduct } from '../app/test/integration/product-process.ts';

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '20' },
    think: { type: 'string', default: '1000' },
    json: { type: 'string' },
  },
});
const userCount = Number(values.users);
const durationMs = Number(values.seconds) * 1_000;
const thinkMs = Number(values.think);
const PASSWORD = 'correct horse battery';
const random = createSeededRandom(20_261_123);

const dataDir = mkdtempSync(join(tmpdir(), 'dataguardian-bench-'));
const product = await runProduct(['start'], {
  DATAGUARDIAN_DATA_DIR: dataDir,
  DATAGUARDIAN_ADMIN_PASSWORD: PASSWORD,
  LOG_LEVEL: 'warn',
});
await ready(product);

async function send(cookie: string, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(product.url + path, {
    method,
    headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function signIn(email: string): Promise<string> {
  const answer = await send('', 'POST', '/api/auth/login', { email, password: PASSWORD });
  if (!answer.ok) throw new Error(`signing in failed: ${await answer.text()}`);
  return String(answer.headers.get('set-cookie')).split(';')[0] ?? '';
}

const admin = await signIn('admin@dataguardian.local');
const cookies: string[] = [];
for (let index = 0; index < userCount; index++) {
  const email = `person${index}@bench.example`;
  await send(admin, 'POST', '/api/users', { email, role: index % 2 === 0 ? 'manager' : 'auditor', password: PASSWORD });
  cookies.push(await signIn(email));
}
const sample = (await (await send(admin, 'POST', '/api/scans/sample')).json()) as { id: string };
let state = '';
while (!['completed', 'failed'].includes(state)) {
  await new Promise((resolve) => setTimeout(resolve, 200));
  state = ((await (await send(admin, 'GET', `/api/scans/${sample.id}`)).json()) as { status: string }).status;
}
for (let scan = 0; scan < 2; scan++)
  await send(admin, 'POST', '/api/scans', {
    name: `load ${scan}`,
    source: { kind: 'path', path: join(import.meta.dirname, '..', 'node_modules', 'typescript') },
  });

/** 45% lists, 30% details, 25% who and health: what people at work ask for. */
const ACTIONS = [
  ...Array<string>(4).fill('/api/scans'),
  ...Array<string>(3).fill('/api/overview'),
  ...Array<string>(2).fill('/api/findings?limit=50'),
  ...Array<string>(3).fill(`/api/scans/${sample.id}`),
  ...Array<string>(3).fill(`/api/scans/${sample.id}/findings?limit=50`),
  ...Array<string>(4).fill('/api/me'),
  '/health/ready',
];

const latency = createHistogram();
const byPath = new Map<string, ReturnType<typeof createHistogram>>();
let answered = 0;
let failed = 0;
const endAt = performance.now() + durationMs;

async function person(cookie: string): Promise<void> {
  let dueAt = performance.now() + random.next() * thinkMs;
  while (dueAt < endAt) {
    const pause = dueAt - performance.now();
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    const path = random.pick(ACTIONS);
    try {
      const answer = await send(cookie, 'GET', path);
      await answer.arrayBuffer();
      if (answer.ok) answered += 1;
      else failed += 1;
    } catch {
      failed += 1;
    }
    const tookMs = performance.now() - dueAt;
    latency.record(tookMs);
    const name = path.replace(sample.id, ':id').split('?')[0] ?? path;
    const histogram = byPath.get(name) ?? createHistogram();
    histogram.record(tookMs);
    byPath.set(name, histogram);
    dueAt += -Math.log(1 - random.next()) * thinkMs;
  }
}

await Promise.all(cookies.map(person));
const health = (await (await send(admin, 'GET', '/api/performance/snapshot')).json()) as {
  windows: { cache: { outcomes: Record<string, number> } }[];
};
const outcomes = health.windows.reduce<Record<string, number>>((sum, { cache }) => {
  for (const [name, count] of Object.entries(cache.outcomes)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}, {});
const hits = (outcomes['hit-memory'] ?? 0) + (outcomes['hit-redis'] ?? 0) + (outcomes['stale'] ?? 0);
const round = (value: number): number => Math.round(value * 100) / 100;
const result = {
  machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}; generator on the same cores`,
  users: userCount,
  thinkMs,
  seconds: durationMs / 1_000,
  requestsPerSecond: round((answered + failed) / (durationMs / 1_000)),
  answeredRatio: round((answered / (answered + failed)) * 10_000) / 10_000,
  latencyMs: {
    p50: round(latency.quantile(0.5)),
    p95: round(latency.quantile(0.95)),
    p99: round(latency.quantile(0.99)),
    max: round(latency.max),
  },
  cacheHitRatio: round(hits / Math.max(1, hits + (outcomes['miss'] ?? 0))),
  byPath: Object.fromEntries(
    [...byPath].map(([name, histogram]) => [
      name,
      { count: histogram.count, p50: round(histogram.quantile(0.5)), p99: round(histogram.quantile(0.99)) },
    ]),
  ),
};
console.log(JSON.stringify(result, null, 2));
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
product.child.kill('SIGTERM');
await product.ended;
rmSync(dataDir, { recursive: true, force: true });
process.exit(0);
