import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresForTest, until } from '@dataguardian/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ready, runProduct, type Account, type ProductProcess } from './product-process.ts';

const PASSWORD = 'correct horse battery';
/** Whole products are started, also on machines that are busy with other tests. */
const LONGEST_MS = 240_000;
const WAIT_MS = 90_000;
const GO_ON = 'HTTP/1.1 100 Continue\r\n\r\n';
const CREDENTIALS = JSON.stringify({ email: 'admin@dataguardian.local', password: PASSWORD });

let dataDir: string;
let running: ProductProcess[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'dataguardian-life-'));
  running = [];
});

afterEach(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await Promise.all(running.map(({ ended }) => ended));
  await databaseToBeGone();
  rmSync(dataDir, { recursive: true, force: true });
});

async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}, account?: Account): Promise<ProductProcess> {
  const settings = { DATAGUARDIAN_DATA_DIR: dataDir, DATAGUARDIAN_ADMIN_PASSWORD: PASSWORD, ...env };
  const product = await runProduct(args, settings, account);
  running.push(product);
  return product;
}

/** Processes whose command line names this test's database. */
function databaseProcesses(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(join(dataDir, 'postgres'));
    } catch {
      return false;
    }
  });
}

const databaseToBeGone = (): Promise<unknown> =>
  until(() => databaseProcesses().length === 0, {
    what: 'the end of every process of the database',
    timeoutMs: WAIT_MS,
  });

async function signIn(url: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/auth/login`, { method: 'POST', headers, body: CREDENTIALS });
  expect(answer.status).toBe(200);
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

describe('a server', { timeout: LONGEST_MS }, () => {
  it('that is killed takes its database along', async () => {
    const product = await run(['start', '--no-worker']);
    await ready(product);
    expect(databaseProcesses().length).toBeGreaterThan(0);
    product.child.kill('SIGKILL');
    await databaseToBeGone();
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
  });

  it('that is told to stop answers what it was asked before', async () => {
    const product = await run(['start', '--no-worker']);
    await ready(product);
    const socket = connect(Number(new URL(product.url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    const head = `POST /api/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: ${CREDENTIALS.length}\r\n\r\n`;
    socket.write(head + CREDENTIALS.slice(0, 10));
    // Told to go on, the request has arrived.
    await until(() => answer.startsWith(GO_ON), { what: 'the arrival of the request', timeoutMs: WAIT_MS });
    product.child.kill('SIGTERM');
    await until(() => product.output().includes('"stopping"'), { what: 'the product to stop', timeoutMs: WAIT_MS });
    socket.write(CREDENTIALS.slice(10));
    await until(() => socket.closed, { what: 'the end of the answer', timeoutMs: WAIT_MS });
    expect(answer.slice(GO_ON.length)).toMatch(/^HTTP\/1\.1 200 [\s\S]*set-cookie: dataguardian=/i);
    expect(await product.ended).toBe(0);
  });

  it('on a database of yours holds its data folder alone', async () => {
    const postgres = await postgresForTest();
    const first = await run(['start', '--no-worker'], { DATABASE_URL: postgres.url });
    await ready(first);
    const second = await run(['start'], { DATABASE_URL: postgres.url });
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`in use by process ${first.child.pid}, which serves ${first.url}`);
    first.child.kill('SIGTERM');
    await first.ended;
    await postgres.close();
  });

  it.runIf(process.getuid?.() === 0)('runs as an ordinary account, its database too', async () => {
    const nobody = { uid: 65_534, gid: 65_534 };
    chownSync(dataDir, nobody.uid, nobody.gid);
    const product = await run(['start', '--check'], { HOME: dataDir }, nobody);
    expect([await product.ended, product.output()]).toEqual([0, expect.stringContaining('"status":"up"')]);
  });
});

describe('a worker', { timeout: LONGEST_MS }, () => {
  it('beside a server that does not scan takes its scans', async () => {
    const server = await run(['start', '--no-worker']);
    await ready(server);
    const headers = { cookie: await signIn(server.url), 'content-type': 'application/json' };
    const sample = await fetch(`${server.url}/api/scans/sample`, { method: 'POST', headers, body: '{}' });
    const { id } = (await sample.json()) as { id: string };
    const worker = await run(['worker']);
    const scan = await until(
      async () => {
        const answer = await fetch(`${server.url}/api/scans/${id}`, { headers });
        const read = (await answer.json()) as { status: string; findingCount: number };
        return read.status === 'completed' ? read : undefined;
      },
      { what: 'the end of the scan', timeoutMs: WAIT_MS },
    );
    expect(scan.findingCount).toBeGreaterThan(0);
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
  });

  it('without a database says what it needs', async () => {
    const worker = await run(['worker']);
    expect([await worker.ended, worker.output()]).toEqual([1, expect.stringContaining('set DATABASE_URL')]);
  });

  it('without the secret of the installation does not work', async () => {
    const worker = await run(['worker'], { DATABASE_URL: 'postgresql://x@127.0.0.1:1/x' });
    expect([await worker.ended, worker.output()]).toEqual([1, expect.stringContaining('DATAGUARDIAN_SECRET')]);
  });
});
