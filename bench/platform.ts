// npm run bench -- platform [--users 100] [--seconds 20] [--think 1000] [--json FILE] [--profile FILE]
// Signed-in people with think time on the real product (a process of its own, embedded PostgreSQL), two scans
// running throughout, people of two organisations.
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
    /** Where to write a CPU profile of the server's main thread during the run. */
    profile: { type: 'string' },
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

/** An organisation with its own people and its own scan, by which its data is told from the other's. */
interface Organisation {
  readonly domain: string;
  readonly admin: string;
  readonly scanId: string;
  readonly findingIds: readonly string[];
}

interface Person {
  readonly cookie: string;
  readonly email: string;
  readonly mayWrite: boolean;
  readonly organisation: Organisation;
}

const operator = await signIn('admin@dataguardian.local');

async function organise(admin: string, domain: string): Promise<Organisation> {
  const { id } = (await (await send(admin, 'POST', '/api/scans/sample')).json()) as { id: string };
  let state = '';
  while (!['completed', 'failed'].includes(state)) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    state = ((await (await send(admin, 'GET', `/api/scans/${id}`)).json()) as { status: string }).status;
  }
  const findings = (await (await send(admin, 'GET', `/api/scans/${id}/findings?limit=50`)).json()) as {
    items: { id: string }[];
  };
  return { domain, admin, scanId: id, findingIds: findings.items.map((finding) => finding.id) };
}

await send(operator, 'POST', '/api/organisations', {
  name: 'Second',
  adminEmail: 'admin@second.example',
  adminPassword: PASSWORD,
});
const organisations = [
  await organise(operator, 'first.example'),
  await organise(await signIn('admin@second.example'), 'second.example'),
] as const;

const people: Person[] = [];
async function hire(index: number): Promise<void> {
  const organisation = organisations[index % 2 === 0 ? 0 : 1];
  const mayWrite = index % 4 < 2;
  const email = `person${index}@${organisation.domain}`;
  const role = mayWrite ? 'manager' : 'auditor';
  await send(organisation.admin, 'POST', '/api/users', { email, role, password: PASSWORD });
  people.push({ cookie: await signIn(email), email, mayWrite, organisation });
}
for (let index = 0; index < userCount; index += 4)
  await Promise.all([0, 1, 2, 3].filter((offset) => index + offset < userCount).map((offset) => hire(index + offset)));

let isOver = false;
/** Keeps one scan of this project's own packages running until the end. */
async function keepScanning(name: string): Promise<void> {
  while (!isOver) {
    const source = { kind: 'path', path: join(import.meta.dirname, '..', 'node_modules') };
    const started = await send(operator, 'POST', '/api/scans', { name, source });
    const { id } = (await started.json()) as { id: string };
    let status = 'queued';
    while (!isOver && ['queued', 'planning', 'running'].includes(status)) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      status = ((await (await send(operator, 'GET', `/api/scans/${id}`)).json()) as { status: string }).status;
    }
    if (isOver) await send(operator, 'POST', `/api/scans/${id}/cancel`);
  }
}
const scanning = [keepScanning('load 0'), keepScanning('load 1')];

interface Action {
  readonly name: string;
  readonly weight: number;
  readonly run: (person: Person) => Promise<Response>;
}

const read = (weight: number, name: string, path = () => name): Action => ({
  name,
  weight,
  run: ({ cookie, organisation }) => send(cookie, 'GET', path().replace(':scan', organisation.scanId)),
});

/** What people at work ask for: mostly lists and details, now and then a decision about a finding or an export. */
const ACTIONS: readonly Action[] = [
  read(20, '/api/scans'),
  read(15, '/api/overview'),
  read(10, '/api/findings?limit=50'),
  read(14, '/api/scans/:scan'),
  read(14, '/api/scans/:scan/findings?limit=50'),
  read(17, '/api/me'),
  read(4, '/health/ready'),
  read(1, '/api/scans/:scan/report.csv'),
  {
    name: 'PATCH /api/findings/:id',
    weight: 5,
    run: ({ cookie, mayWrite, organisation }) =>
      mayWrite
        ? send(cookie, 'PATCH', `/api/findings/${random.pick(organisation.findingIds)}`, {
            status: random.pick(['open', 'confirmed']),
          })
        : send(cookie, 'GET', '/api/me'),
  },
];
const totalWeight = ACTIONS.reduce((sum, { weight }) => sum + weight, 0);

