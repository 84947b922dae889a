// node --no-warnings bench/sessions-attribution.ts [--requests 4000]
// What it would cost to charge each request with all of its own time on the event loop: processor time per request of a
// route that pauses five times, with nothing, with an AsyncLocalStorage around it (as sessions have it), and with hooks
// before and after every callback that add up who ran for how long. Interleaved rounds, medians.
import { AsyncLocalStorage, createHook, executionAsyncId } from 'node:async_hooks';
import { parseArgs } from 'node:util';
import fastify from 'fastify';

const { values } = parseArgs({ options: { requests: { type: 'string', default: '4000' } } });
const requests = Number(values.requests);
const ROUNDS = 7;
const PAUSES = 5;

const storage = new AsyncLocalStorage<{ busyMs: number }>();
const owners = new Map<number, { busyMs: number }>();
const begun: number[] = [];
const hook = createHook({
  init(id, _type, trigger) {
    const owner = owners.get(executionAsyncId()) ?? owners.get(trigger) ?? storage.getStore();
    if (owner !== undefined) owners.set(id, owner);
  },
  before() {
    begun.push(performance.now());
  },
  after(id) {
    const from = begun.pop();
    const owner = owners.get(id);
    if (owner !== undefined && from !== undefined) owner.busyMs += performance.now() - from;
  },
  destroy(id) {
    owners.delete(id);
  },
});

async function build(isStored: boolean) {
  const app = fastify();
  if (isStored) app.addHook('onRequest', (_request, _reply, done) => storage.run({ busyMs: 0 }, done));
  app.get('/', async () => {
    for (let pause = 0; pause < PAUSES; pause++) await new Promise((resolve) => setImmediate(resolve));
    return { ok: true };
  });
  await app.ready();
  return app;
}

const [bare, stored] = [await build(false), await build(true)];
const WAYS = {
  bare: { app: bare, isHooked: false },
  stored: { app: stored, isHooked: false },
  hooked: { app: stored, isHooked: true },
};
const seen: Record<keyof typeof WAYS, number[]> = { bare: [], stored: [], hooked: [] };
for (let round = 0; round < ROUNDS; round++)
  for (const name of ['bare', 'stored', 'hooked'] as const) {
    const { app, isHooked } = WAYS[name];
    if (isHooked) hook.enable();
    const before = process.cpuUsage();
    for (let done = 0; done < requests; done += 20)
      await Promise.all(Array.from({ length: 20 }, async () => app.inject('/')));
    const { user, system } = process.cpuUsage(before);
    hook.disable();
    owners.clear();
    if (round > 0) seen[name].push((user + system) / requests);
  }
const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
const result = {
  node: process.version,
  requests,
  cpuMicrosPerRequest: { bare: median(seen.bare), stored: median(seen.stored), hooked: median(seen.hooked) },
  addedByStorage: median(seen.stored) - median(seen.bare),
  addedByHooks: median(seen.hooked) - median(seen.stored),
};
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
