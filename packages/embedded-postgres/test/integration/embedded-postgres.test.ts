import { fork, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@dataguardian/embedded-postgres';
import { until } from '@dataguardian/testing';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let dataDir: string;
let toStop: EmbeddedPostgres[];
let toKill: ChildProcess[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'dataguardian-cluster-'));
  toStop = [];
  toKill = [];
});

afterEach(async () => {
  for (const child of toKill) child.kill('SIGKILL');
  await Promise.all(toStop.map((server) => server.stop()));
  await until(() => !isRunning(postmasterPid()));
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir });
  toStop.push(server);
  return server;
}

const OWNER = fileURLToPath(new URL('./owner-process.ts', import.meta.url));

/** Processes whose command line names the folder. */
function serversOf(folder: string): readonly string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return command.includes(`${folder}/postgres`);
      } catch {
        return false;
      }
    });
}

async function startElsewhere(): Promise<ChildProcess> {
  const child = fork(OWNER, [dataDir], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  toKill.push(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child;
}

async function query(server: EmbeddedPostgres, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: server.connectionString });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function postmasterPid(): number | undefined {
  const file = join(dataDir, 'postgres', 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined;
}

function isRunning(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the embedded PostgreSQL', () => {
  it('keeps its data over a stop and a start', async () => {
    const first = await start();
    await query(first, 'create table kept as select 42 as answer');
    await first.stop();
    const second = await start();
    expect(await query(second, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('is started again on the same data after it was killed', async () => {
    const server = await start();
    await query(server, 'create table kept as select 42 as answer');
    process.kill(postmasterPid() ?? 0, 'SIGKILL');
    await until(() => server.health().status === 'down');
    await until(() => server.health().status === 'up');
    expect(await query(server, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('leaves no server behind when it is stopped while it is being started again', async () => {
    const server = await start();
    const killed = postmasterPid() ?? 0;
    process.kill(killed, 'SIGKILL');
    // The next one has its file before it answers.
    await until(() => ![undefined, 0, killed].includes(postmasterPid()), { intervalMs: 1 });
    await server.stop();
    // The shell that watched over it may need a moment longer.
    await until(() => serversOf(dataDir).length === 0, { what: 'the end of the server' });
    expect(server.health().status).toBe('down');
  });

  it('leaves no server behind when its owner is killed, and starts again on the same data', async () => {
    const owner = await startElsewhere();
    const pid = postmasterPid();
    owner.kill('SIGKILL');
    await until(() => !isRunning(pid), { what: 'the end of the orphaned server' });
    const server = await start();
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('leaves no server behind when its owner is killed while it starts', async () => {
    const first = await start();
    await first.stop();
    for (let round = 0; round < 8; round++) {
      const owner = fork(OWNER, [dataDir], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      // At its very first moment the server does not listen to signals yet.
      while (serversOf(dataDir).length === 0) await new Promise((resolve) => setImmediate(resolve));
      owner.kill('SIGKILL');
      await until(() => serversOf(dataDir).length === 0, { what: 'the end of the server that was just starting' });
    }
    expect(serversOf(dataDir)).toEqual([]);
  });

  it('says who holds the folder when it is in use', async () => {
    const owner = await startElsewhere();
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({
      code: 'EMBEDDED_POSTGRES_IN_USE',
      message: expect.stringContaining(`process ${owner.pid}`),
    });
  });

  it('listens on no TCP port', async () => {
    const server = await start();
    expect(await query(server, 'show listen_addresses')).toEqual([{ listen_addresses: '' }]);
  });

  it('begins anew when the creation of the files was interrupted', async () => {
    mkdirSync(join(dataDir, 'postgres.new', 'base'), { recursive: true });
    const server = await start();
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('refuses damaged files with the reason, and leaves them as they are', async () => {
    const first = await start();
    await first.stop();
    const control = join(dataDir, 'postgres', 'global', 'pg_control');
    renameSync(control, `${control}.lost`);
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({
      code: 'EMBEDDED_POSTGRES_START_FAILED',
      message: expect.stringContaining('pg_control'),
    });
    expect(existsSync(join(dataDir, 'postgres', 'PG_VERSION'))).toBe(true);
  });
});
