// npm run bench -- sessions [--seconds 3] [--only fairness|overload|cost|races] [--json FILE]
// Fairness: one user with 64 connections on a route of 5 ms CPU, 20 others with two requests a second each, whose
// latency counts from the time they were due. Server and load are processes of their own.
// Overload: three times what the server can do. Cost: a signed-in route against the same route without sessions, with the
// peers beside it, interleaved rounds, medians. Races: what parallel requests of one session lose.
import { writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { redisForTest } from '../packages/testing/src/index.ts';
import { measureCost } from './sessions-cost.ts';
import { get, quantile, startServer, type Server } from './sessions-load.ts';
import { measureRaces } from './sessions-races.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    /** One part alone: `fairness`, `overload`, `cost` or `races`. */
    only: { type: 'string' },
    /** Live sessions that the cost is measured with. */
    counts: { type: 'string', default: '100,1000,5000' },
    json: { type: 'string' },
  },
});
const durationMs = Number(values.seconds) * 1_000;

async function flood(mode: string) {
  const server = await startServer(mode, 21);
  const [flooder = '', ...others] = server.cookies;
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const until = performance.now() + durationMs;
  let floodServed = 0;
  const flooding = Array.from({ length: 64 }, async () => {
    while (performance.now() < until) if ((await get(server, '/work', flooder, agent)) === 200) floodServed += 1;
  });
  const latencies: number[] = [];
  let refused = 0;
  const asking = others.map(async (token, index) => {
    const pending: Promise<void>[] = [];
    const first = performance.now() + index * 25;
    for (let due = first; due < until; due += 500) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      pending.push(
        get(server, '/work', token, agent).then((status) => {
          latencies.push(performance.now() - due);
          if (status !== 200) refused += 1;
        }),
      );
    }
    await Promise.all(pending);
  });
  await Promise.all([...flooding, ...asking]);
  agent.destroy();
  server.child.send('stop');
  latencies.sort((a, b) => a - b);
  return {
    mode,
    othersP50Ms: quantile(latencies, 0.5),
    othersP99Ms: quantile(latencies, 0.99),
    othersRefused: refused,
    others: latencies.length,
    flooderPerSecond: floodServed / (durationMs / 1_000),
  };
}

/** Requests at a rate, whatever the answers; latency counts from the time each was due. */
async function offer(server: Server, agent: Agent, ratePerSecond: number, forMs: number) {
  const admitted: { readonly at: number; readonly ms: number }[] = [];
  let refused = 0;
  let failed = 0;
  const pending: Promise<void>[] = [];
  const first = performance.now();
  for (let index = 0; index * (1_000 / ratePerSecond) < forMs; index++) {
    const due = first + index * (1_000 / ratePerSecond);
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const token = server.cookies[index % server.cookies.length] ?? '';
    pending.push(
      get(server, '/work', token, agent).then((status) => {
        if (status === 200) admitted.push({ at: performance.now() - first, ms: performance.now() - due });
        else if (status === 503 || status === 429) refused += 1;
        else failed += 1;
      }),
    );
  }
  await Promise.all(pending);
  return { admitted, refused, failed };
}

/** Three times what the server can do, by 300 users, then a quarter of it. */
async function overload() {
  const server = await startServer('admission', 300);
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const until = performance.now() + durationMs;
  let served = 0;
  await Promise.all(
    Array.from({ length: 32 }, async (_, index) => {
      while (performance.now() < until)
        if ((await get(server, '/work', server.cookies[index] ?? '', agent)) === 200) served += 1;
    }),
  );
  const maximum = served / (durationMs / 1_000);
  const over = await offer(server, agent, maximum * 3, durationMs * 2);
  const after = await offer(server, agent, maximum / 4, 6_000);
  agent.destroy();
  server.child.send('stop');
  const latencies = over.admitted.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const calmSince = after.admitted.findLast(({ ms }) => ms > 50)?.at ?? 0;
  return {
    maximumPerSecond: maximum,
    goodputShare: over.admitted.length / (durationMs * 2e-3) / maximum,
    admittedP95Ms: quantile(latencies, 0.95),
    refused: over.refused,
    failed: over.failed,
    recoveredAfterMs: calmSince,
    refusedAfterwards: after.refused,
  };
}

async function measureCosts() {
  const costs = [];
  for (const count of values.counts.split(',')) costs.push(await measureCost(Number(count), durationMs / 3));
  return costs;
}

const isWanted = (part: string): boolean => values.only === undefined || values.only === part;
const redis = await redisForTest();
process.env['BENCH_REDIS_URL'] = redis.url;
const result = {
  machine: { cpus: cpus().length, node: process.version },
  seconds: Number(values.seconds),
  ...(isWanted('fairness') ? { fairness: [await flood('sessions'), await flood('admission')] } : {}),
  ...(isWanted('overload') ? { overload: await overload() } : {}),
  ...(isWanted('races') ? { races: await measureRaces() } : {}),
  ...(isWanted('cost') ? { cost: await measureCosts() } : {}),
};
await redis.close();
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
