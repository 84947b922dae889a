import { fork } from 'node:child_process';
import { Agent, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeAnswer } from './profiler-answer.ts';

/** A server on a free port that answers everything with rows. */
export interface RowServer {
  readonly port: number;
  /** Requests answered so far. */
  readonly answered: () => number;
}

const CLIENTS = 4;

/** Opens the server of which the profiler's measurements under load are. */
export async function serveRows(rowCount: number): Promise<RowServer> {
  let answered = 0;
  const server = createServer((_request, response) => {
    setImmediate(() => {
      const body = makeAnswer(rowCount);
      response.setHeader('content-type', 'application/json');
      response.setHeader('content-length', body.length);
      response.end(body);
      answered += 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, answered: () => answered };
}

/**
 * Runs a program twice: by itself it forks itself with the same arguments, and asks that one's server without a pause, with
 * four clients, until it ends; the forked one calls `serve`, which is to call `opened` with the port.
 */
export async function runUnderLoad(
  program: string,
  flags: readonly string[],
  serve: (opened: (port: number) => void) => Promise<void>,
): Promise<void> {
  if (process.send !== undefined) {
    await serve((port) => process.send?.(port));
    return;
  }
  const child = fork(program, process.argv.slice(2), {
    execArgv: ['--no-warnings', ...flags],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.once('message', (port: number) => ask(port));
  child.once('exit', (code) => process.exit(code ?? 1));
}

function ask(port: number): void {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const one = (): void => {
    get({ host: '127.0.0.1', port, path: '/rows', agent }, (answer) => {
      answer.resume();
      answer.once('end', one);
    }).once('error', () => process.exit());
  };
  for (let client = 0; client < CLIENTS; client++) one();
}
