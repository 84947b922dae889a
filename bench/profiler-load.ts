// Two servers alive at once, asked in turns by this process, one with the profiler and one without, then the other way
// round: what else the machine does falls on both in the same fraction of a second, and a process's own luck cancels.
// Prints a line of JSON for each crossover. Arguments: kind, `busy` (four clients that ask one server for a fiftieth of a
// second, then the other: what disturbs a machine lasts longer) or `spare` (one request, then one of the other), crossovers
// of each pair, seconds of a period, profiler options.
import { fork, type ChildProcess } from 'node:child_process';
import { Agent, get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { median } from './median-range.ts';
import type { Order, Reading } from './profiler-server.ts';
import { YOUNG_FLAGS } from './profiler-young.ts';

/** What two periods with changed places show: processor time of a request with, against without. */
export interface Crossover {
  /** `profiler` is on against off, `control` is off against off in the same way. */
  readonly kind: string;
  /**
   * The geometric mean of both periods, whole process: the median of their stretches, because what disturbs the machine for
   * seconds lies in few of them, and so does what the program does seldom (docs/benchmarks/profiler.md counts that by itself).
   */
  readonly ratio: number;
  /** The same of the main thread alone. */
  readonly threadRatio: number;
  /** The same as `ratio`, of everything that the periods took. */
  readonly sumRatio: number;
  /** Of each period by itself: what both share is the profiler's, what is opposite the processes' own luck. */
  readonly periodRatios: readonly [first: number, second: number];
  /** Of the first stretch of both periods, of the second, and so on. */
  readonly stretchRatios: readonly number[];
  readonly onUs: number;
  readonly offUs: number;
  readonly requestCount: number;
  /** How busy the process without was: a share of one core. */
  readonly offBusyRatio: number;
}

interface Server {
  readonly child: ChildProcess;
  readonly ask: () => Promise<void>;
  readonly tell: (order: Order) => Promise<Reading>;
}

const [kind = 'profiler', load = 'busy', crossoversText = '1', secondsText = '20', optionsText = '{}'] =
  process.argv.slice(2);
const periodMs = Number(secondsText) * 1_000;
/** What is always on has been on for so long: its start is over, and the profiler looks at one window of collections in sixteen. */
const SETTLE_MS = 35_000;
const WARM_MS = 6_000;
const TURN_MS = 20;
const STRETCH_MS = 5_000;
const CLIENTS = load === 'busy' ? 4 : 1;

/** The next message of a child. */
const hear = <Message>(child: ChildProcess): Promise<Message> =>
  new Promise((resolve, reject) => {
    child.once('exit', reject);
    child.once('message', (message) => {
      child.off('exit', reject);
      // The child's messages are of the type that belongs to the order.
      resolve(message as Message);
    });
  });

async function openServer(): Promise<Server> {
  const child = fork(fileURLToPath(new URL('profiler-server.ts', import.meta.url)), [optionsText], {
    execArgv: ['--no-warnings', ...YOUNG_FLAGS],
  });
  const { port } = await hear<{ readonly port: number }>(child);
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  return {
    child,
    ask: () =>
      new Promise((resolve, reject) => {
        get({ host: '127.0.0.1', port, path: '/rows', agent }, (answer) => {
          answer.resume();
          answer.once('end', resolve);
        }).once('error', reject);
      }),
    tell(order) {
      const heard = hear<Reading>(child);
      child.send(order);
      return heard;
    },
  };
}

const NOTHING: Reading = { processUs: 0, threadUs: 0, answered: 0 };

/** Both together, or how far the one is from the other. */
const combine = (one: Reading, other: Reading, sign: 1 | -1 = 1): Reading => ({
  processUs: one.processUs + sign * other.processUs,
  threadUs: one.threadUs + sign * other.threadUs,
  answered: one.answered + sign * other.answered,
});

/** What servers took while they were asked. */
type Spent = Map<Server, Reading>;

/** Adds what `work` costs these servers. */
async function count(spent: Spent, servers: readonly Server[], work: () => Promise<unknown>): Promise<void> {
  const readAll = (): Promise<Reading[]> => Promise.all(servers.map((server) => server.tell({ say: 'read' })));
  const before = await readAll();
  await work();
  for (const [index, after] of (await readAll()).entries()) {
    const server = servers[index];
    if (server === undefined) continue;
    spent.set(server, combine(spent.get(server) ?? NOTHING, combine(after, before[index] ?? NOTHING, -1)));
  }
}

/** All clients ask one server until the time is over. */
async function askBusily({ ask }: Server, forMs: number): Promise<void> {
  const until = performance.now() + forMs;
  const client = async (): Promise<void> => {
    while (performance.now() < until) await ask();
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

/** Asks both servers in turns for so long, and adds what each took. */
async function askInTurns(spent: Spent, servers: readonly Server[], forMs: number): Promise<void> {
  const until = performance.now() + forMs;
  if (load === 'busy') {
    while (performance.now() < until)
      for (const server of servers) await count(spent, [server], () => askBusily(server, TURN_MS));
    return;
  }
  await count(spent, servers, async () => {
    while (performance.now() < until) for (const { ask } of servers) await ask();
  });
}

const isControl = kind === 'control';

/** Processor time of a request with, against without, in one stretch. */
interface Stretch {
  readonly ratio: number;
  readonly threadRatio: number;
}

/** Processor time of a request of both, while the first has the profiler on (unless this is the control). */
async function measurePeriod(on: Server, off: Server, servers: readonly Server[]) {
  await off.tell({ say: 'off' });
  await on.tell({ say: isControl ? 'off' : 'on' });
  await askInTurns(new Map(), servers, SETTLE_MS);
  const begunAt = performance.now();
  const stretches: Stretch[] = [];
  let [ofOn, ofOff] = [NOTHING, NOTHING];
  const stretchCount = Math.max(1, Math.round(periodMs / STRETCH_MS));
  for (let stretch = 0; stretch < stretchCount; stretch++) {
    const spent: Spent = new Map();
    await askInTurns(spent, servers, STRETCH_MS);
    // A server's look belongs to what it takes.
    if (stretch === Math.floor(stretchCount / 2))
      for (const server of servers) await count(spent, [server], () => server.tell({ say: 'look' }));
    const [withIt, without] = [spent.get(on) ?? NOTHING, spent.get(off) ?? NOTHING];
    stretches.push({
      ratio: withIt.processUs / withIt.answered / (without.processUs / without.answered),
      threadRatio: withIt.threadUs / withIt.answered / (without.threadUs / without.answered),
    });
    [ofOn, ofOff] = [combine(ofOn, withIt), combine(ofOff, without)];
  }
  const tookMs = performance.now() - begunAt;
  return {
    stretches,
    onUs: ofOn.processUs / ofOn.answered,
    offUs: ofOff.processUs / ofOff.answered,
    requestCount: ofOn.answered,
    // In turns each server has half of the time.
    offBusyRatio: (ofOff.processUs / 1_000 / tookMs) * (load === 'busy' ? 2 : 1),
  };
}

/** Of the stretches of both periods that came after as long: a process's own luck cancels. */
function cross(
  one: readonly Stretch[],
  other: readonly Stretch[],
  read: (stretch: Stretch) => number,
): readonly number[] {
  return one.flatMap((stretch, place) => {
    const opposite = other[place];
    return opposite === undefined ? [] : [Math.sqrt(read(stretch) * read(opposite))];
  });
}

const servers = [await openServer(), await openServer()] as const;
// Both compile their code, and the profiler reads all functions at its first start.
for (const say of ['on', 'off', 'on', 'off'] as const) {
  for (const server of servers) await server.tell({ say });
  await askInTurns(new Map(), servers, WARM_MS / 2);
}
const [a, b] = servers;
for (let turn = 0; turn < Number(crossoversText); turn++) {
  const [first, second] = turn % 2 === 0 ? [a, b] : [b, a];
  const one = await measurePeriod(first, second, servers);
  const other = await measurePeriod(second, first, servers);
  const stretchRatios = cross(one.stretches, other.stretches, ({ ratio }) => ratio);
  const crossover: Crossover = {
    kind,
    ratio: median(stretchRatios),
    threadRatio: median(cross(one.stretches, other.stretches, ({ threadRatio }) => threadRatio)),
    sumRatio: Math.sqrt((one.onUs / one.offUs) * (other.onUs / other.offUs)),
    periodRatios: [one.onUs / one.offUs, other.onUs / other.offUs],
    stretchRatios,
    onUs: (one.onUs + other.onUs) / 2,
    offUs: (one.offUs + other.offUs) / 2,
    requestCount: one.requestCount + other.requestCount,
    offBusyRatio: (one.offBusyRatio + other.offBusyRatio) / 2,
  };
  process.stdout.write(`${JSON.stringify(crossover)}\n`);
}
for (const { child } of servers) child.kill();
process.exit();
