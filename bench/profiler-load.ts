// Two servers alive at once, asked in turns by this process, one with the profiler and one without, then the other way
// round: what else the machine does falls on both in the same milliseconds, and a process's own luck cancels. Prints a
// line of JSON for each crossover. Arguments: kind, crossovers of each pair, seconds of a period, profiler options.
import { fork, type ChildProcess } from 'node:child_process';
import { Agent, get } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Order, Reading } from './profiler-server.ts';

/** What two periods with changed places show. */
export interface Crossover {
  /** `profiler` is on against off, `control` is off against off in the same way. */
  readonly kind: string;
  /** Processor time of a request with, against without, as the geometric mean of both periods; whole process. */
  readonly ratio: number;
  /** The same of the main thread alone. */
  readonly threadRatio: number;
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

const [kind = 'profiler', crossoversText = '1', secondsText = '20', optionsText = '{}'] = process.argv.slice(2);
const periodMs = Number(secondsText) * 1_000;
/** The start of a recording and of the collectors, which does not belong to going on. */
const SETTLE_MS = 1_500;
const WARM_MS = 6_000;

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
    execArgv: ['--no-warnings'],
  });
  const { port } = await hear<{ readonly port: number }>(child);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
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

/** Asks both, one after the other, for so long. */
async function askInTurns(servers: readonly Server[], forMs: number): Promise<void> {
  const until = performance.now() + forMs;
  while (performance.now() < until) for (const { ask } of servers) await ask();
}

const isControl = kind === 'control';

/** Processor time of a request of both, while the first has the profiler on (unless this is the control). */
async function measurePeriod(on: Server, off: Server, servers: readonly Server[]) {
  await off.tell({ say: 'off' });
  await on.tell({ say: isControl ? 'off' : 'on' });
  await askInTurns(servers, SETTLE_MS);
  const begunAt = performance.now();
  const before = [await on.tell({ say: 'read' }), await off.tell({ say: 'read' })] as const;
  await askInTurns(servers, periodMs / 2);
  for (const server of servers) await server.tell({ say: 'look' });
  await askInTurns(servers, periodMs / 2);
  const after = [await on.tell({ say: 'read' }), await off.tell({ say: 'read' })] as const;
  const tookMs = performance.now() - begunAt;
  const each = (index: 0 | 1, read: (reading: Reading) => number): number =>
    (read(after[index]) - read(before[index])) / (after[index].answered - before[index].answered);
  const processUs = (reading: Reading): number => reading.processUs;
  const threadUs = (reading: Reading): number => reading.threadUs;
  return {
    onUs: each(0, processUs),
    offUs: each(1, processUs),
    threadRatio: each(0, threadUs) / each(1, threadUs),
    requestCount: after[0].answered - before[0].answered,
    offBusyRatio: (after[1].processUs - before[1].processUs) / 1_000 / tookMs,
  };
}

const servers = [await openServer(), await openServer()] as const;
// Both compile their code, and the profiler reads all functions at its first start.
for (const say of ['on', 'off', 'on', 'off'] as const) {
  for (const server of servers) await server.tell({ say });
  await askInTurns(servers, WARM_MS / 2);
}
const [a, b] = servers;
for (let turn = 0; turn < Number(crossoversText); turn++) {
  const [first, second] = turn % 2 === 0 ? [a, b] : [b, a];
  const one = await measurePeriod(first, second, servers);
  const other = await measurePeriod(second, first, servers);
  const crossover: Crossover = {
    kind,
    ratio: Math.sqrt((one.onUs / one.offUs) * (other.onUs / other.offUs)),
    threadRatio: Math.sqrt(one.threadRatio * other.threadRatio),
    onUs: (one.onUs + other.onUs) / 2,
    offUs: (one.offUs + other.offUs) / 2,
    requestCount: one.requestCount + other.requestCount,
    offBusyRatio: (one.offBusyRatio + other.offBusyRatio) / 2,
  };
  process.stdout.write(`${JSON.stringify(crossover)}\n`);
}
for (const { child } of servers) child.kill();
process.exit();
