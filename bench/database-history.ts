// npm run bench -- database-history [--seeds 20] [--first 1] [--faults 6] [--calm 3] [--at-once 5] [--json FILE]
// The consistency of the query cache: random histories of three processes and an outsider with a second tier in Redis,
// some without faults, where the age of foreign staleness is measured, and all others under faults. Not a race: it
// counts what must never happen.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { LEASE_MS } from '../packages/database/test/query-cache-history/history.ts';
import { runHistory, type HistoryResult } from '../packages/database/test/query-cache-history/run-history.ts';

const { values: given } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    first: { type: 'string', default: '1' },
    faults: { type: 'string', default: '6' },
    calm: { type: 'string', default: '3' },
    'at-once': { type: 'string', default: '5' },
    json: { type: 'string', default: fileURLToPath(new URL('./results/database-history.json', import.meta.url)) },
  },
});
const CALM_MS = 6_000;

interface Run extends HistoryResult {
  readonly seed: number;
}

function say({ seed, violations, faults, reads, hitRatio, staleCount, staleP99Ms, staleMaxMs }: Run): void {
  process.stdout.write(
    `seed ${String(seed).padStart(2)}: ${violations.length} violations, ${reads} reads, ${(hitRatio * 100).toFixed(0)}% hits, ${staleCount} behind another's commit (99% within ${staleP99Ms.toFixed(1)} ms, all within ${staleMaxMs.toFixed(1)} ms); ${faults.join(', ')}\n`,
  );
  for (const violation of violations.slice(0, 5)) process.stdout.write(`  ${violation}\n`);
}

async function runAll(seeds: readonly number[], run: (seed: number) => Promise<HistoryResult>, atOnce: number) {
  const results: Run[] = [];
  const waiting = [...seeds];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
        const result = { seed, ...(await run(seed)) };
        say(result);
        results.push(result);
      }
    }),
  );
  return results.toSorted((one, other) => one.seed - other.seed);
}

const toSeeds = (count: string, from: number): number[] => Array.from({ length: Number(count) }, (_, n) => from + n);

process.stdout.write('without faults\n');
const calm = await runAll(toSeeds(given.calm, 101), (seed) => runHistory(seed, 0, CALM_MS), 1);
process.stdout.write('under faults\n');
const faulty = await runAll(
  toSeeds(given.seeds, Number(given.first)),
  (seed) => runHistory(seed, Number(given.faults)),
  Number(given['at-once']),
);
const all = [...calm, ...faulty];
const summary = {
  violations: all.reduce((sum, { violations }) => sum + violations.length, 0),
  reads: all.reduce((sum, { reads }) => sum + reads, 0),
  writes: all.reduce((sum, { writes }) => sum + writes, 0),
  foundInRedis: all.reduce((sum, { sharedHits }) => sum + sharedHits, 0),
  calmStaleP99Ms: Math.max(0, ...calm.map(({ staleP99Ms }) => staleP99Ms)),
  staleMaxMs: Math.max(0, ...all.map(({ staleMaxMs }) => staleMaxMs)),
  leaseMs: LEASE_MS,
};
process.stdout.write(`${JSON.stringify(summary)}\n`);
mkdirSync(dirname(given.json), { recursive: true });
writeFileSync(
  given.json,
  `${JSON.stringify({ machine: { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, load: loadavg()[0] }, summary, calm, faulty }, undefined, 2)}\n`,
);
process.exit(summary.violations === 0 ? 0 : 1);
