// Races: what parallel requests of one session lose, and whether a request in flight brings a session back.
import { Agent } from 'node:http';
import { send, startServer, type Server } from './sessions-load.ts';

const PARALLEL = 50;
const TRIALS = 10;

export async function measureRaces() {
  const results = [];
  for (const mode of ['sessions', 'fastify-session', 'express-session']) {
    const server = await startServer(mode, 2 + TRIALS);
    const agent = new Agent({ keepAlive: true, maxSockets: PARALLEL });
    results.push({ mode, ...(await race(server, agent)) });
    agent.destroy();
    server.child.send('stop');
  }
  return results;
}

async function race(server: Server, agent: Agent) {
  const [counting = '', writing = '', ...leaving] = server.cookies;
  const post = (path: string, cookie: string) => send(server, { path, cookie, agent, method: 'POST' });
  const read = async (cookie: string): Promise<{ count: number; keys: number }> =>
    JSON.parse((await send(server, { path: '/data', cookie, agent })).body) as { count: number; keys: number };
  await Promise.all(Array.from({ length: PARALLEL }, () => post('/increment', counting)));
  await Promise.all(Array.from({ length: PARALLEL }, (_, index) => post(`/set/key${index}`, writing)));
  let cameBack = 0;
  for (const cookie of leaving) {
    // Under way when the user signs out, and ended after it.
    const inFlight = post('/increment', cookie);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await post('/sign-out', cookie);
    await inFlight;
    if ((await send(server, { path: '/who', cookie, agent })).status === 200) cameBack += 1;
  }
  return {
    increments: `${(await read(counting)).count} of ${PARALLEL}`,
    keys: `${(await read(writing)).keys} of ${PARALLEL}`,
    cameBackAfterSignOut: `${cameBack} of ${leaving.length}`,
  };
}
