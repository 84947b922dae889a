// Drives a server from a thread of its own, so that the load does not run in the program that is judged.
import { Worker } from 'node:worker_threads';

export interface Load {
  readonly path: string;
  /** Several paths in turn instead of one. */
  readonly paths?: readonly string[];
  readonly requestCount: number;
  readonly concurrency?: number;
  /** Pause of each client between two of its requests. */
  readonly pauseMs?: number;
}

/** Resolves when every request was answered. */
export async function drive(port: number, { path, paths = [path], requestCount, concurrency = 2, pauseMs = 5 }: Load) {
  const worker = new Worker(
    `const { workerData } = require('node:worker_threads');
     const http = require('node:http');
     const { port, paths, requestCount, concurrency, pauseMs } = workerData;
     const agent = new http.Agent({ keepAlive: true, maxSockets: concurrency });
     let sent = 0;
     const one = (path) => new Promise((resolve) => {
       http.get({ host: '127.0.0.1', port, path, agent }, (answer) => {
         answer.resume();
         answer.on('end', resolve);
         answer.on('error', resolve);
       }).on('error', resolve);
     });
     const client = async () => {
       while (sent < requestCount) {
         await one(paths[sent++ % paths.length]);
         await new Promise((resolve) => setTimeout(resolve, pauseMs));
       }
     };
     Promise.all(Array.from({ length: concurrency }, client)).then(() => agent.destroy());`,
    { eval: true, execArgv: [], workerData: { port, paths, requestCount, concurrency, pauseMs } },
  );
  await new Promise((resolve) => worker.once('exit', resolve));
}
