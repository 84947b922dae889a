import { fork } from 'node:child_process';
import { once } from 'node:events';
import { systemClock } from '@dataguardian/telemetry';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ANNA, sessionWorld, type SessionWorld } from './session-world.ts';

const PROCESSES = 4;
const EACH = 250;
let world: SessionWorld;
beforeEach(async () => {
  world = await sessionWorld();
});
afterEach(() => world.close());

it('a thousand increments by four processes come to a thousand, and forty other fields are all there', async () => {
  const { token } = await world.node({ clock: systemClock }).start(ANNA);
  const children = Array.from({ length: PROCESSES }, () =>
    fork(new URL('increment-process.ts', import.meta.url), [world.url, token, String(EACH)], {
      execArgv: ['--no-warnings'],
    }),
  );
  await Promise.all(children.map((child) => once(child, 'message')));
  const exits = children.map((child) => once(child, 'exit'));
  for (const child of children) child.send('go');
  expect((await Promise.all(exits)).map(([code]) => Number(code))).toEqual([0, 0, 0, 0]);
  const { rows } = await world.pool.query<{ data: Record<string, unknown> }>('select data from sessions');
  const data = rows[0]?.data ?? {};
  expect(data['total']).toBe(PROCESSES * EACH);
  expect(Object.keys(data).length).toBe(1 + PROCESSES * 10);
}, 60_000);
