import { Function as PprofFunction, Line, Location, Profile, Sample, StringTable, ValueType } from 'pprof-format';
import { toFrameKey, walkTree, type CallTree } from '../sampling/call-tree.ts';

/** When the samples of a profile were taken. */
export interface ProfileTime {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

/**
 * Writes folded samples in pprof's wire format (uncompressed; gzip it for `.pb.gz`): sample counts and microseconds as
 * nanoseconds. Format: google/pprof, proto/profile.proto.
 */
export function toPprofOf(tree: CallTree, { from, to }: ProfileTime): Uint8Array {
  const strings = new StringTable();
  const functions: PprofFunction[] = [];
  const locations: Location[] = [];
  const ids = new Map<string, number>();
  const samples: Sample[] = [];

  walkTree(tree, (node, stack) => {
    if (node.selfCount === 0 && node.selfUs === 0) return;
    const locationId = stack.map((frame) => {
      const key = toFrameKey(frame);
      const known = ids.get(key);
      if (known !== undefined) return known;
      const id = ids.size + 1;
      ids.set(key, id);
      const name = strings.dedup(frame.functionName);
      functions.push(
        new PprofFunction({
          id,
          name,
          systemName: name,
          filename: strings.dedup(frame.file),
          startLine: frame.line,
        }),
      );
      locations.push(new Location({ id, line: [new Line({ functionId: id, line: frame.line })] }));
      return id;
    });
    // pprof wants the innermost frame first.
    samples.push(
      new Sample({ locationId: locationId.toReversed(), value: [node.selfCount, Math.round(node.selfUs) * 1_000] }),
    );
  });

  return new Profile({
    stringTable: strings,
    sampleType: [
      new ValueType({ type: strings.dedup('samples'), unit: strings.dedup('count') }),
      new ValueType({ type: strings.dedup('cpu'), unit: strings.dedup('nanoseconds') }),
    ],
    function: functions,
    location: locations,
    sample: samples,
    timeNanos: BigInt(Math.round(from)) * 1_000_000n,
    durationNanos: Math.round(to - from) * 1_000_000,
  }).encode();
}
