import { createTurnGate } from '../src/admission/turn-gate.ts';
import { expect, it } from 'vitest';

/** Turns of the loop until the gate lets something start again after work of so long. */
async function turnsAfter(workMs: number): Promise<number> {
  let now = 0;
  const gate = createTurnGate({ monotonic: () => now }, 2);
  expect(gate.isOpen()).toBe(true);
  gate.run(() => {
    now += workMs;
  });
  expect(gate.isOpen()).toBe(workMs < 2);
  let passed = 0;
  let isCalled = false;
  gate.onNextTurn(() => {
    isCalled = true;
  });
  while (!isCalled) {
    passed += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(gate.isOpen()).toBe(true);
  return passed;
}

it('lets cheap work share a turn, and leaves turns empty after dear work for those at the door', async () => {
  const [cheap, dear, dearest] = [await turnsAfter(0.1), await turnsAfter(5), await turnsAfter(500)];
  expect(cheap).toBeLessThanOrEqual(2);
  expect(dear).toBeGreaterThanOrEqual(10);
  expect(dearest).toBeLessThanOrEqual(18);
});

it('charges a turn for the work that was started in it, not for what else happens, and rests no longer than that took', async () => {
  let now = 0;
  const gate = createTurnGate({ monotonic: () => now }, 2);
  gate.isOpen();
  gate.run(() => {
    now += 0.2;
  });
  // Answers of the database, in the same turn.
  now += 500;
  expect(gate.isOpen()).toBe(true);
  gate.run(() => {
    now += 4;
  });
  let isCalled = false;
  gate.onNextTurn(() => {
    isCalled = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isCalled).toBe(false);
  now += 10;
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  expect(isCalled).toBe(true);
});

it('calls back once for all that was asked for in one turn', async () => {
  const gate = createTurnGate({ monotonic: () => 0 }, 2);
  const called: string[] = [];
  gate.onNextTurn(() => called.push('first'));
  gate.onNextTurn(() => called.push('second'));
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  expect(called).toEqual(['second']);
});
