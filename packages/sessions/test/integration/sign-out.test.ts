import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANNA, sessionWorld, type SessionWorld } from './session-world.ts';

let world: SessionWorld;
let folder: string;
beforeEach(async () => {
  world = await sessionWorld();
  folder = mkdtempSync(join(tmpdir(), 'session-ends-'));
});
afterEach(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a sign-out while the database is away', () => {
  it('outlives the process that heard of it (ASVS 7.4.1)', async () => {
    const first = world.node({ journalFolder: folder });
    const gone = await first.start(ANNA);
    const stays = await first.start({ ...ANNA, userId: 'bert' });
    world.isAway = true;
    expect(await first.revoke(gone.session.handle)).toBe(true);
    await first.close();
    world.isAway = false;
    const second = world.node({ journalFolder: folder });
    expect(await second.resume(gone.token)).toBeUndefined();
    expect(await second.resume(stays.token)).toBeDefined();
    await world.clock.advance(6_000);
    await expect.poll(async () => (await world.pool.query('select from sessions')).rowCount).toBe(1);
    await expect.poll(() => readFileSync(join(folder, 'session-ends.jsonl'), 'utf8')).toBe('');
  });

  it('is not lost for a line that a crash cut off', async () => {
    const first = world.node({ journalFolder: folder });
    const gone = await first.start(ANNA);
    world.isAway = true;
    await first.revoke(gone.session.handle);
    await first.close();
    appendFileSync(join(folder, 'session-ends.jsonl'), '{"kind":"hand');
    world.isAway = false;
    expect(await world.node({ journalFolder: folder }).resume(gone.token)).toBeUndefined();
  });

  it('holds no token on disk', async () => {
    const sessions = world.node({ journalFolder: folder });
    const { token, session } = await sessions.start(ANNA);
    world.isAway = true;
    await sessions.revoke(session.handle);
    expect(readFileSync(join(folder, 'session-ends.jsonl'), 'utf8')).not.toContain(token);
  });
});

it('a thousand requests in flight bring none of a thousand signed-out sessions back (ASVS 7.4.1)', async () => {
  const [here, there] = [world.node({ withBus: true }), world.node({ withBus: true })];
  const opened = await Promise.all(
    Array.from({ length: 1_000 }, (_, index) => here.start({ ...ANNA, userId: `user${index}` })),
  );
  await Promise.all(
    opened.map(async ({ token, session }, index) => {
      const mine = await there.resume(token);
      const ended = here.revoke(session.handle);
      // Reads, writes and renewals that were under way when the session ended.
      await Promise.allSettled([
        index % 3 === 0 ? mine?.set('seen', index) : index % 3 === 1 ? mine?.increment('count') : there.renew(token),
        there.resume(token),
        ended,
      ]);
    }),
  );
  await world.clock.advance(60_000);
  await expect.poll(async () => (await world.pool.query('select from sessions')).rowCount).toBe(0);
  const alive = await Promise.all(
    opened.map(async ({ token }) => Boolean((await here.resume(token)) ?? (await there.resume(token)))),
  );
  expect(alive.filter(Boolean)).toEqual([]);
});
