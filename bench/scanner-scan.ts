// Measures scans end to end: files per second, memory, and what a second run over unchanged files costs.
// node bench/scanner-scan.ts [folder] [--json FILE]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type DoneEvent, runScanInThreads } from '../packages/scanner/src/index.ts';

const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });
const folder = positionals[0] ?? join(import.meta.dirname, '..', 'packages');
const state = mkdtempSync(join(tmpdir(), 'dataguardian-bench-'));
const fingerprintKey = Buffer.alloc(32, 1);

interface Run {
  readonly done: DoneEvent;
  readonly found: string;
}

async function run(): Promise<Run> {
  const found: string[] = [];
  let done: DoneEvent | undefined;
  const options = { fingerprintKey, incremental: { file: join(state, 'results.sqlite') } };
  for await (const event of runScanInThreads({ kind: 'path', path: folder }, options)) {
    if (event.kind === 'finding') found.push(JSON.stringify(event.finding));
    if (event.kind === 'done') done = event;
  }
  if (!done) throw new Error('the scan did not end');
  return { done, found: found.toSorted().join('\n') };
}

try {
  const first = await run();
  const second = await run();
  // An incremental run that finds something else is not fast but wrong.
  if (first.found !== second.found) throw new Error('the second run found something else');
  const result = {
    command: `node bench/scanner-scan.ts ${folder}`,
    node: process.version,
    cores: availableParallelism(),
    items: first.done.items,
    megabytes: first.done.bytes / 1e6,
    findings: first.done.findings,
    firstMs: first.done.durationMs,
    secondMs: second.done.durationMs,
    reused: second.done.reused,
    factor: first.done.durationMs / Math.max(1, second.done.durationMs),
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
  console.log(JSON.stringify(result, undefined, 2));
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(result, undefined, 2));
} finally {
  rmSync(state, { recursive: true, force: true });
}
