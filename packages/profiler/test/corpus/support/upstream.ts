// Another service, in a thread of its own.
import { Worker } from 'node:worker_threads';

export interface Upstream {
  readonly url: string;
  close(): Promise<number>;
}

/** Answers every request after `delayMs` with `statusCode`. */
export async function startUpstream(delayMs: number, statusCode = 200): Promise<Upstream> {
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     const server = require('node:http').createServer((request, response) => {
       request.resume();
       setTimeout(() => { response.statusCode = workerData.statusCode; response.end('{"ok":true}'); }, workerData.delayMs);
     });
     server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`,
    { eval: true, execArgv: [], workerData: { delayMs, statusCode } },
  );
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  return { url: `http://127.0.0.1:${port}`, close: () => worker.terminate() };
}
