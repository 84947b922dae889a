import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a process of the checker is told to do. */
export type HistoryOrder =
  | { readonly kind: 'disturb'; readonly keys: readonly string[]; readonly seed: number }
  | { readonly kind: 'check'; readonly keys: readonly string[] };

/** What it answers: the keys whose cached value is not the source's. */
export interface HistoryAnswer {
  readonly old: readonly string[];
  readonly status: string;
  readonly error?: string;
}

/** A process with a cache of its own. */
export interface HistoryProcess {
  ask(order: HistoryOrder): Promise<HistoryAnswer>;
  close(): Promise<void>;
}

/** Where the process finds Redis for its cache, and the source (another part of the same server). */
export interface HistoryWorld {
  readonly cache: string;
  readonly source: string;
  readonly prefix: string;
  readonly commandTimeoutMs: number;
}

export async function startHistoryProcess(world: HistoryWorld): Promise<HistoryProcess> {
  const script = fileURLToPath(new URL('./history-process.ts', import.meta.url));
  const child: ChildProcess = fork(script, [world.cache, world.source, world.prefix, String(world.commandTimeoutMs)], {
    execArgv: ['--no-warnings'],
  });
  await once(child, 'message');
  return {
    async ask(order) {
      const answered = once(child, 'message') as Promise<[HistoryAnswer]>;
      child.send(order);
      const [answer] = await answered;
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer;
    },
    async close() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
