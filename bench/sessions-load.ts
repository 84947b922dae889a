// What the parts of bench/sessions.ts share: servers as processes of their own, requests, quantiles.
import { fork, type ChildProcess } from 'node:child_process';
import { request, type Agent } from 'node:http';

/** A server process. */
export interface Server {
  readonly port: number;
  readonly cookies: readonly string[];
  readonly child: ChildProcess;
  readonly cpuMicros: () => Promise<number>;
}

export async function startServer(mode: string, sessionCount: number): Promise<Server> {
  const child = fork(new URL('sessions-process.ts', import.meta.url), [mode, String(sessionCount)], {
    execArgv: ['--no-warnings'],
  });
  const { port, cookies } = await new Promise<{ port: number; cookies: string[] }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { port: number; cookies: string[] }));
    child.once('exit', (code) => reject(new Error(`the server "${mode}" ended with ${code}`)));
  });
  const cpuMicros = async (): Promise<number> =>
    new Promise((resolve) => {
      child.once('message', (message) => resolve(message as number));
      child.send('cpu');
    });
  return { port, cookies, child, cpuMicros };
}

/** Where a request goes, and as whom. */
export interface Sending {
  readonly path: string;
  readonly cookie: string;
  readonly agent: Agent;
  /** @defaultValue 'GET' */
  readonly method?: 'GET' | 'POST';
}

/** Status and body; status 0 when there was no answer. */
export async function send(
  server: Server,
  sending: Sending,
): Promise<{ readonly status: number; readonly body: string }> {
  const { path, cookie, agent, method = 'GET' } = sending;
  return new Promise((resolve) => {
    const sent = request(
      { port: server.port, host: '127.0.0.1', path, agent, method, headers: { cookie } },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8');
        answer.on('data', (part: string) => {
          body += part;
        });
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, body }));
      },
    );
    sent.once('error', () => resolve({ status: 0, body: '' }));
    sent.end();
  });
}

/** The status alone. */
export async function get(server: Server, path: string, cookie: string, agent: Agent): Promise<number> {
  return (await send(server, { path, cookie, agent })).status;
}

export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

export const median = (numbers: readonly number[]): number =>
  quantile(
    numbers.toSorted((a, b) => a - b),
    0.5,
  );
