import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runRetention } from '../../src/features/retention/retention.ts';
import { type ScanWorld, scanWorld } from './scan-world.ts';

let world: ScanWorld;

const stored = async (): Promise<string[]> =>
  (await readdir(join(world.dataDir, 'uploads'), { recursive: true }).catch(() => []))
    .map((path) => path.replace(/^[^/]+\/?/, ''))
    .filter(Boolean);

beforeAll(async () => {
  world = await scanWorld({ uploadLimits: { maxFileBytes: 50_000, maxTotalBytes: 120_000, maxFiles: 5 } });
});
afterAll(() => world.close());

describe('an upload', () => {
  it('keeps relative paths and never leads out of its folder', async () => {
    const answer = await world.upload(world.analyst, {
      'map/sub/a.txt': 'a',
      '../../../../etc/evil.txt': 'b',
      'C:\\Users\\x\\c.txt': 'c',
      'MAP/sub/A.txt': 'another of the same name',
    });
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({ fileCount: 4, skipped: [] });
    const files = await stored();
    expect(files).toEqual(
      expect.arrayContaining(['map/sub/a.txt', 'etc/evil.txt', 'Users/x/c.txt', 'MAP/sub/A (2).txt']),
    );
  });

  it.each([
    ['without a file', {}, 400, 'UPLOAD_EMPTY'],
    ['with too large a file', { 'big.txt': Buffer.alloc(60_000) }, 413, 'UPLOAD_TOO_LARGE'],
    [
      'that is too large as a whole',
      { '1': Buffer.alloc(45_000), '2': Buffer.alloc(45_000), '3': Buffer.alloc(45_000) },
      413,
      'UPLOAD_TOO_LARGE',
    ],
    ['of too many files', { a: '1', b: '2', c: '3', d: '4', e: '5', f: '6' }, 413, 'UPLOAD_TOO_LARGE'],
  ])('%s is refused with a reason and leaves nothing behind', async (_, files, status, code) => {
    const before = await stored();
    const answer = await world.upload(world.analyst, files);
    expect(answer.status).toBe(status);
    expect(answer.json.code).toBe(code);
    expect(answer.json.hint).toBeTruthy();
    expect(await stored()).toEqual(before);
  });

  it('that is no form is refused, and auditors may not upload', async () => {
    expect((await world.call(world.analyst, 'POST', '/api/uploads', { a: 1 })).json.code).toBe('UPLOAD_NOT_MULTIPART');
    expect((await world.upload(world.auditor, { a: 'a' })).status).toBe(403);
  });

  it('of others cannot be scanned', async () => {
    const upload = await world.upload(world.analyst, { 'a.txt': 'a' });
    for (const person of [world.otherAnalyst, world.stranger]) {
      const answer = await world.call(person, 'POST', '/api/scans', {
        name: 'x',
        source: { kind: 'upload', uploadId: upload.json.id },
      });
      expect(answer.status).toBe(400);
      expect(answer.json.code).toBe('UPLOAD_GONE');
    }
  });

  it('is deleted when its scan has completed, unless it is to be kept', async () => {
    await world.worker();
    for (const keepUpload of [false, true]) {
      const upload = await world.upload(world.analyst, { 'brief.txt': 'Mail: iemand@voorbeeld.nl' });
      const scan = await world.call(world.analyst, 'POST', '/api/scans', {
        name: 'x',
        source: { kind: 'upload', uploadId: upload.json.id },
        options: { keepUpload },
      });
      await world.ended(world.analyst, scan.json.id);
      // The files go right after the scan is said to have ended.
      const isThere = async () => (await readdir(join(world.dataDir, 'uploads'))).includes(upload.json.id);
      await expect.poll(isThere).toBe(keepUpload);
      const again = await world.call(world.analyst, 'POST', `/api/scans/${scan.json.id}/retry`);
      expect(again.status).toBe(keepUpload ? 200 : 409);
      if (keepUpload) await world.ended(world.analyst, scan.json.id);
      await world.call(world.analyst, 'DELETE', `/api/scans/${scan.json.id}`);
      expect(await readdir(join(world.dataDir, 'uploads'))).not.toContain(upload.json.id);
    }
  });
});

describe('files of an upload', () => {
  it('that was cut off are gone with its connection, and no row of it is left', async () => {
    const before = await readdir(join(world.dataDir, 'uploads')).catch(() => []);
    const body = '--x\r\ncontent-disposition: form-data; name="files"; filename="a.txt"\r\n\r\nhalf of a fi';
    const answer = await world.app.inject({
      method: 'POST',
      url: '/api/uploads',
      headers: { 'x-person': JSON.stringify(world.analyst), 'content-type': 'multipart/form-data; boundary=x' },
      payload: body,
    });
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    await expect.poll(() => readdir(join(world.dataDir, 'uploads')).catch(() => [])).toEqual(before);
  });

  it('whose server was killed, or whose organisation is gone, are removed a day later; those of others stay', async () => {
    // Workers see to retention, too, every hour.
    await world.stopWorkers();
    const kept = await world.upload(world.analyst, { 'a.txt': 'x' });
    const orphan = randomUUID();
    const coming = randomUUID();
    for (const id of [orphan, coming]) {
      await mkdir(join(world.dataDir, 'uploads', id), { recursive: true });
      await writeFile(join(world.dataDir, 'uploads', id, 'a.txt'), 'half of a fi');
    }
    const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000);
    for (const id of [orphan, kept.json.id]) await utimes(join(world.dataDir, 'uploads', id), twoDaysAgo, twoDaysAgo);
    expect(await runRetention(world.context)).toMatchObject({ uploads: 1 });
    const left = await readdir(join(world.dataDir, 'uploads'));
    expect([left.includes(kept.json.id), left.includes(coming), left.includes(orphan)]).toEqual([true, true, false]);
  });
});

