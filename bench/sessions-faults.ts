// node --no-warnings bench/sessions-faults.ts [--seconds 5] [--json FILE]
// Two nodes, a real PostgreSQL and a real Redis; 50 people ask both nodes, 100 requests a second in all, through each
// fault. Latency counts from the time a request was due; a client whose node is gone asks the other one. Before each
// fault one more person signs out: nobody else may be signed out by it, and that one may not come back.
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../packages/embedded-postgres/src/index.ts';
import { createDatabase } from '../packages/database/src/index.ts';
import { sessionsInstallSql } from '../packages/sessions/src/index.ts';
import { createFaultProxy, redisForTest } from '../packages/testing/src/index.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' }, json: { type: 'string' } } });
const phaseMs = Number(values.seconds) * 1_000;
const PEOPLE = 50;
const RATE = 100;
const TIMEOUT_MS = 2_000;

interface Node {
  readonly child: ChildProcess;
  readonly port: number;
}

const folder = mkdtempSync(join(tmpdir(), 'bench-sessions-'));
const pgOptions = { dataDir: join(folder, 'pg'), durability: 'none' } as const;
let postgres = await startEmbeddedPostgres(pgOptions);
const redis = await redisForTest();
const proxy = await createFaultProxy({ port: redis.port });
const setUp = createDatabase({ connectionString: postgres.connectionString, minConnections: 0, maxConnections: 1 });
await setUp.query('create role dataguardian_app nologin');
await setUp.query(sessionsInstallSql);
await setUp.close();

async function startNode(name: string): Promise<Node> {
  const child = fork(
    new URL('sessions-faults-node.ts', import.meta.url),
    [postgres.connectionString, `redis://127.0.0.1:${proxy.port}`, join(folder, name)],
    { execArgv: ['--no-warnings'] },
  );
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(message as number));
    child.once('exit', (code) => reject(new Error(`the node ended with ${code}`)));
  });
  return { child, port };
}

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
const nodes: Node[] = [await startNode('a'), await startNode('b')];

/** Status and body; status 0 when the node is gone or silent. */
async function ask(node: Node | undefined, path: string, token = ''): Promise<{ status: number; body: string }> {
  return new Promise((resolve) => {
    const sent = request(
      { port: node?.port, host: '127.0.0.1', path, agent, headers: { cookie: `dataguardian=${token}` } },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, body }));
      },
    );
    sent.setTimeout(TIMEOUT_MS, () => sent.destroy());
    sent.once('error', () => resolve({ status: 0, body: '' }));
    sent.end();
  });
}

const signIn = async (user: string): Promise<string> =>
  (JSON.parse((await ask(nodes[0], `/sign-in/${user}`)).body) as { token: string }).token;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

const tokens: string[] = [];
for (let user = 0; user < PEOPLE; user++) tokens.push(await signIn(`user${user}`));
const gone: string[] = [];
for (const token of tokens) for (const node of nodes) await ask(node, '/who', token);

async function measure(name: string, fault: () => Promise<void>, healed: () => Promise<void>) {
  const leaving = await signIn(encodeURIComponent(`leaving ${name}`));
  for (const node of nodes) await ask(node, '/who', leaving);
  await ask(nodes.at(-1), '/sign-out', leaving);
  gone.push(leaving);
  const latencies: number[] = [];
  const failures: Record<string, number> = {};
  let signedOut = 0;
  let resurrected = 0;
  const pending: Promise<void>[] = [];
  const faulting = fault();
  const first = performance.now();
  for (let index = 0; (index * 1_000) / RATE < phaseMs; index++) {
    const due = first + (index * 1_000) / RATE;
    const wait = due - performance.now();
    if (wait > 0) await pause(wait);
    const isGone = index % 20 === 0;
    const token = (isGone ? gone[index % gone.length] : tokens[index % PEOPLE]) ?? '';
    const here = nodes[index % nodes.length];
    pending.push(
      ask(here, '/who', token)
        // A proxy in front would ask the other node.
        .then((answer) => (answer.status === 0 ? ask(nodes[(index + 1) % nodes.length], '/who', token) : answer))
        .then(({ status }) => {
          latencies.push(performance.now() - due);
          if (isGone && status === 200) resurrected += 1;
          else if (!isGone && status === 401) signedOut += 1;
          else if (status !== 200 && status !== 401) failures[status] = (failures[status] ?? 0) + 1;
        }),
    );
  }
  await Promise.all(pending);
  await faulting;
  await healed();
  latencies.sort((a, b) => a - b);
  const failed = Object.values(failures).reduce((sum, count) => sum + count, 0);
  return {
    phase: name,
    requests: latencies.length,
    answeredShare: 1 - failed / latencies.length,
    failures,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    longestMs: latencies.at(-1),
    over300Ms: latencies.filter((ms) => ms > 300).length,
    signedOut,
    resurrected,
  };
}

/** Sign-out on one node until the other refuses. */
async function revocations(trials: number) {
  const latencies: number[] = [];
  for (let trial = 0; trial < trials; trial++) {
    const token = await signIn(`trial${trial}`);
    await ask(nodes[1], '/who', token);
    await ask(nodes[0], '/sign-out', token);
    const signedOutAt = performance.now();
    while ((await ask(nodes[1], '/who', token)).status !== 401);
    latencies.push(performance.now() - signedOutAt);
  }
  latencies.sort((a, b) => a - b);
  return { trials, p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99), longestMs: latencies.at(-1) };
}

const nothing = async (): Promise<void> => undefined;
const phases = [
  await measure('healthy', nothing, nothing),
  await measure('Redis killed', () => redis.kill(), nothing),
  await measure('Redis back and empty', () => redis.restart(), nothing),
  await measure(
    'Redis hung',
    async () => redis.freeze(),
    async () => redis.thaw(),
  ),
  await measure(
    'Redis 100 ms slower',
    async () => proxy.setFaults({ latencyMs: 50 }),
    async () => proxy.setFaults({}),
  ),
  await measure(
    'PostgreSQL restarted',
    async () => {
      await postgres.stop();
      postgres = await startEmbeddedPostgres(pgOptions);
    },
    () => pause(3_000),
  ),
  await measure(
    'one node killed',
    async () => {
      nodes[0]?.child.kill('SIGKILL');
    },
    async () => {
      nodes[0] = await startNode('a');
      await pause(2_000);
    },
  ),
];
const result = {
  machine: { cpus: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`, node: process.version, redis: redis.kind },
  secondsPerPhase: Number(values.seconds),
  phases,
  revocation: await revocations(100),
};
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
agent.destroy();
for (const { child } of nodes) child.kill('SIGKILL');
await proxy.close();
await redis.close();
await postgres.stop();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
