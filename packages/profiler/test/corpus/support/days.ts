// Days pass in a program without anybody waiting for them: real requests, and a clock that can be put forward.
import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createProfiler, toReport } from '@dataguardian/profiler';
import { systemClock } from '@dataguardian/telemetry';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Enough for an hour to have a middle, and for a minute to have a tail. */
const MINUTES = 6;
const REQUESTS = 24;

/** At nine o'clock of some day. */
const START = Date.UTC(2026, 5, 1, 9);

/** Serves for a few minutes at nine on each of so many days, and writes the report that {@link runProgram} reads. */
export async function serveOverDays(
  dayCount: number,
  handle: (day: number, request: number) => Promise<void>,
): Promise<void> {
  let aheadMs = START - systemClock.now();
  let aheadMonotonicMs = 0;
  const clock = {
    ...systemClock,
    now: () => systemClock.now() + aheadMs,
    monotonic: () => systemClock.monotonic() + aheadMonotonicMs,
  };
  const forward = (ms: number): void => {
    aheadMs += ms;
    aheadMonotonicMs += ms;
  };
  const profiler = createProfiler({ clock });
  profiler.start();
  let day = 0;
  let requestCount = 0;
  const server = createServer((_request, response) => {
    void handle(day, requestCount++).then(() => response.end('ok'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A listening server has an address with a port.
  const { port } = server.address() as AddressInfo;
  const ask = (): Promise<void> =>
    new Promise((resolve, reject) => {
      get({ port, host: '127.0.0.1', path: '/orders' }, (answer) => {
        answer.resume().once('end', resolve);
      }).on('error', reject);
    });
  for (; day < dayCount; day++) {
    for (let minute = 0; minute < MINUTES; minute++) {
      await Promise.all(Array.from({ length: REQUESTS }, ask));
      // The answers are counted when their connections have told of their ends.
      await systemClock.sleep(10);
      profiler.flush();
      forward(START + day * DAY_MS + (minute + 1) * MINUTE_MS - clock.now());
    }
    profiler.flush();
    if (day < dayCount - 1) forward(START + (day + 1) * DAY_MS - clock.now());
  }
  server.closeAllConnections();
  server.close();
  writeFileSync(process.env['DATAGUARDIAN_PROFILE_REPORT'] ?? '', JSON.stringify(toReport(profiler)));
  profiler.stop();
}
