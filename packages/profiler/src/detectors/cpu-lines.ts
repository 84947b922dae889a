import type { Bottleneck, BottleneckRule } from '../bottlenecks.ts';
import { elapsedMs, type Evidence } from '../evidence.ts';
import type { CpuCause } from '../sampling/cause.ts';
import { toLocation } from '../sampling/frame.ts';
import { ownTimeOf } from '../sampling/stalls.ts';
import { toStallGroups } from './stall-groups.ts';

/** What makes processor time at a line a bottleneck. */
export interface CpuLineRule {
  readonly rule: BottleneckRule;
  readonly cause: CpuCause;
  /** A single block of the loop this long is enough. */
  readonly stallMs: number;
  /** Otherwise: this much time in all ... */
  readonly totalMs: number;
  /** ... and this share of the clock. */
  readonly share: number;
  /** Sentence without its figures, for instance `parses or prints JSON`. */
  readonly verb: string;
}

/** What computes all the time: a block in which it hardly did was the machine's. Others may wait for a disk. */
const COMPUTING: ReadonlySet<CpuCause> = new Set(['json', 'regexp']);

/** A second of own time is a block, whatever limit a rule has. */
const LONGEST_OWN_MS = 1_000;

interface LineSum {
  readonly location: string;
  readonly functionName: string;
  readonly route: string;
  readonly durationMs: number;
  readonly sampleCount: number;
  readonly stallCount: number;
  readonly worstMs: number;
  readonly since: number;
}

/** Lines whose processor time has one cause, judged by samples and by stalls together. */
export function findCpuLines(evidence: Evidence, { rule, cause, ...limits }: CpuLineRule): readonly Bottleneck[] {
  const clockMs = elapsedMs(evidence);
  return sumLines(evidence, cause, limits.stallMs)
    .filter(
      ({ durationMs, worstMs }) =>
        worstMs >= limits.stallMs || (durationMs >= limits.totalMs && durationMs / clockMs >= limits.share),
    )
    .map(({ location, functionName, route, durationMs, sampleCount, stallCount, worstMs, since }) => ({
      rule,
      subject: route || functionName,
      severity: durationMs / clockMs >= 0.2 || worstMs >= 500 ? 'high' : 'medium',
      title: `${functionName} ${limits.verb}: ${Math.round(durationMs)} ms, ${percent(durationMs / clockMs)} of the clock`,
      evidence: { totalMs: durationMs, sampleCount, stallCount, worstMs },
      location,
      share: Math.min(1, durationMs / clockMs),
      since,
    }));
}

function sumLines(evidence: Evidence, cause: CpuCause, stallMs: number): readonly LineSum[] {
  const sums = new Map<string, LineSum>();
  for (const line of evidence.hotLines) {
    if (line.cause !== cause) continue;
    const location = toLocation(line.file, line.line);
    const sum = sums.get(location);
    sums.set(location, {
      location,
      functionName: line.functionName,
      route: sum?.route || line.route,
      durationMs: (sum?.durationMs ?? 0) + line.durationMs,
      sampleCount: (sum?.sampleCount ?? 0) + line.sampleCount,
      stallCount: 0,
      worstMs: 0,
      since: evidence.since,
    });
  }
  const leastOwnMs = Math.min(stallMs, LONGEST_OWN_MS) / (COMPUTING.has(cause) ? 1 : 2);
  const blocks = toStallGroups(evidence.stalls, (stall) => stall.cause === cause && ownTimeOf(stall) >= leastOwnMs);
  for (const group of blocks) {
    const sum = sums.get(group.location);
    sums.set(group.location, {
      location: group.location,
      functionName: group.functionName,
      route: sum?.route || group.route,
      durationMs: Math.max(sum?.durationMs ?? 0, group.totalMs),
      sampleCount: sum?.sampleCount ?? 0,
      stallCount: group.count,
      worstMs: group.worstMs,
      since: group.since,
    });
  }
  return [...sums.values()].toSorted((a, b) => b.durationMs - a.durationMs);
}

/** `31%` for 0.31. */
export function percent(ratio: number): string {
  return `${Math.round(ratio * 100)}%`;
}
