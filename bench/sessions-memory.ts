// npm run bench -- sessions-memory [--sessions 1000000]
// A million live sessions in the memory tier: bytes each, cost of a use, the longest step of giving back what expired.
import { cpus } from 'node:os';
import { PerformanceObserver } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { createSessionMemory, expireSlice } from '../packages/sessions/src/session-memory.ts';
import type { SessionRecord } from '../packages/sessions/src/session-record.ts';

const { values } = parseArgs({ options: { sessions: { type: 'string', default: '1000000' } } });
const count = Number(values.sessions);
const now = 1_800_000_000_000;
const hex = (index: number): string => index.toString(16).padStart(64, 'a');
const record = (index: number): SessionRecord =>
  Object.freeze({
    tokenHash: hex(index),
    handle: `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
    userId: `user${Math.floor(index / 3)}`,
    organisationId: 'org',
    roles: ROLES,
    data: DATA,
    userAgent: AGENT,
    address: `10.${index & 255}.${(index >> 8) & 255}.1`,
    createdAt: now,
    authenticatedAt: now,
    lastSeenAt: now,
    idleExpiresAt: now + 1_800_000 + (index % 600) * 1_000,
    absoluteExpiresAt: now + 43_200_000,
    renewedAt: now,
    formerHash: undefined,
    formerUntil: 0,
    version: 1,
  });
const ROLES = Object.freeze(['analyst']);
const DATA = Object.freeze({});
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

const gc = globalThis.gc;
if (gc === undefined) throw new Error('run node with --expose-gc');
gc();
const before = process.memoryUsage().heapUsed;
const memory = createSessionMemory(count);
for (let index = 0; index < count; index++) memory.put(record(index), 0);
gc();
const bytes = (process.memoryUsage().heapUsed - before) / count;

const uses = 1_000_000;
let found = 0;
const usedFrom = performance.now();
for (let use = 0; use < uses; use++) if (memory.get(hex((use * 7_919) % count)) !== undefined) found += 1;
const useNs = ((performance.now() - usedFrom) / uses) * 1e6;

/** Pauses of garbage collection, by when they began. */
const pauses: { readonly from: number; readonly to: number }[] = [];
const observer = new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) pauses.push({ from: startTime, to: startTime + duration });
});
observer.observe({ entryTypes: ['gc'] });

const steps: { readonly from: number; readonly to: number; readonly cpuMs: number }[] = [];
let hasMore = true;
while (hasMore) {
  const cpu = process.cpuUsage();
  const from = performance.now();
  hasMore = expireSlice(memory, { now: () => now + 3_600_000, monotonic: () => performance.now() });
  const to = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  steps.push({ from, to, cpuMs: (user + system) / 1_000 });
  await new Promise((resolve) => setImmediate(resolve));
}
await new Promise((resolve) => setTimeout(resolve, 100));
observer.disconnect();
const inPauses = ({ from, to }: { readonly from: number; readonly to: number }): number =>
  pauses.reduce((sum, pause) => sum + Math.max(0, Math.min(to, pause.to) - Math.max(from, pause.from)), 0);
const quantiles = (numbers: readonly number[]) => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (share: number): number => Number((sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(3));
  return { median: at(0.5), p99: at(0.99), p999: at(0.999), longest: at(1) };
};
process.stdout.write(
  `${JSON.stringify(
    {
      machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
      sessions: count,
      bytesEach: Math.round(bytes),
      useNanoseconds: Math.round(useNs),
      found,
      expiry: {
        steps: steps.length,
        left: memory.size,
        clockMs: quantiles(steps.map(({ from, to }) => to - from)),
        clockMsWithoutGc: quantiles(steps.map((step) => step.to - step.from - inPauses(step))),
        cpuMs: quantiles(steps.map(({ cpuMs }) => cpuMs)),
        gcPauses: pauses.length,
        gcLongestMs: Math.max(0, ...pauses.map(({ from, to }) => to - from)),
      },
    },
    null,
    2,
  )}\n`,
);