describe('a source', () => {
  const start = (person: 'admin' | 'manager' | 'analyst', source: object) =>
    world.call(world[person], 'POST', '/api/scans', { name: 'x', source });

  it.each([
    ['a missing path', 'admin', { kind: 'path', path: '/no/such/folder' }, 400, 'SCANNER_PATH_NOT_FOUND'],
    ['a relative path', 'admin', { kind: 'path', path: 'docs' }, 400, 'SCAN_PATH_RELATIVE'],
    ['a path by an analyst', 'analyst', { kind: 'path', path: '/tmp' }, 403, 'SCAN_PATH_FORBIDDEN'],
    [
      'a path by a manager without allowed folders',
      'manager',
      { kind: 'path', path: '/tmp' },
      403,
      'SCAN_PATH_OUTSIDE_ROOTS',
    ],
    ['a loopback site', 'admin', { kind: 'website', url: 'http://127.0.0.1:8080/' }, 400, 'SCANNER_ADDRESS_BLOCKED'],
    [
      'a link-local site',
      'admin',
      { kind: 'website', url: 'http://169.254.169.254/latest/meta-data' },
      400,
      'SCANNER_ADDRESS_BLOCKED',
    ],
    [
      'a mapped address',
      'admin',
      { kind: 'website', url: 'http://[::ffff:10.0.0.1]/' },
      400,
      'SCANNER_ADDRESS_BLOCKED',
    ],
    [
      'an internal site allowed by an analyst',
      'analyst',
      { kind: 'website', url: 'http://10.0.0.1/', allowPrivate: true },
      403,
      'SCAN_PRIVATE_FORBIDDEN',
    ],
    ['another scheme', 'admin', { kind: 'website', url: 'file:///etc/passwd' }, 400, 'SCANNER_SCHEME_REFUSED'],
    [
      'a repository by file address',
      'admin',
      { kind: 'repository', url: 'file:///srv/git' },
      400,
      'SCANNER_SCHEME_REFUSED',
    ],
    [
      'a database on loopback',
      'analyst',
      { kind: 'database', url: 'postgres://a:b@localhost/x' },
      400,
      'SCANNER_ADDRESS_BLOCKED',
    ],
    [
      'a database whose address leads elsewhere',
      'admin',
      { kind: 'database', url: 'postgres://a@example.org/x?host=/var/run' },
      400,
      'SCANNER_SOURCE_INVALID',
    ],
    ['an unknown kind', 'admin', { kind: 'ftp', url: 'ftp://x' }, 400, 'VALIDATION_FAILED'],
  ] as const)('%s is refused with code and hint', async (_, person, source, status, code) => {
    const answer = await start(person, source);
    expect({ status: answer.status, code: answer.json.code }).toEqual({ status, code });
    expect(answer.json.hint).toBeTruthy();
    expect(answer.text).not.toContain('a:b@');
  });

  it("in the platform's own data folder is refused", async () => {
    expect((await start('admin', { kind: 'path', path: world.dataDir })).json.code).toBe('SCAN_PATH_RESERVED');
  });

  it('that contains the data folder is scanned without it', async () => {
    await writeFile(join(world.dataDir, 'inside.txt'), 'iemand@voorbeeld.nl');
    const outside = join(dirname(world.dataDir), `${basename(world.dataDir)}-beside`);
    await mkdir(outside);
    await writeFile(join(outside, 'beside.txt'), 'ander@voorbeeld.nl');
    await rename(world.dataDir, join(outside, 'data'));
    await symlink(join(outside, 'data'), world.dataDir);
    await world.worker();
    const started = await start('admin', { kind: 'path', path: outside });
    await world.ended(world.admin, started.json.id);
    const { json } = await world.call(world.admin, 'GET', `/api/scans/${started.json.id}/findings?limit=500`);
    expect(json.items.map(({ location }: { location: { item: string } }) => location.item)).toEqual(['beside.txt']);
    await rm(world.dataDir);
    await rename(join(outside, 'data'), world.dataDir);
    await rm(outside, { recursive: true });
  });

  it('inside an allowed folder may be scanned by managers', async () => {
    const folder = await world.folder({ 'a.txt': 'iemand@voorbeeld.nl' });
    await world.call(world.admin, 'PATCH', '/api/settings', { scanRoots: [folder] });
    expect((await start('manager', { kind: 'path', path: folder })).status).toBe(201);
    expect((await start('admin', { kind: 'path', path: '/tmp' })).json.code).toBe('SCAN_PATH_OUTSIDE_ROOTS');
    await world.call(world.admin, 'PATCH', '/api/settings', { scanRoots: [] });
  });
});
