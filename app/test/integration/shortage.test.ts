import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appWorld, type AppWorld } from './app-world.ts';

let world: AppWorld;

beforeAll(async () => {
  world = await appWorld();
});
afterAll(() => world.close());

const ask = () => world.admin.send('POST', '/api/scans/sample', { name: 'a sample' });

describe('while the disk is full', () => {
  /** /proc is a file system without a free byte: the data folder seems to lie on it. */
  const fill = (): (() => void) => {
    const { dataDir } = world.context.config;
    renameSync(dataDir, `${dataDir}.aside`);
    symlinkSync('/proc', dataDir);
    return () => {
      rmSync(dataDir);
      renameSync(`${dataDir}.aside`, dataDir);
    };
  };

  it('new scans are refused with 507 and the reason, and reading goes on', async () => {
    const empty = fill();
    try {
      const refused = await ask();
      expect([refused.status, refused.json.code]).toEqual([507, 'DISK_FULL']);
      expect(refused.json.hint).toContain('Free space');
      expect((await world.admin.send('GET', '/api/scans')).status).toBe(200);
      expect((await world.admin.send('GET', '/api/me')).status).toBe(200);
    } finally {
      empty();
    }
  });

  it('scans are taken again when there is room', async () => {
    expect((await ask()).status).toBeLessThan(300);
  });
});

describe('while memory is short', () => {
  it('the newest scans are shed first, with the time to try again, and no session', async () => {
    world.context.isShortOfMemory = () => true;
    const refused = await ask();
    expect([refused.status, refused.json.code]).toEqual([503, 'UNAVAILABLE']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await world.admin.send('GET', '/api/me')).status).toBe(200);
    expect((await world.member('analyst')).cookie).not.toBe('');
    world.context.isShortOfMemory = () => false;
    expect((await ask()).status).toBeLessThan(300);
  });
});
