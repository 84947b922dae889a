// One of the two servers of bench/profiler-load.ts: does what its parent says, and tells what its processor time is.
// Argument: options of the profiler as JSON.
import { createProfiler, type ProfilerOptions } from '../packages/profiler/src/index.ts';
import { USUAL_ROWS } from './profiler-answer.ts';
import { serveRows } from './profiler-route.ts';

/** What the parent says. */
export type Order =
  | { readonly say: 'on' | 'off' }
  /** What the platform's advisor does every twenty seconds. */
  | { readonly say: 'look' }
  | { readonly say: 'read' };

/** Processor time since the process began, and what was done with it. */
export interface Reading {
  readonly processUs: number;
  /** Of the main thread alone, which does not hold the sampler's. */
  readonly threadUs: number;
  readonly answered: number;
}

const [optionsText = '{}'] = process.argv.slice(2);
// Written by the parent of this process.
const profiler = createProfiler(JSON.parse(optionsText) as ProfilerOptions);
let isOn = false;

const { port, answered } = await serveRows(USUAL_ROWS);

function read(): Reading {
  const whole = process.cpuUsage();
  const thread = process.threadCpuUsage();
  return { processUs: whole.user + whole.system, threadUs: thread.user + thread.system, answered: answered() };
}

process.on('message', ({ say }: Order) => {
  if (say === 'on') profiler.start();
  if (say === 'off') profiler.stop();
  if (say === 'on' || say === 'off') isOn = say === 'on';
  if (say === 'look' && isOn) profiler.snapshot();
  process.send?.(say === 'read' ? read() : {});
});
process.send?.({ port });
