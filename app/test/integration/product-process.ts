import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePort, until } from '@dataguardian/testing';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** `dataguardian …` as a process of its own. */
export interface ProductProcess {
  readonly child: ChildProcess;
  readonly url: string;
  output(): string;
  /** Resolves with the exit code, or the signal's name, once everything that it wrote has been read. */
  readonly ended: Promise<number | string>;
}

/** An account of the operating system. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Runs the command, as `account` when one is given; it ends with the test's channel at the latest. */
export async function runProduct(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  account?: Account,
): Promise<ProductProcess> {
  const port = env['PORT'] ?? String(await freePort());
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, LOG_LEVEL: 'info', PORT: port, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    ...account,
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<number | string>((resolve) => {
    child.on('exit', (code, signal) => resolve(code ?? signal ?? -1));
  });
  // Not the process's own 'close': it never comes once the channel was cut from this side.
  const read = [child.stdout, child.stderr].map((stream) => new Promise((resolve) => stream?.once('close', resolve)));
  const ended = Promise.all([exited, ...read]).then(() => exited);
  return { child, url: `http://127.0.0.1:${port}`, output: () => output, ended };
}

/** A first start makes a database, also on machines that are busy with other tests. */
const LONGEST_START_MS = 120_000;

/** Waits until the product answers that it is ready. */
export async function ready(product: ProductProcess): Promise<void> {
  let hasEnded = false;
  void product.ended.then(() => (hasEnded = true));
  await until(async () => hasEnded || (await fetch(`${product.url}/health/ready`)).ok, {
    timeoutMs: LONGEST_START_MS,
    what: 'readiness',
  }).catch((cause: unknown) => {
    throw new Error(`the product did not become ready: ${product.output()}`, { cause });
  });
  if (hasEnded) throw new Error(`the product ended: ${product.output()}`);
}
