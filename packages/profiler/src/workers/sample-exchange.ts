import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';
import type { FoldedSamples } from '../sampling/profile-store.ts';
import { fromBatch, isBatch, toBatch, type SampleBatch } from './sample-batch.ts';

/** Carries samples from worker threads and forked processes to the main thread of the first process. */
export interface SampleExchange {
  start(): void;
  stop(): void;
  /** Hands over what this thread folded, when somebody else collects. */
  send(folded: FoldedSamples): void;
  /** Tells the threads of this process at what distance to sample from now on; 0 is not at all. */
  tellRate(intervalMs: number): void;
  /** Whether samples of this thread go to another one. */
  readonly isSender: boolean;
}

/** What the exchange is told. */
export interface SampleExchangeOptions {
  /**
   * Whether children that are forked from now on are asked for their samples; the parent's own listeners for their
   * messages see these too.
   */
  readonly followsProcesses: boolean;
  /** The main thread's distance between samples, for threads that start. */
  readonly rate: () => number;
  /** Hears, in a worker thread, at what distance to sample from now on. */
  readonly onRate: (intervalMs: number) => void;
}

/** Messages between threads of one process, besides samples. */
type RateMessage =
  | { readonly type: 'dataguardian:rate-wanted' }
  | { readonly type: 'dataguardian:rate'; readonly intervalMs: number };

const CHANNEL = 'dataguardian:samples';
/** Tells a forked process that its parent collects; holds the parent's number, so that it ends with the generation. */
const PARENT_VARIABLE = 'DATAGUARDIAN_PROFILER_PARENT';

/**
 * Threads meet on a broadcast channel of the process; forked processes use the connection that `fork` gave them.
 */
export function createSampleExchange(
  onSamples: (folded: FoldedSamples) => void,
  { followsProcesses, rate, onRate }: SampleExchangeOptions,
): SampleExchange {
  const hasCollectingParent = process.send !== undefined && process.env[PARENT_VARIABLE] === String(process.ppid);
  let threads: BroadcastChannel | undefined;

  const receive = (message: unknown): void => {
    if (isBatch(message)) onSamples({ labels: message.labels, tree: fromBatch(message) });
    else if (isRate(message)) onThreadMessage(message);
  };
  const post = (message: RateMessage): void => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads of one process have no origins
    threads?.postMessage(message);
  };
  const onThreadMessage = (message: RateMessage): void => {
    if (message.type === 'dataguardian:rate') {
      if (!isMainThread) onRate(message.intervalMs);
    } else if (isMainThread) post({ type: 'dataguardian:rate', intervalMs: rate() });
  };
  const onChild = (message: unknown): void => {
    if (typeof message !== 'object' || message === null || !('process' in message)) return;
    // Node documents the message of this channel: { process: ChildProcess }.
    (message.process as ChildProcess).on('message', receive);
  };

  return {
    isSender: !isMainThread || hasCollectingParent,
    start() {
      if (threads !== undefined) return;
      threads = new BroadcastChannel(CHANNEL);
      threads.unref();
      threads.addEventListener('message', (event: unknown) => {
        if (typeof event !== 'object' || event === null || !('data' in event)) return;
        if (isMainThread) receive(event.data);
        else if (isRate(event.data)) onThreadMessage(event.data);
      });
      if (!isMainThread) {
        post({ type: 'dataguardian:rate-wanted' });
        return;
      }
      if (!followsProcesses) return;
      subscribe('child_process', onChild);
      process.env[PARENT_VARIABLE] = String(process.pid);
    },
    stop() {
      threads?.close();
      threads = undefined;
      unsubscribe('child_process', onChild);
    },
    tellRate(intervalMs) {
      if (isMainThread) post({ type: 'dataguardian:rate', intervalMs });
    },
    send({ labels, tree }) {
      if (tree.nodeCount <= 1) return;
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads of one process have no origins
      if (!isMainThread) threads?.postMessage(toBatch(tree, `thread ${threadId}`, labels));
      else if (hasCollectingParent) sendToParent(toBatch(tree, `process ${process.pid}`, labels));
    },
  };
}

function isRate(message: unknown): message is RateMessage {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  if (message.type === 'dataguardian:rate-wanted') return true;
  return message.type === 'dataguardian:rate' && 'intervalMs' in message && typeof message.intervalMs === 'number';
}

function sendToParent(batch: SampleBatch): void {
  if (process.connected) process.send?.(batch, undefined, undefined, () => undefined);
}
