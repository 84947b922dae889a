import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { planScan, type ScanChunk, scanChunk } from '../../src/index.ts';
import { collect, folderWith, scanAll, type TestFolder } from '../scan/scan-world.ts';

let folder: TestFolder;
afterEach(() => folder.remove());

const BSN_LINE = 'BSN: 111222333\n';

describe('scanning a folder', () => {
  it('finds a value with its place, masked and fingerprinted, and never its raw form', async () => {
    folder = folderWith({ 'a/notes.txt': `first line\n${BSN_LINE}` });
    const { findings, events } = await scanAll({ kind: 'path', path: folder.path });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      type: 'BSN',
      location: { item: 'a/notes.txt', line: 2, column: 6, start: 16, end: 25 },
    });
    expect(findings[0]?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(events)).not.toContain('111222333');
  });

  it('tells the true total first and ends with that much done', async () => {
    folder = folderWith({ 'one.txt': 'x'.repeat(1000), 'two/three.txt': 'y'.repeat(500) });
    const { events } = await scanAll({ kind: 'path', path: folder.path });
    expect(events[0]).toEqual({ kind: 'planned', totalBytes: 1500, totalItems: 2 });
    expect(events.at(-1)).toMatchObject({ kind: 'done', bytes: 1500, items: 2 });
  });

  it('reads hidden files, leaves .git alone and heeds .dataguardianignore', async () => {
    folder = folderWith({
      '.env': BSN_LINE,
      '.git/config': BSN_LINE,
      'build/out.txt': BSN_LINE,
      'deep/a.log': BSN_LINE,
      'deep/keep.log': BSN_LINE,
      '.dataguardianignore': '# generated\nbuild/\n*.log\n!keep.log\n',
    });
    const { findings } = await scanAll({ kind: 'path', path: folder.path });
    expect(findings.map((finding) => finding.location.item)).toEqual(['.env', 'deep/keep.log']);
  });

  it('survives links in a circle, out of the folder and to nowhere, and says so', async () => {
    folder = folderWith({ 'real/a.txt': BSN_LINE });
    symlinkSync('..', join(folder.path, 'real/circle'));
    symlinkSync('/etc/passwd', join(folder.path, 'outside'));
    symlinkSync('missing', join(folder.path, 'nowhere'));
    symlinkSync('real', join(folder.path, 'inside'));
    const { findings, skipped } = await scanAll({ kind: 'path', path: folder.path });
    expect(findings).toHaveLength(1);
    expect(skipped.map(({ item, code }) => `${item} ${code}`).toSorted()).toEqual([
      'nowhere SYMLINK',
      'outside SYMLINK',
      'real/circle SYMLINK',
    ]);
  });

  it('reports a pipe instead of waiting for it', async () => {
    folder = folderWith({ 'a.txt': BSN_LINE });
    execFileSync('mkfifo', [join(folder.path, 'pipe')]);
    const { findings, skipped } = await scanAll({ kind: 'path', path: folder.path });
    expect(findings).toHaveLength(1);
    expect(skipped).toEqual([expect.objectContaining({ item: 'pipe', code: 'SPECIAL_FILE' })]);
  });

  it('reports a file that cannot be opened any more and goes on', async () => {
    folder = folderWith({ 'a.txt': BSN_LINE, 'gone.txt': BSN_LINE });
    const source = { kind: 'path', path: folder.path } as const;
    const chunks: ScanChunk[] = [];
    for await (const chunk of planScan(source)) chunks.push(chunk);
    unlinkSync(join(folder.path, 'gone.txt'));
    const { findings, skipped } = await collect(scanChunk(source, chunks[0] as ScanChunk));
    expect(findings).toHaveLength(1);
    expect(skipped).toEqual([expect.objectContaining({ item: 'gone.txt', code: 'UNREADABLE' })]);
  });

  it('reports binary files', async () => {
    folder = folderWith({ 'noise.dat': Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919) % 251) });
    const { skipped } = await scanAll({ kind: 'path', path: folder.path });
    expect(skipped).toEqual([expect.objectContaining({ item: 'noise.dat', code: 'BINARY' })]);
  });

  it('jumps over the holes of a sparse file and finds what stands behind them', async () => {
    folder = folderWith();
    const path = join(folder.path, 'sparse.log');
    writeFileSync(path, BSN_LINE);
    truncateSync(path, 200_000_000);
    writeFileSync(path, BSN_LINE, { flag: 'a' });
    const { findings } = await scanAll({ kind: 'path', path: folder.path });
    expect(findings.map((finding) => finding.location.start)).toEqual([5, 200_000_005]);
  });

  it('passes quickly over a sparse file of ten gigabytes', async () => {
    folder = folderWith({ 'hollow.bin': '' });
    truncateSync(join(folder.path, 'hollow.bin'), 10 * 1024 ** 3);
    const { events, skipped } = await scanAll({ kind: 'path', path: folder.path });
    expect(events.at(-1)).toMatchObject({ kind: 'done', items: 1, findings: 0 });
    expect(skipped).toEqual([]);
  });
});

describe('a source that cannot be scanned', () => {
  it('is an error when the path does not exist', async () => {
    folder = folderWith();
    await expect(scanAll({ kind: 'path', path: join(folder.path, 'missing') })).rejects.toMatchObject({
      code: 'SCANNER_PATH_NOT_FOUND',
    });
  });

  it('is an error when an upload holds no file', async () => {
    folder = folderWith();
    mkdirSync(join(folder.path, 'empty'));
    await expect(scanAll({ kind: 'upload', path: folder.path })).rejects.toMatchObject({
      code: 'SCANNER_UPLOAD_EMPTY',
    });
  });

  it('is an error when the caller stops the scan', async () => {
    folder = folderWith({ 'a.txt': BSN_LINE });
    const signal = AbortSignal.abort();
    await expect(scanAll({ kind: 'path', path: folder.path }, { signal })).rejects.toMatchObject({
      code: 'SCANNER_ABORTED',
    });
  });
});
