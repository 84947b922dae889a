// Answers 200 requests while the profiler is in the trouble that TROUBLE names; prints how many were answered well.
import { createServer } from 'node:http';
import { Session, console as inspectorConsole } from 'node:inspector';
import type { AddressInfo } from 'node:net';
import { queries, requests } from '@dataguardian/telemetry';
import { createProfiler } from '@dataguardian/profiler';
import { createHash } from 'node:crypto';
import { gzip } from 'node:zlib';

const trouble = process.env['TROUBLE'] ?? '';
let profiler = createProfiler();

if (trouble === 'throwing-profiler') {
  // A clock that breaks takes every part of the profiler with it.
  let readings = 0;
  profiler = createProfiler({
    clock: {
      now: () => Date.now(),
      monotonic: () => {
        readings += 1;
        if (readings > 100 && readings % 2 === 0) throw new Error('the clock is broken');
        return performance.now();
      },
      schedule: (delayMs, callback) => {
        const handle = setTimeout(callback, delayMs).unref();
        return { cancel: () => clearTimeout(handle) };
      },
      repeat: (periodMs, callback) => {
        const handle = setInterval(callback, periodMs).unref();
        return { cancel: () => clearInterval(handle) };
      },
      sleep: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
    },
  });
}
if (trouble === 'tiny-budget') profiler = createProfiler({ memoryBudgetBytes: 1, samplingIntervalMs: 1 });
profiler.start();

if (trouble === 'second-inspector') {
  // As DevTools would: a session of its own that profiles and stops profiling.
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.start');
  setTimeout(() => session.post('Profiler.stop', () => session.disconnect()), 100);
  inspectorConsole.log('attached');
}

const server = createServer((request, response) => {
  gzip(
    createHash('sha256')
      .update(request.url ?? '')
      .digest(),
    (error, body) => {
      queries.publish({
        fingerprint: 'f',
        statement: 'select ?',
        durationMs: 1,
        waitMs: 0,
        rowCount: 1,
        verdict: 'off',
        failed: false,
        caller: undefined,
      });
      response.statusCode = error === null ? 200 : 500;
      response.end(body);
    },
  );
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
// A listening server has an address with a port.
const { port } = server.address() as AddressInfo;

let answered = 0;
let reported = 0;
requests.subscribe(() => (reported += 1));
for (let count = 0; count < 200; count++) {
  if (trouble === 'switched-while-serving' && count % 20 === 0)
    profiler.setSampling({ intervalMs: count % 40 === 0 ? 0 : 5 });
  const answer = await fetch(`http://127.0.0.1:${port}/orders/${count}`);
  await answer.arrayBuffer();
  if (answer.status === 200) answered += 1;
}
server.close();
server.closeAllConnections();
process.stdout.write(`${answered} answered\n`);
if (reported === 0) process.exitCode = 3;
