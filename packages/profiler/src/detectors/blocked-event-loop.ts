import type { Bottleneck, Detector } from '../bottlenecks.ts';
import { elapsedMs, type Evidence } from '../evidence.ts';
import { ownTimeOf } from '../sampling/stalls.ts';
import { toStallGroups } from './stall-groups.ts';

/** A person notices a stall of this length (Nielsen, Response Times, 1993: 0.1 s). */
const BLOCKED_MS = 100;
/** Beyond it even those who wait patiently lose their train of thought (same source: 1 s). */
const SEVERE_MS = 1_000;
/** With less processor time of its own the thread was mostly kept from running, it did not block. */
const LEAST_OWN_MS = 60;
/** Without stacks only a process that computes can be blamed for a late loop. */
const BUSY_CPU_RATIO = 0.5;

/**
 * Rule: the loop stood still for 100 ms or more with the program's own code on the processor, while somebody waited, or
 * twice at the same line, or half a second at once. Loading modules is not held against a program, nor what their own
 * lines do while nobody waits: a script that computes and ends has no loop that could be late. Without stacks (no
 * sampling) the delay alone is reported, after two windows.
 */
export const blockedEventLoop: Detector = {
  rule: 'blocked-event-loop',
  detect(evidence) {
    const groups = toStallGroups(evidence.stalls, (stall) => {
      const { durationMs, cause } = stall;
      // A program that is waited for uses no processor time of this thread.
      return (
        durationMs >= BLOCKED_MS && (cause === 'sync-process' || (cause === 'code' && ownTimeOf(stall) >= LEAST_OWN_MS))
      );
    });
    const located = groups
      .filter(({ count, worstMs, waitingCount }) => waitingCount > 0 || count >= 2 || worstMs >= BLOCKED_MS * 5)
      .map(({ location, functionName, count, totalMs, worstMs, waitingCount, since, route }) => ({
        rule: 'blocked-event-loop' as const,
        subject: route || functionName,
        severity: worstMs >= SEVERE_MS || totalMs >= elapsedMs(evidence) / 5 ? ('high' as const) : ('medium' as const),
        title: `${functionName} stopped the event loop ${count} times, ${Math.round(worstMs)} ms at worst`,
        evidence: { worstMs, stallCount: count, totalMs, waitingCount },
        location,
        share: Math.min(1, totalMs / elapsedMs(evidence)),
        since,
      }));
    return located.length > 0 || evidence.stalls.length > 0 ? located : withoutStacks(evidence);
  },
};

function withoutStacks(evidence: Evidence): readonly Bottleneck[] {
  const late = evidence.windows.filter(
    ({ runtime }) => runtime.loopDelayMaxMs >= BLOCKED_MS && runtime.cpuRatio >= BUSY_CPU_RATIO,
  );
  const [first] = late;
  if (first === undefined || late.length < 2) return [];
  const worstMs = Math.max(...late.map(({ runtime }) => runtime.loopDelayMaxMs));
  return [
    {
      rule: 'blocked-event-loop',
      subject: '',
      severity: worstMs >= SEVERE_MS ? 'high' : 'medium',
      title: `The event loop was late by up to ${Math.round(worstMs)} ms`,
      evidence: { worstMs, stallCount: late.length, windowCount: evidence.windows.length },
      location: undefined,
      share: Math.min(1, worstMs / elapsedMs(evidence)),
      since: first.at,
    },
  ];
}
