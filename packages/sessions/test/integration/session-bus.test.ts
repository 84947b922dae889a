import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANNA, MINUTE, sessionWorld, type SessionWorld } from './session-world.ts';

let world: SessionWorld;
beforeEach(async () => {
  world = await sessionWorld();
});
afterEach(() => world.close());

const LEASE = 5_000;
const reads = (): number => world.sent.filter((text) => text.includes('where token_hash')).length;

/** Turns the clock in steps, in each of which signs of life are heard. */
const pass = async (milliseconds: number, stepMs = 250): Promise<void> => {
  for (let passed = 0; passed < milliseconds; passed += stepMs) {
    await world.clock.advance(stepMs);
    await world.settled();
  }
};

describe('a node that hears the bus', () => {
  it('serves sessions from memory beyond the lease, as long as it has missed nothing', async () => {
    const [hearing, deaf] = [world.node({ withBus: true, leaseMs: LEASE }), world.node({ leaseMs: LEASE })];
    await pass(LEASE / 2);
    const { token } = await hearing.start(ANNA);
    await hearing.resume(token);
    await deaf.resume(token);
    world.sent.length = 0;
    await pass(4 * LEASE);
    expect(hearing.resumeNow(token)).toMatchObject({ userId: 'anna' });
    expect(reads()).toBe(0);
    expect(deaf.resumeNow(token)).toBeUndefined();
    expect(await deaf.resume(token)).toBeDefined();
    expect(reads()).toBe(1);
  });

  it('asks again within the lease when the bus is silent (ASVS 7.4.1)', async () => {
    const [here, there] = [world.node({ leaseMs: LEASE }), world.node({ withBus: true, leaseMs: LEASE })];
    const { token, session } = await here.start(ANNA);
    await pass(LEASE);
    expect(await there.resume(token)).toBeDefined();
    world.bus.isCut = true;
    await here.revoke(session.handle);
    await pass(LEASE + LEASE / 4);
    expect(await there.resume(token)).toBeUndefined();
  });

  it('trusts nothing it knew before a gap for longer than the lease', async () => {
    const [here, there] = [world.node({ leaseMs: LEASE }), world.node({ withBus: true, leaseMs: LEASE })];
    const { token, session } = await here.start(ANNA);
    await pass(LEASE);
    expect(await there.resume(token)).toBeDefined();
    world.bus.isCut = true;
    await here.revoke(session.handle);
    await world.settled();
    world.bus.isCut = false;
    world.bus.gap();
    await pass(2 * LEASE);
    expect(there.resumeNow(token)).toBeUndefined();
    expect(await there.resume(token)).toBeUndefined();
  });

  it('sees data that was written elsewhere', async () => {
    const [here, there] = [world.node({ withBus: true }), world.node({ withBus: true })];
    const { token, session } = await here.start(ANNA);
    await there.resume(token);
    await session.set('language', 'nl');
    await world.settled();
    expect((await there.resume(token))?.get('language')).toBe('nl');
  });

  it('does not sign out here who is active elsewhere', async () => {
    const idleTimeoutMs = 10 * MINUTE;
    const [here, there] = [world.node({ withBus: true, idleTimeoutMs }), world.node({ withBus: true, idleTimeoutMs })];
    // Between two times at which memory gives back what has expired.
    await world.clock.advance(5_000);
    const { token } = await here.start(ANNA);
    await there.resume(token);
    for (let minute = 0; minute < 10; minute++) {
      await pass(MINUTE, 5_000);
      expect(await here.resume(token)).toBeDefined();
    }
    await pass(5_000);
    expect(await there.resume(token)).toBeDefined();
  });
});
