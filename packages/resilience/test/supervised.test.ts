import { createSupervised } from '@dataguardian/resilience';
import { createFakeClock } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';

interface Greeter {
  greet(): Promise<string>;
}

function supervisedWorld(options: { fallback: boolean }) {
  const clock = createFakeClock();
  const world = { isUp: true, announced: [] as string[] };
  const answer = async (): Promise<string> => {
    if (!world.isUp) throw new Error('primary is gone');
    return 'primary';
  };
  const supervised = createSupervised<Greeter>({
    name: 'Greeter',
    primary: { greet: answer },
    ...(options.fallback ? { fallback: { greet: async () => 'fallback' } } : {}),
    probe: async () => void (await answer()),
    clock,
    failureThreshold: 2,
    probeMs: 100,
    onChange: ({ status }) => world.announced.push(status),
  });
  return { clock, world, supervised, greet: () => supervised.run((component) => component.greet()) };
}

describe('a supervised component', () => {
  it('answers from the fallback while the primary fails, and announces it once', async () => {
    const { world, greet, supervised, clock } = supervisedWorld({ fallback: true });
    world.isUp = false;
    expect([await greet(), await greet(), await greet()]).toEqual(['fallback', 'fallback', 'fallback']);
    await clock.advance(1_000);
    expect([world.announced, supervised.health().status]).toEqual([['degraded'], 'degraded']);
  });

  it('returns to the primary when a probe succeeds', async () => {
    const { world, greet, supervised, clock } = supervisedWorld({ fallback: true });
    world.isUp = false;
    await greet();
    await greet();
    world.isUp = true;
    await clock.advance(100);
    expect([await greet(), supervised.health().status, world.announced]).toEqual(['primary', 'up', ['degraded', 'up']]);
  });

  it('rejects and reports down without a fallback', async () => {
    const { world, greet, supervised } = supervisedWorld({ fallback: false });
    world.isUp = false;
    await expect(greet()).rejects.toThrow('primary is gone');
    await expect(greet()).rejects.toThrow('primary is gone');
    await expect(greet()).rejects.toMatchObject({ code: 'RESILIENCE_CIRCUIT_OPEN' });
    expect(supervised.health()).toEqual({ status: 'down', detail: 'Greeter is away: primary is gone' });
  });

  it('stops probing when closed', async () => {
    const { world, greet, supervised, clock } = supervisedWorld({ fallback: true });
    world.isUp = false;
    await greet();
    await greet();
    supervised.close();
    expect(clock.timerCount).toBe(0);
  });
});
