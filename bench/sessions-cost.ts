// Cost of sessions: each server with its signed-in route against the same framework without sessions, all of them in one
// run, round after round.
import { Agent } from 'node:http';
import { get, median, startServer, type Server } from './sessions-load.ts';

/** Each contender and the bare server that it is held against. */
const CONTENDERS = [
  { mode: 'sessions', bare: 'bare', what: 'ours, Fastify, PostgreSQL + Redis' },
  { mode: 'fastify-session', bare: 'bare', what: '@fastify/session, Redis' },
  { mode: 'express-session', bare: 'express-bare', what: 'express-session, Redis' },
] as const;
const CONNECTIONS = 64;
const ROUNDS = 4;

/** @param roundMs How long each server is asked in each round. */
export async function measureCost(sessionCount: number, roundMs: number) {
  const modes = [...new Set<string>(CONTENDERS.flatMap(({ mode, bare }) => [bare, mode]))];
  const servers = new Map<string, Server>();
  for (const mode of modes) servers.set(mode, await startServer(mode, sessionCount));
  const seen = new Map(modes.map((mode) => [mode, { rates: [] as number[], cpu: [] as number[] }]));
  try {
    for (let round = 0; round < ROUNDS; round++)
      for (const [mode, server] of servers) {
        const { perSecond, cpuMicros } = await askFor(server, roundMs);
        // The first round warms up.
        if (round === 0) continue;
        seen.get(mode)?.rates.push(perSecond);
        seen.get(mode)?.cpu.push(cpuMicros);
      }
  } finally {
    for (const { child } of servers.values()) child.send('stop');
  }
  const rateOf = (mode: string): number => median(seen.get(mode)?.rates ?? []);
  const cpuOf = (mode: string): number => median(seen.get(mode)?.cpu ?? []);
  return {
    sessions: sessionCount,
    contenders: CONTENDERS.map(({ mode, bare, what }) => ({
      what,
      barePerSecond: Math.round(rateOf(bare)),
      share: Number((rateOf(mode) / rateOf(bare)).toFixed(3)),
      cpuAddedMicros: Number((cpuOf(mode) - cpuOf(bare)).toFixed(1)),
    })),
  };
}

async function askFor(server: Server, forMs: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const before = await server.cpuMicros();
  const from = performance.now();
  let count = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (performance.now() < from + forMs) {
        const cookie = server.cookies[count % server.cookies.length] ?? '';
        count += 1;
        if ((await get(server, '/who', cookie, agent)) !== 200) throw new Error('not signed in');
      }
    }),
  );
  const seconds = (performance.now() - from) / 1_000;
  const cpuMicros = ((await server.cpuMicros()) - before) / count;
  agent.destroy();
  return { perSecond: count / seconds, cpuMicros };
}
