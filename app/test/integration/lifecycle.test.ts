import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, ownPostgresForTest, until } from '@dataguardian/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ready, runProduct, type ProductProcess } from './product-process.ts';

const PASSWORD = 'correct horse battery';
/** Whole products are started, also on machines that are busy with other tests. */
const LONGEST_MS = 240_000;
const WAIT_MS = 90_000;

let dataDir: string;
let running: ProductProcess[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'dataguardian-life-'));
  running = [];
});

afterEach(async () => {
  for (const product of running) product.child.kill('SIGKILL');
  await Promise.all(running.map(({ ended }) => ended));
  await until(() => !isPostgresAlive(), { what: 'the end of PostgreSQL', timeoutMs: WAIT_MS });
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(args: readonly string[] = ['start'], env: NodeJS.ProcessEnv = {}): Promise<ProductProcess> {
  const product = await runProduct(args, {
    DATAGUARDIAN_DATA_DIR: dataDir,
    DATAGUARDIAN_ADMIN_PASSWORD: PASSWORD,
    ...env,
  });
  running.push(product);
  return product;
}

async function signIn(url: string): Promise<number> {
  const answer = await fetch(`${url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'admin@dataguardian.local', password: PASSWORD }),
  });
  return answer.status;
}

function postmaster(): number {
  return Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

/** A server that was killed leaves its file behind: only the process tells. */
function isPostgresAlive(): boolean {
  if (!existsSync(join(dataDir, 'postgres', 'postmaster.pid'))) return false;
  try {
    return process.kill(postmaster(), 0);
  } catch {
    return false;
  }
}

describe('the product', { timeout: LONGEST_MS }, () => {
  it('starts on an empty folder, says how to sign in once, and stops cleanly on SIGTERM', async () => {
    const first = await start(['start'], { DATAGUARDIAN_ADMIN_PASSWORD: '' });
    await ready(first);
    const [, password] = await until(() => /Password\s+(\S+)\s/.exec(first.output()), { what: 'the password' });
    expect(password).toMatch(/^(?:[a-z2-9]{5}-){4}[a-z2-9]{5}$/);
    expect(statSync(join(dataDir, 'secret')).mode & 0o777).toBe(0o600);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
    const second = await start(['start', '--check'], { DATAGUARDIAN_ADMIN_PASSWORD: '' });
    expect(await second.ended).toBe(0);
    expect(second.output()).not.toContain('Password');
    expect(second.output()).toContain('"status":"up"');
  });

  it('starts again on the same data after it was killed', async () => {
    const first = await start();
    await ready(first);
    first.child.kill('SIGKILL');
    // Its database may still be on its way out, but nobody else holds the folder.
    await first.ended;
    const second = await start();
    await ready(second);
    expect(await signIn(second.url)).toBe(200);
  });

  it('answers again after its database was killed, and nobody is signed out', async () => {
    const product = await start();
    await ready(product);
    const login = await fetch(`${product.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'admin@dataguardian.local', password: PASSWORD }),
    });
    const cookie = String(login.headers.get('set-cookie')).split(';')[0] ?? '';
    process.kill(postmaster(), 'SIGKILL');
    const seen = new Set<number>();
    const me = await until(
      async () => {
        const answer = await fetch(`${product.url}/api/me`, { headers: { cookie } });
        seen.add(answer.status);
        return answer.ok ? answer : undefined;
      },
      { what: 'an answer to who is signed in', timeoutMs: WAIT_MS },
    );
    expect(await me.json()).toMatchObject({ role: 'admin' });
    expect([...seen].filter((status) => status !== 200 && status !== 503)).toEqual([]);
    // Signing in needs the database itself; until it is back, whoever tries is told so.
    const statuses: number[] = [];
    await until(async () => statuses.push(await signIn(product.url)) > 0 && statuses.at(-1) === 200, {
      what: 'the database to be back',
      timeoutMs: WAIT_MS,
    });
    expect(statuses.slice(0, -1).every((status) => status === 503)).toBe(true);
  });

  it('says who holds the folder to a second start', async () => {
    const first = await start();
    await ready(first);
    const second = await start();
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`in use by process ${first.child.pid}`);
  });

  it('says that its port is taken', async () => {
    const port = String(await freePort());
    const first = await start(['start'], { PORT: port });
    await ready(first);
    const other = mkdtempSync(join(tmpdir(), 'dataguardian-life-'));
    const second = await start(['start'], { PORT: port, DATAGUARDIAN_DATA_DIR: other });
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`Port ${port} on 127.0.0.1 is in use`);
    rmSync(other, { recursive: true, force: true });
  });

  it('waits for a database of yours, says so, and goes on when it is there', async () => {
    const server = await ownPostgresForTest();
    const address = new URL(server.connectionString);
    address.searchParams.set('host', join(dataDir, 'not-there-yet'));
    const waiting = await start(['start'], { DATABASE_URL: address.href });
    const answer = await until(async () => fetch(`${waiting.url}/health/ready`), {
      what: 'an answer',
      timeoutMs: WAIT_MS,
    });
    expect([answer.status, await answer.json()]).toEqual([503, expect.objectContaining({ status: 'down' })]);
    const starting = await fetch(`${waiting.url}/api/me`);
    expect([starting.status, starting.headers.get('retry-after')]).toEqual([503, '3']);
    waiting.child.kill('SIGTERM');
    expect(await waiting.ended).toBe(0);
    const product = await start(['start'], { DATABASE_URL: server.connectionString });
    await ready(product);
    expect(await signIn(product.url)).toBe(200);
    product.child.kill('SIGTERM');
    await product.ended;
    await server.stop();
  });

  it('ends with the process that started it', async () => {
    const product = await start();
    await ready(product);
    product.child.disconnect();
    expect(await product.ended).toBe(0);
  });
});

describe('the command line', { timeout: LONGEST_MS }, () => {
  it('lists every problem of the configuration and ends with 2', async () => {
    const product = await start(['start'], { PORT: 'abc', DATABASE_URL: 'nothing', LOG_LEVEL: 'loud' });
    expect(await product.ended).toBe(2);
    for (const name of ['PORT', 'DATABASE_URL', 'LOG_LEVEL']) expect(product.output()).toContain(`  - ${name} must`);
  });

  it('migrates, and has nothing to do the second time', async () => {
    const first = await start(['migrate']);
    expect([await first.ended, first.output()]).toEqual([0, expect.stringContaining('Applied: 0001-foundation')]);
    const second = await start(['migrate']);
    expect([await second.ended, second.output()]).toEqual([0, expect.stringContaining('up to date')]);
  });

  it('diagnoses, and ends with 1 when something is wrong', async () => {
    const good = await start(['doctor'], { PORT: '1' });
    expect([await good.ended, good.output()]).toEqual([0, expect.stringContaining('memory only')]);
    expect(good.output()).toMatch(/\d+ sessions are held in memory: /);
    const bad = await start(['doctor'], { DATABASE_URL: 'postgresql://x@127.0.0.1:1/x', PORT: '1' });
    expect([await bad.ended, bad.output()]).toEqual([1, expect.stringContaining('correct DATABASE_URL')]);
  });

  it.each(['bash', 'zsh', 'fish'])('completes in %s', async (shell) => {
    const product = await start(['completion', shell]);
    expect([await product.ended, product.output()]).toEqual([0, expect.stringContaining('scan')]);
  });

  it('ends with 2 for a command that it does not know', async () => {
    const product = await start(['nonsense']);
    expect([await product.ended, product.output()]).toEqual([2, expect.stringContaining('--help')]);
  });
});
