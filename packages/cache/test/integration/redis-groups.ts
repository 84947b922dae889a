import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSeededRandom, findRedisServer, until } from '@dataguardian/testing';
import { createClient } from 'redis';

/** Whether this machine can run groups of Redis servers; the stand-in of WebAssembly can do neither cluster nor sentinel. */
export const hasRedisServer: boolean = findRedisServer() !== undefined;

/** Servers of a test's own that belong together. */
export interface RedisGroup {
  /** Addresses to hand to a cache: of cluster nodes, or of sentinels. */
  readonly addresses: readonly string[];
  /** Sends a command to one of the servers. */
  command(server: number, ...args: string[]): Promise<unknown>;
  kill(server: number): Promise<void>;
  close(): Promise<void>;
}

interface Server {
  readonly port: number;
  readonly child: ChildProcess;
}

/** A cluster of `nodeCount` leaders that share the slots evenly. */
export async function startCluster(nodeCount: number): Promise<RedisGroup> {
  const world = createWorld();
  const servers: Server[] = [];
  for (let node = 0; node < nodeCount; node++) servers.push(await world.start(['--cluster-enabled', 'yes']));
  const share = Math.ceil(16_384 / nodeCount);
  for (const [node, { port }] of servers.entries()) {
    const last = Math.min(16_383, (node + 1) * share - 1);
    await send(port, 'CLUSTER', 'ADDSLOTSRANGE', String(node * share), String(last));
    await send(port, 'CLUSTER', 'MEET', '127.0.0.1', String(servers[0]?.port));
  }
  for (const { port } of servers)
    await until(async () => {
      const info = String(await send(port, 'CLUSTER', 'INFO'));
      return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${nodeCount}`);
    });
  return world.toGroup(
    servers,
    servers.map(({ port }) => port),
  );
}

/** A leader, a follower, and a sentinel that makes the follower lead when the leader is gone. */
export async function startSentinelGroup(masterName: string): Promise<RedisGroup> {
  const world = createWorld();
  const leader = await world.start(['--repl-diskless-sync-delay', '0']);
  const follower = await world.start(['--replicaof', '127.0.0.1', String(leader.port)]);
  await until(async () => String(await send(follower.port, 'INFO', 'replication')).includes('master_link_status:up'));
  const config = [
    `sentinel monitor ${masterName} 127.0.0.1 ${leader.port} 1`,
    // Longer than a loaded machine may keep a server from answering.
    `sentinel down-after-milliseconds ${masterName} 2000`,
    `sentinel failover-timeout ${masterName} 3000`,
  ].join('\n');
  const sentinel = await world.start(['--sentinel'], config);
  await until(async () => String(await send(sentinel.port, 'INFO', 'sentinel')).includes('slaves=1'), {
    timeoutMs: 30_000,
  });
  return world.toGroup([leader, follower], [sentinel.port]);
}

function createWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'redis-group-'));
  const children: ChildProcess[] = [];
  // The bus of a cluster listens 10,000 ports higher, below those that systems give to outgoing connections; servers of
  // other tests are somewhere, too.
  const random = createSeededRandom(process.pid);
  const end = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  };
  const start = async (args: readonly string[], config = ''): Promise<Server> => {
    for (let attempt = 0; attempt < 20; attempt++) {
      const port = random.integer(10_240, 22_767);
      const file = join(folder, `${port}.conf`);
      writeFileSync(file, `port ${port}\nbind 127.0.0.1\ndir ${folder}\n${config}\n`);
      const own = args[0] === '--sentinel' ? args : [...args, '--save', '', '--cluster-config-file', `${port}.nodes`];
      const binary = findRedisServer();
      if (!binary) break;
      const child = spawn(binary.path, [file, ...own], { stdio: 'ignore', env: { ...process.env, ...binary.env } });
      children.push(child);
      const isUp = await until(
        // Somebody else's server may answer on the port that this one does not get.
        async () =>
          child.exitCode !== null || String(await send(port, 'INFO', 'server')).includes(`process_id:${child.pid}\r`),
      ).then(() => child.exitCode === null);
      if (isUp) return { port, child };
    }
    throw new Error('no redis-server could be started');
  };
  const toGroup = (servers: readonly Server[], ports: readonly number[]): RedisGroup => ({
    addresses: ports.map((port) => `redis://127.0.0.1:${port}`),
    command: (server, ...args) => send(servers[server]?.port ?? 0, ...args),
    kill: (server) => end(servers[server]?.child as ChildProcess),
    async close() {
      await Promise.all(children.map(end));
      rmSync(folder, { recursive: true, force: true });
    },
  });
  return { start, toGroup };
}

async function send(port: number, ...args: string[]): Promise<unknown> {
  const client = createClient({
    url: `redis://127.0.0.1:${port}`,
    RESP: 2,
    disableClientInfo: true,
    socket: { reconnectStrategy: false, connectTimeout: 2_000 },
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await client.sendCommand(args);
  } finally {
    client.destroy();
  }
}
