// What costs processor time runs in a thread; the loop of the server stays free.
import { Worker } from 'node:worker_threads';
import { reply, serve } from '../../support/serve.ts';

const worker = new Worker(
  `const { parentPort } = require('node:worker_threads');
   parentPort.on('message', ({ id, limit }) => {
     let primes = 0;
     for (let value = 2; value < limit; value++) {
       let prime = true;
       for (let by = 2; by * by <= value; by++) if (value % by === 0) { prime = false; break; }
       if (prime) primes += 1;
     }
     parentPort.postMessage({ id, primes });
   });`,
  { eval: true },
);
const waiting = new Map<number, (primes: number) => void>();
worker.on('message', ({ id, primes }: { id: number; primes: number }) => {
  waiting.get(id)?.(primes);
  waiting.delete(id);
});
let lastId = 0;

function countPrimes(limit: number): Promise<number> {
  lastId += 1;
  const id = lastId;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
    worker.postMessage({ id, limit });
  });
}

await serve(
  async (_request, response) => reply(response, { primes: await countPrimes(60_000) }),
  { path: '/primes', requestCount: 60, concurrency: 2, pauseMs: 10 },
  () => worker.terminate(),
);
