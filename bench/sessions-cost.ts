// Cost of sessions: each server with its signed-in route against the same framework without sessions, all of them in one
// run, round after round, in the one order and then in the other. A second bare server shows what two equal ones differ by.
import { Agent } from 'node:http';
import { get, median, quantile, startServer, type Server } from './sessions-load.ts';

/** Each contender and the bare server that it is held against. */
const CONTENDERS = [
  { mode: 'sessions', bare: 'bare', what: 'ours, Fastify, PostgreSQL + Redis' },
  { mode: 'bare-again', bare: 'bare', what: 'the bare server a second time: the error of the measurement' },
  { mode: 'fastify-session', bare: 'bare', what: '@fastify/session, Redis' },
  { mode: 'express-session', bare: 'express-bare', what: 'express-session, Redis' },
] as const;
const CONNECTIONS = 64;
/** Rounds before those that count: compilation goes on for tens of thousands of requests. */
const WARM_UP = 3;
const ROUNDS = 10;

interface Round {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

/** @param roundMs How long each server is asked in each round. */
export async function measureCost(sessionCount: number, roundMs: number) {
  const modes = [...new Set<string>(CONTENDERS.flatMap(({ mode, bare }) => [bare, mode]))];
  const servers = new Map<string, Server>();
  for (const mode of modes) servers.set(mode, await startServer(mode === 'bare-again' ? 'bare' : mode, sessionCount));
  const seen = new Map<string, Round[]>(modes.map((mode) => [mode, []]));
  try {
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      const order = round % 2 === 0 ? [...servers] : [...servers].toReversed();
      for (const [mode, server] of order) {
        const measured = await askFor(server, roundMs);
        if (round >= WARM_UP) seen.get(mode)?.push(measured);
      }
    }
  } finally {
    for (const { child } of servers.values()) child.send('stop');
  }
  const roundsOf = (mode: string): readonly Round[] => seen.get(mode) ?? [];
  return {
    sessions: sessionCount,
    rounds: ROUNDS,
    contenders: CONTENDERS.map(({ mode, bare, what }) => {
      const bareRounds = roundsOf(bare);
      // Round against round: what the machine does in between is the same for both.
      const pairs = roundsOf(mode).flatMap((ours, index) => {
        const theirs = bareRounds[index];
        return theirs === undefined ? [] : [{ ours, theirs }];
      });
      const added = pairs.map(({ ours, theirs }) => ours.cpuMicros - theirs.cpuMicros).toSorted((a, b) => a - b);
      return {
        what,
        barePerSecond: Math.round(median(bareRounds.map(({ perSecond }) => perSecond))),
        share: Number(median(pairs.map(({ ours, theirs }) => ours.perSecond / theirs.perSecond)).toFixed(3)),
        cpuAddedMicros: Number(median(added).toFixed(1)),
        /** The middle half of the rounds. */
        cpuAddedMiddle: [0.25, 0.75].map((share) => Number(quantile(added, share).toFixed(1))),
      };
    }),
  };
}

async function askFor(server: Server, forMs: number): Promise<Round> {
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
