import { Function as PprofFunction, Line, Location, Profile, Sample, StringTable, ValueType } from 'pprof-format';
import type { CpuProfile } from './cpu-profile.ts';

const NANOSECONDS_PER_US = 1_000;
const NANOSECONDS_PER_MS = 1_000_000;

/**
 * Converts V8's CPU profile to pprof's wire format (uncompressed; gzip it for `.pb.gz`), with sample counts and CPU
 * nanoseconds. Format: google/pprof, proto/profile.proto.
 * @param endedAt Epoch milliseconds at which the recording ended.
 */
export function toPprof(profile: CpuProfile, endedAt: number): Uint8Array {
  const strings = new StringTable();
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map<number, number>();
  for (const node of profile.nodes) for (const child of node.children ?? []) parents.set(child, node.id);

  const functions = profile.nodes.map(
    ({ id, callFrame }) =>
      new PprofFunction({
        id,
        name: strings.dedup(callFrame.functionName || '(anonymous)'),
        systemName: strings.dedup(callFrame.functionName || '(anonymous)'),
        filename: strings.dedup(callFrame.url),
        startLine: callFrame.lineNumber + 1,
      }),
  );
  const locations = profile.nodes.map(
    ({ id, callFrame }) => new Location({ id, line: [new Line({ functionId: id, line: callFrame.lineNumber + 1 })] }),
  );

  const totals = new Map<number, { count: number; nanoseconds: number }>();
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const total = totals.get(id) ?? { count: 0, nanoseconds: 0 };
    total.count += 1;
    total.nanoseconds += Math.max(0, profile.timeDeltas?.[index] ?? 0) * NANOSECONDS_PER_US;
    totals.set(id, total);
  }
  const stackOf = (id: number): number[] => {
    const stack: number[] = [];
    for (let current: number | undefined = id; current !== undefined; current = parents.get(current)) {
      if (nodes.get(current)?.callFrame.functionName !== '(root)') stack.push(current);
    }
    return stack;
  };
  const samples = [...totals].map(
    ([id, { count, nanoseconds }]) => new Sample({ locationId: stackOf(id), value: [count, nanoseconds] }),
  );

  return new Profile({
    stringTable: strings,
    sampleType: [
      new ValueType({ type: strings.dedup('samples'), unit: strings.dedup('count') }),
      new ValueType({ type: strings.dedup('cpu'), unit: strings.dedup('nanoseconds') }),
    ],
    function: functions,
    location: locations,
    sample: samples,
    timeNanos: BigInt(Math.round(endedAt * NANOSECONDS_PER_MS)) - BigInt(profile.endTime - profile.startTime) * 1_000n,
    durationNanos: (profile.endTime - profile.startTime) * NANOSECONDS_PER_US,
  }).encode();
}
