// npm run bench -- sessions [--seconds 3] [--only fairness|cost] [--json FILE]
// Fairness: one user with 64 connections on a route of 5 ms CPU, 20 others with two requests a second each, whose
// latency counts from the time they were due. Server and load are processes of their own.
// Cost: a signed-in route against the same route without sessions, interleaved rounds, medians.
import { fork, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    /** One part alone: `fairness`, `overload` or `cost`. */
    only: { type: 'string' },
    json: { type: 'string' },
  },
});
const durationMs = Number(values.seconds) * 1_000;

interface Server {
  readonly port: number;
  readonly tokens: readonly string[];
  readonly child: ChildProcess;
  readonly cpuMicros: () => Promise<number>;
}

async function startServer(mode: string, sessionCount: number): Promise<Server> {
  const child = fork(new URL('sessions-process.ts', import.meta.url), [mode, String(sessionCount)], {
    execArgv: ['--no-warnings'],
  });
  const { port, tokens } = await new Promise<{ port: number; tokens: string[] }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { port: number; tokens: string[] }));
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  const cpuMicros = async (): Promise<number> =>
    new Promise((resolve) => {
      child.once('message', (message) => resolve(message as number));
      child.send('cpu');
    });
  return { port, tokens, child, cpuMicros };
}

async function get(server: Server, path: string, token: string, agent: Agent): Promise<number> {
  return new Promise((resolve) => {
    const sent = request(
      { port: server.port, host: '127.0.0.1', path, agent, headers: { cookie: `dataguardian=${token}` } },
      (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer.statusCode ?? 0));
      },
    );
    sent.once('error', () => resolve(0));
    sent.end();
  });
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

async function flood(mode: string) {
  const server = await startServer(mode, 21);
  const [flooder = '', ...others] = server.tokens;
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
    const token = server.tokens[index % server.tokens.length] ?? '';
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
        if ((await get(server, '/work', server.tokens[index] ?? '', agent)) === 200) served += 1;
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

async function cost(sessionCount: number) {
  const modes = ['bare', 'sessions'] as const;
  const servers = {
    bare: await startServer('bare', sessionCount),
    sessions: await startServer('sessions', sessionCount),
  };
  const rates = { bare: [] as number[], sessions: [] as number[] };
  const cpu = { bare: [] as number[], sessions: [] as number[] };
  for (let round = 0; round < 4; round++)
    for (const mode of modes) {
      const server = servers[mode];
      const agent = new Agent({ keepAlive: true, maxSockets: 64 });
      const before = await server.cpuMicros();
      const until = performance.now() + durationMs / 2;
      let count = 0;
      await Promise.all(
        Array.from({ length: 64 }, async () => {
          while (performance.now() < until) {
            const token = server.tokens[count % server.tokens.length] ?? '';
            count += 1;
            if ((await get(server, '/who', token, agent)) !== 200) throw new Error('not signed in');
          }
        }),
      );
      agent.destroy();
      // The first round warms up.
      if (round === 0) continue;
      cpu[mode].push(((await server.cpuMicros()) - before) / count);
      rates[mode].push(count / (durationMs / 2_000));
    }
  for (const mode of modes) servers[mode].child.send('stop');
  const median = (numbers: readonly number[]): number =>
    quantile(
      numbers.toSorted((a, b) => a - b),
      0.5,
    );
  return {
    sessions: sessionCount,
    barePerSecond: median(rates.bare),
    share: median(rates.sessions) / median(rates.bare),
    cpuAddedMicros: median(cpu.sessions) - median(cpu.bare),
  };
}

const result = {
  machine: { cpus: cpus().length, node: process.version },
  seconds: Number(values.seconds),
  ...(values.only === 'cost' || values.only === 'overload'
    ? {}
    : { fairness: [await flood('sessions'), await flood('admission')] }),
  ...(values.only === undefined || values.only === 'overload' ? { overload: await overload() } : {}),
  ...(values.only === 'fairness' || values.only === 'overload'
    ? {}
    : { cost: [await cost(100), await cost(1_000), await cost(5_000)] }),
};
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