function toFigures(of: ReturnType<typeof createHistogram>): Readonly<Record<string, number>> {
  return {
    count: of.count,
    p50: round(of.quantile(0.5)),
    p95: round(of.quantile(0.95)),
    p99: round(of.quantile(0.99)),
    max: round(of.max),
  };
}

function pickAction(): Action {
  let rest = random.next() * totalWeight;
  return ACTIONS.find(({ weight }) => (rest -= weight) < 0) ?? (ACTIONS[0] as Action);
}

/** Beyond the goal: said by second, as many at once are one stall. */
const SLOW_MS = 100;
const slowBySecond = new Map<number, number>();
const latency = createHistogram();
/** Both scans start with the people; they list their sources for some seconds, in which nobody's code is warm. */
const STARTING_MS = 5_000;
const latencySettled = createHistogram();
const byAction = new Map<string, ReturnType<typeof createHistogram>>();
let answered = 0;
let foreign = 0;
const refusals = new Map<string, number>();
const endAt = performance.now() + durationMs;

/** Whether an answer holds a trace of the other organisation, or of somebody else's account. */
function isForeign(body: string, answeredBy: string, person: Person): boolean {
  const other = person.organisation === organisations[0] ? organisations[1] : organisations[0];
  if (body.includes(`@${other.domain}`) || body.includes(other.scanId)) return true;
  // A refusal names nobody.
  return answeredBy === '/api/me' && !body.includes(`"${person.email}"`);
}

async function work(person: Person): Promise<void> {
  let dueAt = performance.now() + random.next() * thinkMs;
  while (dueAt < endAt) {
    const pause = dueAt - performance.now();
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    const action = pickAction();
    try {
      const answer = await action.run(person);
      const body = await answer.text();
      if (answer.ok) answered += 1;
      else {
        const refusal = `${answer.status} ${action.name}`;
        refusals.set(refusal, (refusals.get(refusal) ?? 0) + 1);
      }
      if (isForeign(body, answer.ok ? action.name : '', person)) foreign += 1;
    } catch {
      refusals.set('no answer', (refusals.get('no answer') ?? 0) + 1);
    }
    const tookMs = performance.now() - dueAt;
    latency.record(tookMs);
    if (dueAt > endAt - durationMs + STARTING_MS) latencySettled.record(tookMs);
    if (tookMs > SLOW_MS) {
      const second = Math.floor((dueAt - (endAt - durationMs)) / 1_000);
      slowBySecond.set(second, (slowBySecond.get(second) ?? 0) + 1);
    }
    const histogram = byAction.get(action.name) ?? createHistogram();
    histogram.record(tookMs);
    byAction.set(action.name, histogram);
    dueAt += -Math.log(1 - random.next()) * thinkMs;
  }
}

const profiling =
  values.profile === undefined
    ? undefined
    : send(operator, 'GET', `/api/performance/profile.cpuprofile?ms=${Math.min(durationMs - 2_000, 30_000)}`);
await Promise.all(people.map(work));
if (profiling !== undefined && values.profile !== undefined)
  writeFileSync(values.profile, await (await profiling).text());
isOver = true;
await Promise.all(scanning);
const failed = [...refusals.values()].reduce((sum, count) => sum + count, 0);
const health = (await (await send(operator, 'GET', '/api/performance/snapshot')).json()) as {
  windows: { cache: { outcomes: Record<string, number> } }[];
};
/** What the product itself saw stop its event loop. */
const { stalls } = (await (await send(operator, 'GET', '/api/performance/profiler')).json()) as {
  stalls: { at: number; durationMs: number; cpuRatio: number; stack: string[] }[];
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
  latencyMs: toFigures(latency),
  /** Of requests due after the first five seconds. */
  latencySettledMs: toFigures(latencySettled),
  refusals: Object.fromEntries(refusals),
  foreignBytes: foreign,
  slowBySecond: Object.fromEntries([...slowBySecond].toSorted(([a], [b]) => a - b)),
  stalls: stalls
    .filter(({ at }) => at > Date.now() - durationMs - 15_000)
    .toSorted((a, b) => b.durationMs - a.durationMs)
    .slice(0, 8)
    .map(({ durationMs: ms, cpuRatio, stack }) => ({
      ms: round(ms),
      cpuRatio: round(cpuRatio),
      stack: stack.slice(0, 6),
    })),
  cacheHitRatio: round(hits / Math.max(1, hits + (outcomes['miss'] ?? 0))),
  byAction: Object.fromEntries(
    [...byAction].map(([name, histogram]) => [
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
