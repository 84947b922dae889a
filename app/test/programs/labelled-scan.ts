// Scans a folder in threads that are profiled and prints what the profile knows of the scan.
import { createProfiler } from '@dataguardian/profiler';
import { profilerThread } from '@dataguardian/performance';
import { createScanPool, planScan } from '@dataguardian/scanner';

const [folder = '', scanId = ''] = process.argv.slice(2);
const profiler = createProfiler({ samplingIntervalMs: 5 });
profiler.start();
const pool = createScanPool({ threads: 1, imports: [profilerThread] });
const source = { kind: 'path', path: folder } as const;
for await (const chunk of planScan(source)) for await (const _ of pool.scanChunk(source, chunk, { scanId }));
// A thread hands its samples over every second.
for (let waits = 0; waits < 50 && profiler.facets().scans.length === 0; waits++)
  await new Promise((resolve) => setTimeout(resolve, 100));
const names = (node: { readonly name: string; readonly children: readonly unknown[] }): string[] => [
  node.name,
  ...node.children.flatMap((child) => names(child as typeof node)),
];
process.stdout.write(
  JSON.stringify({
    scans: profiler.facets().scans,
    sampleCount: profiler.samples({ scan: scanId }).sampleCount,
    ofAnother: profiler.samples({ scan: 'another' }).sampleCount,
    names: names(profiler.flame({ scan: scanId }).root),
  }),
);
await pool.close();
profiler.stop();
