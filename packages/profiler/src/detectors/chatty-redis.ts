import type { Detector } from '../bottlenecks.ts';
import { unionMs, type Trace } from '../tracing/trace.ts';
import type { Span } from '../tracing/span.ts';
import { toTypical } from './typical.ts';

/** Twenty round trips in one machine room take 4 ms or more; one `MGET` or pipeline takes one. */
const MANY = 20;

/** Rule: half of a route's requests send 20 or more single commands to Redis, or read 20 values from its tier. */
export const chattyRedis: Detector = {
  rule: 'chatty-redis',
  detect: ({ traces }) =>
    toTypical(traces, commandsOf).map(({ route, key, parts, traceMs, since }) => {
      const totalMs = parts.reduce((sum, part) => sum + unionMs(part), 0);
      const count = Math.round(parts.reduce((sum, part) => sum + part.length, 0) / parts.length);
      return {
        rule: 'chatty-redis',
        subject: key,
        severity: count >= MANY * 5 ? 'high' : 'medium',
        title: `${route} goes to Redis ${count} times a request (${key})`,
        evidence: { commandCount: count, totalMs, requestCount: parts.length },
        location: parts.flat().find(({ site }) => site !== undefined)?.site,
        share: Math.min(1, totalMs / Math.max(1, traceMs)),
        since,
      };
    }),
};

function commandsOf({ spans }: Trace): ReadonlyMap<string, readonly Span[]> {
  const commands = spans.filter(
    ({ kind, verdict }) => kind === 'redis' || (kind === 'cache' && verdict === 'hit-redis'),
  );
  const groups = Map.groupBy(commands, ({ name }) => name);
  for (const [name, group] of groups) if (group.length < MANY) groups.delete(name);
  return groups;
}
