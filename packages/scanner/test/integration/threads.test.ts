import { readdirSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { createScanPool, planScan, runScanInThreads, type ScanChunk } from '../../src/index.ts';
import { collect, folderWith, scanAll, type TestFolder, TEST_KEY } from '../scan/scan-world.ts';

let folder: TestFolder;
afterEach(() => folder.remove());

function manyFiles(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`f${index}.txt`, `mail: person${index}@example.org\n`]),
  );
}

async function listed(chunks: AsyncIterable<ScanChunk>): Promise<ScanChunk[]> {
  const list: ScanChunk[] = [];
  for await (const chunk of chunks) list.push(chunk);
  return list;
}

/** Of a thread of this process; some have ended since they were listed. */
function priorityOf(thread: string): number | undefined {
  try {
    return getPriority(Number(thread));
  } catch {
    return undefined;
  }
}

describe('scanning in threads', () => {
  it('finds exactly what one thread finds', async () => {
    folder = folderWith(manyFiles(60));
    const source = { kind: 'path', path: folder.path } as const;
    const alone = await scanAll(source);
    for (const threads of [1, 3]) {
      const threaded = await collect(
        runScanInThreads(source, { fingerprintKey: TEST_KEY, threads, limits: { chunkItems: 7 } }),
      );
      expect(threaded.findings.map((finding) => JSON.stringify(finding)).toSorted()).toEqual(
        alone.findings.map((finding) => JSON.stringify(finding)).toSorted(),
      );
      expect(threaded.events.at(-1)).toMatchObject({ kind: 'done', items: 60, findings: 60 });
    }
  });

  it('stops when told to and can be used again afterwards', async () => {
    folder = folderWith(manyFiles(200));
    const source = { kind: 'path', path: folder.path } as const;
    const pool = createScanPool({ threads: 1 });
    const [chunk] = await listed(planScan(source));
    if (!chunk) throw new Error('no chunk was planned');
    const controller = new AbortController();
    const stopped = (async () => {
      for await (const event of pool.scanChunk(source, chunk, { signal: controller.signal }))
        if (event.kind === 'finding') controller.abort();
    })();
    await expect(stopped).rejects.toMatchObject({ code: 'SCANNER_ABORTED' });
    const again = await collect(pool.scanChunk(source, chunk, { fingerprintKey: TEST_KEY }));
    expect(again.findings).toHaveLength(200);
    await pool.close();
  });

  it('hands errors of the source over as they are', async () => {
    folder = folderWith(manyFiles(1));
    const source = { kind: 'path', path: `${folder.path}/missing` } as const;
    await expect(collect(runScanInThreads(source))).rejects.toMatchObject({ code: 'SCANNER_PATH_NOT_FOUND' });
  });

  it('plans exactly what one thread plans, and hands its errors over', async () => {
    folder = folderWith(manyFiles(60));
    const pool = createScanPool({ threads: 1 });
    const options = { limits: { chunkItems: 7 } };
    const source = { kind: 'path', path: folder.path } as const;
    expect(await listed(pool.planScan(source, options))).toEqual(await listed(planScan(source, options)));
    await expect(listed(pool.planScan({ kind: 'path', path: `${folder.path}/missing` }))).rejects.toMatchObject({
      code: 'SCANNER_PATH_NOT_FOUND',
    });
    await pool.close();
  });

  it.runIf(process.platform === 'linux')('leaves the processor to others when it works in the background', async () => {
    folder = folderWith(manyFiles(1));
    const pool = createScanPool({ threads: 1, background: true });
    await listed(pool.planScan({ kind: 'path', path: folder.path }));
    const lowly = readdirSync('/proc/self/task').filter(
      (thread) => priorityOf(thread) === constants.priority.PRIORITY_LOW,
    );
    expect(lowly).toHaveLength(1);
    await pool.close();
  });
});
