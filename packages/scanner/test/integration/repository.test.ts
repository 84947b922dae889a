import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { folderWith, scanAll, type Scanned, type TestFolder } from '../scan/scan-world.ts';
import { siteForTest } from './web-server.ts';

let folder: TestFolder;
const git = (...args: string[]): string =>
  execFileSync('git', ['-C', folder.path, '-c', 'user.name=t', '-c', 'user.email=t@t.test', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
const commit = (message: string): string => {
  git('add', '-A');
  git('commit', '-qm', message);
  return git('rev-parse', 'HEAD').trim();
};
const places = ({ findings }: Scanned): readonly string[] =>
  findings.map(({ location }) => `${location.item} ${location.commit ?? '-'}`).toSorted();

beforeEach(() => {
  folder = folderWith({ 'kept.txt': 'BSN: 111222333\n' });
  git('init', '-q', '-b', 'main');
});
afterEach(() => {
  vi.unstubAllEnvs();
  folder.remove();
});

describe('a git repository', () => {
  it('shows its working tree, with history every earlier content once under the commit that brought it', async () => {
    folder.write('old/lost.txt', 'mail gone@example.org\n');
    const first = commit('one');
    rmSync(join(folder.path, 'old'), { recursive: true });
    folder.write('kept.txt', 'BSN: 111222333\nmore\n');
    commit('two');
    folder.write('copy.txt', 'mail gone@example.org\n');
    folder.write('kept.txt', 'BSN: 111222333\nmore\nand more\n');
    commit('three');
    expect(places(await scanAll({ kind: 'repository', path: folder.path }))).toEqual(['copy.txt -', 'kept.txt -']);
    const history = places(await scanAll({ kind: 'repository', path: folder.path, history: true }));
    expect(history.filter((place) => place.endsWith('-'))).toEqual(['copy.txt -', 'kept.txt -']);
    // The deleted content is that of copy.txt and needs no second look; the two older versions of kept.txt do.
    expect(history.filter((place) => place.startsWith('kept.txt') && !place.endsWith('-'))).toHaveLength(2);
    expect(history).toContain(`kept.txt ${first}`);
  });

  it('shows a branch or commit without checking it out', async () => {
    const first = commit('one');
    rmSync(join(folder.path, 'kept.txt'));
    folder.write('new.txt', 'x');
    commit('two');
    expect(places(await scanAll({ kind: 'repository', path: folder.path, ref: first }))).toEqual([`kept.txt ${first}`]);
  });

  it('is an error when it is none, or has no such branch', async () => {
    commit('one');
    await expect(scanAll({ kind: 'repository', path: folder.path, ref: '--output=x' })).rejects.toMatchObject({
      code: 'SCANNER_GIT_FAILED',
    });
    await expect(scanAll({ kind: 'repository', path: join(folder.path, 'none') })).rejects.toMatchObject({
      code: 'SCANNER_PATH_NOT_FOUND',
    });
  });

  it('is cloned from an address into a folder that is gone afterwards', async () => {
    const tip = commit('one');
    git('update-server-info');
    const root = join(folder.path, '.git');
    const site = await siteForTest(
      Object.fromEntries(
        readdirSync(root, { recursive: true, encoding: 'utf8' })
          .filter((name) => statSync(join(root, name)).isFile())
          .map((name) => [
            `/r.git/${name}`,
            (_, response) => response.writeHead(200).end(readFileSync(join(root, name))),
          ]),
      ),
    );
    // A folder of its own for what is temporary: others clone at the same time.
    const temporary = mkdtempSync(join(tmpdir(), 'dataguardian-clones-'));
    vi.stubEnv('TMPDIR', temporary);
    const source = { kind: 'repository', url: `${site.url}/r.git` } as const;
    await expect(scanAll(source)).rejects.toMatchObject({ code: 'SCANNER_ADDRESS_BLOCKED' });
    expect(places(await scanAll({ ...source, allowPrivate: true }))).toEqual([`kept.txt ${tip}`]);
    await site.close();
    expect(readdirSync(temporary)).toEqual([]);
    rmSync(temporary, { recursive: true });
  });

  it('is refused at addresses of other schemes', async () => {
    for (const url of ['file:///etc', 'ssh://git@host/x.git', 'ext::sh -c id'])
      await expect(scanAll({ kind: 'repository', url })).rejects.toMatchObject({
        code: expect.stringMatching(/^SCANNER_(?:SCHEME_REFUSED|SOURCE_INVALID)$/) as unknown,
      });
  });
});
