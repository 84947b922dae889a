import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdmissionPlugin } from '@dataguardian/sessions';
import fastify from 'fastify';
import { expect, it } from 'vitest';

const WORK_MS = 5;
const CONNECTIONS = 64;
const OTHERS = 20;

it('serves twenty users before the rest of a flood that came first, and refuses none of them', async () => {
  const app = fastify();
  await app.register(
    createAdmissionPlugin({
      userOf: ({ headers }) => String(headers['x-user']),
      // Twenty others are much for a machine that is busy with something else; this is about their order.
      longestWaitMs: 60_000,
    }),
  );
  const served: string[] = [];
  app.get('/work', ({ headers }) => {
    const until = performance.now() + WORK_MS;
    while (performance.now() < until);
    served.push(String(headers['x-user']));
    return 'done';
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const ask = async (user: string): Promise<number | undefined> => {
    const sent = request({ port, host: '127.0.0.1', path: '/work', agent, headers: { 'x-user': user } });
    sent.end();
    const [answer] = await once(sent, 'response');
    answer.resume();
    return answer.statusCode;
  };

  const others = Array.from({ length: OTHERS }, (_, index) => `user${index}`);
  let isFlooding = true;
  const floods = Array.from({ length: CONNECTIONS }, async () => {
    const statuses: (number | undefined)[] = [];
    while (isFlooding) statuses.push(await ask('flooder'));
    return statuses;
  });
  while (app.admissionStatistics().waiting < CONNECTIONS / 2) await new Promise((resolve) => setImmediate(resolve));
  const before = served.length;
  const statuses = await Promise.all(others.map(ask));
  const meanwhile = served.slice(before);
  isFlooding = false;
  const flooded = (await Promise.all(floods)).flat();
  agent.destroy();
  await app.close();

  expect(statuses).toEqual(others.map(() => 200));
  expect(others.every((user) => meanwhile.includes(user))).toBe(true);
  // A first come, first served server would have answered the whole flood before any of them.
  expect(meanwhile.filter((user) => user === 'flooder').length).toBeLessThan(CONNECTIONS);
  expect(flooded.length).toBeGreaterThanOrEqual(CONNECTIONS);
  expect(flooded.every((status) => status === 200)).toBe(true);
});
