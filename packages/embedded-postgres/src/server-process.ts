import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '@dataguardian/telemetry';
import { Client } from 'pg';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { OWNER, type ClusterFolders } from './cluster.ts';
import { EmbeddedPostgresError } from './errors.ts';

const LONGEST_START_MS = 60_000;
const KEPT_LOG_LINES = 20;

/**
 * Ends the server when our end of the pipe closes, whatever closed it (SIGKILL included), and ends itself
 * when the server does. It asks again and again, because a server that is just starting does not hear the first time.
 */
const WATCHDOG =
  'exec 3<&0; "$@" 3<&- </dev/null & p=$!; (cat <&3 >/dev/null; while kill -INT $p 2>/dev/null; do sleep 1; done) & w=$!; trap "" INT TERM HUP; wait $p; code=$?; kill $w 2>/dev/null; exit $code';

/** One running PostgreSQL server. */
export interface ServerProcess {
  /** Resolves with the exit code when the server has ended, for whatever reason. */
  readonly ended: Promise<number>;
  /** Asks for a fast shutdown and resolves when the server has ended. */
  stop(): Promise<void>;
  /** The last lines that the server wrote. */
  lastLines(): readonly string[];
}

export interface ServerProcessOptions {
  readonly binaries: Binaries;
  readonly folders: ClusterFolders;
  readonly account: Account | undefined;
  readonly clock: Clock;
  readonly settings: Readonly<Record<string, string>>;
  readonly onLog: (line: string) => void;
}

/**
 * Starts the server and resolves when it accepts connections.
 * @throws EmbeddedPostgresError EMBEDDED_POSTGRES_START_FAILED with the server's last lines.
 */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const { binaries, folders, account, clock } = options;
  const settings = Object.entries(options.settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(
    '/bin/sh',
    ['-c', WATCHDOG, 'postgres-watchdog', binaries.postgres, '-D', folders.data, ...settings],
    {
      detached: true,
      cwd: '/',
      env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...account,
    },
  );
  const lines: string[] = [];
  const read = (chunk: Buffer): void => {
    for (const line of chunk.toString('utf8').split('\n').filter(Boolean)) {
      lines.push(line);
      if (lines.length > KEPT_LOG_LINES) lines.shift();
      options.onLog(line);
    }
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  child.stdin.on('error', () => undefined);
  let hasEnded = false;
  const ended = new Promise<number>((resolve) => {
    const end = (code: number): void => {
      hasEnded = true;
      child.stdin.destroy();
      resolve(code);
    };
    child.on('error', () => end(-1));
    child.on('exit', (code) => end(code ?? -1));
  });
  const server: ServerProcess = {
    ended,
    lastLines: () => [...lines],
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
  const deadline = clock.monotonic() + LONGEST_START_MS;
  while (!(await accepts(folders.socket))) {
    if (hasEnded || clock.monotonic() > deadline) {
      await server.stop();
      throw new EmbeddedPostgresError(
        'EMBEDDED_POSTGRES_START_FAILED',
        `PostgreSQL did not start in ${folders.data}: ${lines.join(' | ') || 'it wrote nothing'}.`,
      );
    }
    await clock.sleep(10);
  }
  return server;
}

/** The connection string of a database behind the private socket; `host` in the query overrides the authority. */
export function toConnectionString(socketFolder: string, database: string): string {
  return `postgresql://${OWNER}@localhost/${database}?host=${encodeURIComponent(socketFolder)}`;
}

async function accepts(socketFolder: string): Promise<boolean> {
  if (!(await canConnect(join(socketFolder, '.s.PGSQL.5432')))) return false;
  const client = new Client({ host: socketFolder, user: OWNER, database: 'postgres', connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function canConnect(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
