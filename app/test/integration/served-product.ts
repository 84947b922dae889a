import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { until } from '@dataguardian/testing';

/** `dataguardian start` in a process of its own. */
export interface ServedProduct {
  readonly url: string;
  readonly pid: number;
  /** What it wrote. */
  output(): string;
  /** Signs in as the administrator; the answer calls the API as that person. */
  signIn(): Promise<(method: string, path: string, body?: unknown) => Promise<Response>>;
  /** SIGKILL: nothing is tidied up. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const EMAIL = 'admin@example.org';
const PASSWORD = 'correct horse battery staple';
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Starts the product on a database and waits until it is ready. */
export async function serveProduct(options: {
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly port: number;
}): Promise<ServedProduct> {
  const { databaseUrl, dataDir, port } = options;
  const url = `http://127.0.0.1:${port}`;
  let output = '';
  const child: ChildProcess = spawn(process.execPath, [MAIN, 'start'], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      DATABASE_URL: databaseUrl,
      DATAGUARDIAN_DATA_DIR: dataDir,
      DATAGUARDIAN_ADMIN_EMAIL: EMAIL,
      DATAGUARDIAN_ADMIN_PASSWORD: PASSWORD,
      PORT: String(port),
      LOG_LEVEL: 'debug',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await until(
    async () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${output.slice(-2000)}`);
      const answer = await fetch(`${url}/api/me`);
      // 401: it is up and wants a sign-in; 503: it is starting.
      return answer.status === 401;
    },
    { what: 'the start of the product', timeoutMs: 120_000, intervalMs: 100 },
  );
  return {
    url,
    pid: child.pid ?? 0,
    output: () => output,
    async signIn() {
      const answer = await fetch(`${url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: EMAIL, password: PASSWORD }),
      });
      if (!answer.ok) throw new Error(`signing in failed: ${answer.status} ${await answer.text()}`);
      const cookie = answer.headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .join('; ');
      return (method, path, body) =>
        fetch(url + path, {
          method,
          headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
