import {
  createProfiler,
  diffProfiles,
  findMetric,
  readProfile,
  toCpuProfile,
  toOtlpMetrics,
  toOtlpTraces,
  toPprof,
  toPprofOf,
  toSpeedscope,
  toTree,
  type CpuProfile,
} from '@dataguardian/profiler';
import { createFakeClock } from '@dataguardian/testing';
import { Profile } from 'pprof-format';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeProfile } from './profile-proto.ts';

/** A recording of 1,000 samples over five functions, some of them recursive, with idle time between. */
function recording(share = 0.5): CpuProfile {
  const frame = (functionName: string, line: number) => ({
    functionName,
    scriptId: '1',
    url: `file:///srv/app/${functionName}.js`,
    lineNumber: line,
    columnNumber: 0,
  });
  const nodes = [
    { id: 1, callFrame: { ...frame('(root)', -1), url: '' }, children: [2, 3] },
    { id: 2, callFrame: { ...frame('(idle)', -1), url: '' } },
    { id: 3, callFrame: frame('serve', 1), children: [4, 5] },
    { id: 4, callFrame: frame('parse', 10), children: [6] },
    { id: 5, callFrame: frame('render', 20) },
    { id: 6, callFrame: frame('parse', 10) },
  ];
  const samples = Array.from({ length: 1_000 }, (_, index) => {
    if (index % 4 === 0) return 2;
    return index % 100 < share * 100 ? (index % 3 === 0 ? 6 : 4) : 5;
  });
  const timeDeltas = samples.map((_, index) => 900 + (index % 7) * 30);
  const endTime = timeDeltas.reduce((sum, delta) => sum + delta, 0);
  return { nodes, startTime: 0, endTime, samples, timeDeltas };
}

const busyUs = ({ samples = [], timeDeltas = [] }: CpuProfile): number =>
  timeDeltas.reduce((sum, delta, index) => sum + (samples[index] === 2 ? 0 : delta), 0);
const busyCount = ({ samples = [] }: CpuProfile): number => samples.filter((id) => id !== 2).length;

describe('an exported profile', () => {
  const source = recording();
  const tree = toTree(source);

  it.each([
    ['of folded samples', () => toPprofOf(tree, { from: 5, to: 1_005 }), busyUs(source), busyCount(source)],
    // V8's own recording keeps the time in which nothing ran, as a function.
    ['of a recording', () => toPprof(source, 1_005), source.endTime, source.samples?.length ?? 0],
  ])('%s sums to what was recorded, as pprof read by a decoder of its own', (_, toBytes, sourceUs, sourceCount) => {
    const { types, samples, durationNanos } = decodeProfile(toBytes());
    expect(types).toEqual([
      { type: 'samples', unit: 'count' },
      { type: 'cpu', unit: 'nanoseconds' },
    ]);
    const sum = (place: number): number => samples.reduce((total, { values }) => total + (values[place] ?? 0), 0);
    expect(sum(0)).toBe(sourceCount);
    expect(Math.abs(sum(1) / 1_000 / sourceUs - 1)).toBeLessThan(0.01);
    expect(durationNanos).toBeGreaterThan(0);
    expect(samples.map(({ stack }) => stack.join(' < '))).toContain('parse < parse < serve');
  });

  it('sums to what was recorded, as pprof (read by the reference library)', () => {
    const profile = Profile.decode(toPprofOf(tree, { from: 0, to: 1_000 }));
    expect(profile.sample.reduce((sum, { value }) => sum + Number(value[0]), 0)).toBe(busyCount(source));
    const nanoseconds = profile.sample.reduce((sum, { value }) => sum + Number(value[1]), 0);
    expect(nanoseconds / 1_000 / busyUs(source)).toBeCloseTo(1, 2);
  });

  it('comes back from each format with the same stacks', () => {
    const stacksOf = (of: typeof tree): unknown =>
      JSON.parse(JSON.stringify(toSpeedscope(of, 'x').shared.frames.map(({ name }) => name)));
    const files = {
      pprof: gzipSync(toPprofOf(tree, { from: 0, to: 1_000 })),
      cpuprofile: new TextEncoder().encode(JSON.stringify(toCpuProfile(tree))),
      speedscope: new TextEncoder().encode(JSON.stringify(toSpeedscope(tree, 'main'))),
    };
    const read = Object.entries(files).map(([format, file]) => {
      const of = readProfile(file);
      return { format, stacks: stacksOf(of), us: Math.round(toSpeedscope(of, 'x').profiles[0].endValue / 10_000) };
    });
    const expected = { stacks: stacksOf(tree), us: Math.round(busyUs(source) / 10_000) };
    expect(read).toEqual(Object.keys(files).map((format) => ({ format, ...expected })));
  });

  it('sums to what was recorded, idle time included, when a recording is exported as it is', () => {
    const { endValue } = toSpeedscope(readProfile(toPprof(source, 0)), 'x').profiles[0];
    expect(endValue / source.endTime).toBeCloseTo(1, 2);
  });

  it('is refused when it is broken', () => {
    const broken = [
      new Uint8Array([0x0a, 0xff, 0x01]),
      new TextEncoder().encode('{"a":1}'),
      new Uint8Array([0x1f, 0x8b, 0]),
    ];
    for (const file of broken)
      expect(() => readProfile(file)).toThrow(expect.objectContaining({ code: 'PROFILER_PROFILE_UNREADABLE' }));
  });
});

describe('two profiles compared', () => {
  it('show the function whose share changed, and no other when nothing changed', () => {
    const before = toTree(recording(0.5));
    const after = toTree(recording(0.7));
    const first = diffProfiles(before, after).find(({ isSignificant }) => isSignificant);
    expect(['parse', 'render']).toContain(first?.name);
    expect(Math.abs(first?.change ?? 0)).toBeGreaterThan(0.15);
    expect(diffProfiles(before, toTree(recording(0.5))).filter(({ isSignificant }) => isSignificant)).toEqual([]);
  });
});

describe('OTLP', () => {
  it('carries every metric that has a value, and each span below its request', async () => {
    const clock = createFakeClock();
    const profiler = createProfiler({ clock, samplingIntervalMs: 0, watchNodeModules: false });
    profiler.start();
    await profiler.run({ name: 'import' }, async () => {
      await profiler.time('read', () => clock.advance(20));
    });
    await clock.advance(2_000);
    const { windows } = profiler.snapshot();
    const metrics = JSON.stringify(toOtlpMetrics(windows, { 'service.name': 'shop' }));
    expect(metrics).toContain('"dataguardian.runtime.rss"');
    expect(metrics).toContain('"stringValue":"shop"');
    expect(findMetric('runtime.rss')).toBeDefined();
    const traces = toOtlpTraces(profiler.traces()) as {
      resourceSpans: {
        scopeSpans: { spans: { name: string; traceId: string; spanId: string; parentSpanId?: string }[] }[];
      }[];
    };
    const [root, child] = traces.resourceSpans[0]?.scopeSpans[0]?.spans ?? [];
    profiler.stop();
    expect(root).toMatchObject({ name: 'import', traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as string });
    expect(child).toMatchObject({ name: 'function read', traceId: root?.traceId, parentSpanId: root?.spanId });
  });
});
