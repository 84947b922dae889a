import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findHolder, lockDataFolder } from '../../src/server/data-folder-lock.ts';
import { loadSecret } from '../../src/server/secret.ts';

const URL_OF_ONE = 'http://127.0.0.1:3000';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'dataguardian-folder-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

describe('a data folder', () => {
  it('has one holder, whose process and address others are told', () => {
    const lock = lockDataFolder(dataDir, URL_OF_ONE);
    lock.announce('http://127.0.0.1:4000');
    expect(() => lockDataFolder(dataDir, URL_OF_ONE)).toThrow(
      `in use by process ${process.pid}, which serves http://127.0.0.1:4000`,
    );
    expect(findHolder(dataDir)).toMatchObject({ pid: process.pid, url: 'http://127.0.0.1:4000' });
    lock.release();
    expect(findHolder(dataDir)).toBeUndefined();
    lockDataFolder(dataDir, URL_OF_ONE).release();
  });

  it.each([
    ['of a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '1', url: URL_OF_ONE })],
    ['of an earlier process of the same number', JSON.stringify({ pid: process.pid, startedAt: '1', url: URL_OF_ONE })],
    ['that was not written to its end', '{"pid":'],
  ])('takes over a lock %s', (_, left) => {
    writeFileSync(join(dataDir, 'start.lock'), left);
    expect(findHolder(dataDir)).toBeUndefined();
    lockDataFolder(dataDir, URL_OF_ONE).release();
  });

  it('keeps one secret, for its account alone', () => {
    const secret = loadSecret(dataDir, undefined);
    expect(loadSecret(dataDir, undefined)).toBe(secret);
    expect(readFileSync(join(dataDir, 'secret'), 'utf8').trim()).toBe(secret);
    expect(statSync(join(dataDir, 'secret')).mode & 0o777).toBe(0o600);
    expect(loadSecret(dataDir, 'configured')).toBe('configured');
  });

  it.each(['', 'half of it'])(
    'refuses a secret that was not written to its end (%j) instead of working with it',
    (left) => {
      writeFileSync(join(dataDir, 'secret'), left);
      expect(() => loadSecret(dataDir, undefined)).toThrow(/secret is damaged.*Restore it from a backup/);
    },
  );

  it('gives one secret to processes that start in the same moment', async () => {
    const program = fileURLToPath(new URL('../fixtures/load-secret.ts', import.meta.url));
    for (let round = 0; round < 5; round += 1) {
      const folder = join(dataDir, String(round));
      const runs = await Promise.all(
        Array.from({ length: 6 }, () => promisify(execFile)(process.execPath, [program, folder])),
      );
      expect(new Set(runs.map(({ stdout }) => stdout))).toEqual(new Set([loadSecret(folder, undefined)]));
      expect(readdirSync(folder)).toEqual(['secret']);
    }
  });
});
