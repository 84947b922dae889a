// How Node is started for a server on this machine. V8 has four threads of its own beside each process, for collections
// and code, however few cores there are; on two cores they take the place of the thread that woke them
// (docs/decisions/0026-threads-of-the-engine.md). Prints the flags when it is run, for shells.
import * as os from 'node:os';

/** What V8 has unless it is told otherwise. */
const V8_THREADS = 4;

// Node before 18.14 counts only all cores.
const coreCount = () => os.availableParallelism?.() ?? os.cpus().length;

/** A thread less than cores, at least one; nothing for machines with room for all, nor where somebody has chosen. */
export function engineFlags(cores = coreCount(), chosen = process.env.NODE_OPTIONS ?? '') {
  if (cores > V8_THREADS || chosen.includes('--v8-pool-size')) return [];
  return [`--v8-pool-size=${Math.max(1, cores - 1)}`];
}

if (import.meta.main) process.stdout.write(engineFlags().join(' '));
