import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkHost, parseHttpUrl } from '../website/address-guard.ts';
import type { RepositorySource } from '../../source-spec.ts';
import { gitLines } from './git.ts';

/**
 * Clones into a temporary folder, lends it to `work` and removes it. Files are not checked out, so nothing in them can
 * act; git connects to the address that was checked and follows no redirect.
 */
export async function* withClone<Step>(
  spec: RepositorySource,
  signal: AbortSignal | undefined,
  work: (folder: string) => AsyncGenerator<Step, void>,
): AsyncGenerator<Step, void> {
  const url = parseHttpUrl(spec.url ?? '');
  const { address, family } = await checkHost(url, { allowPrivate: spec.allowPrivate === true });
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const pinned = `${url.hostname}:${port}:${family === 6 ? `[${address}]` : address}`;
  const folder = await mkdtemp(join(tmpdir(), 'dataguardian-clone-'));
  try {
    const depth = spec.history === true ? [] : ['--depth', '1'];
    const branch = spec.ref === undefined ? [] : ['--branch', spec.ref];
    // The short form of history is not to be had from plain file servers; git then says so and all of it is taken.
    const args = ['clone', '--quiet', '--no-checkout', '--no-tags', ...branch];
    const pin = ['-c', `http.curloptResolve=${pinned}`];
    try {
      await finish(gitLines([...pin, ...args, ...depth, '--', url.href, folder], { signal }));
    } catch (error) {
      if (depth.length === 0 || !/shallow|dumb/i.test(error instanceof Error ? error.message : '')) throw error;
      await finish(gitLines([...pin, ...args, '--', url.href, folder], { signal }));
    }
    yield* work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function finish(lines: AsyncIterable<string>): Promise<void> {
  for await (const _ of lines);
}
