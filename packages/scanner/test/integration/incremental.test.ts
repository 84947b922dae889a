import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderWith, scanAll, type Scanned, type TestFolder } from '../scan/scan-world.ts';

let folder: TestFolder;
let state: TestFolder;
beforeEach(() => {
  folder = folderWith({ 'a.txt': 'BSN: 111222333\n', 'b/c.txt': 'mail jan@example.org\n', 'd.txt': 'nothing\n' });
  state = folderWith();
});
afterEach(() => {
  folder.remove();
  state.remove();
});

const run = (options = {}): Promise<Scanned> =>
  scanAll({ kind: 'path', path: folder.path }, { incremental: { file: join(state.path, 'r.sqlite') }, ...options });
const reused = ({ events }: Scanned): readonly string[] =>
  events.flatMap((event) => (event.kind === 'item' && event.reused === true ? [event.item] : []));

describe('a second run', () => {
  it('reports the same findings without reading unchanged files', async () => {
    const first = await run();
    const second = await run();
    expect(second.findings).toEqual(first.findings);
    expect(reused(first)).toEqual([]);
    expect(reused(second)).toEqual(['a.txt', 'd.txt', 'b/c.txt']);
  });

  it('reads a changed file again, whether or not its size changed', async () => {
    await run();
    const file = join(folder.path, 'd.txt');
    const { atimeMs, mtimeMs } = statSync(file);
    writeFileSync(join(folder.path, 'a.txt'), 'the BSN: 999999990\n');
    writeFileSync(file, 'nothinG\n');
    // A file system's clock may stand still for some milliseconds.
    utimesSync(file, atimeMs / 1000, mtimeMs / 1000 + 1);
    expect(reused(await run())).toEqual(['b/c.txt']);
  });

  it('knows equal content under another name of the same kind', async () => {
    await run();
    folder.write('copy/of-a.txt', 'BSN: 111222333\n');
    folder.write('copy/of-a.md', 'BSN: 111222333\n');
    const second = await run();
    expect(reused(second)).toContain('copy/of-a.txt');
    expect(reused(second)).not.toContain('copy/of-a.md');
    expect(second.findings.map(({ location }) => location.item)).toContain('copy/of-a.txt');
  });

  it('starts anew when the options or the fingerprint key differ', async () => {
    await run();
    expect(reused(await run({ detection: { minimumScore: 0.9 } }))).toEqual([]);
    expect(reused(await run({ fingerprintKey: Buffer.alloc(32, 9) }))).toEqual([]);
  });

  it('keeps no raw value, and replaces a store that is none', async () => {
    writeFileSync(join(state.path, 'r.sqlite'), 'this is no database, whatever its name says '.repeat(50));
    await run();
    for (const suffix of ['', '-wal'])
      expect(readFileSync(join(state.path, `r.sqlite${suffix}`)).includes('111222333')).toBe(false);
  });
});
