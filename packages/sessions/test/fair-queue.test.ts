import { createFairQueue, type FairQueueLimits, type FairQueueTicket } from '@dataguardian/sessions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const limits: FairQueueLimits = {
  concurrency: 1,
  perUserRunning: 1,
  perUserWaiting: 100,
  totalWaiting: 1_000,
  quantumMs: 5,
};

/** A queue whose running work is finished by hand, and the order in which users were served. */
function world(overrides: Partial<FairQueueLimits> = {}) {
  const queue = createFairQueue({ ...limits, ...overrides });
  const served: string[] = [];
  const running: { user: string; finish: (costMs: number) => void }[] = [];
  const enter = (user: string) => {
    const place: { ticket?: FairQueueTicket } = {};
    const entered = queue.enter(user, () => {
      served.push(user);
      running.push({ user, finish: (costMs) => place.ticket?.release(costMs) });
    });
    if (typeof entered !== 'string') place.ticket = entered;
    return entered;
  };
  const finish = (costOf: (user: string) => number): void => {
    const work = running.shift();
    work?.finish(costOf(work.user));
  };
  return { queue, served, running, enter, finish };
}

describe('a flood by one user', () => {
  it('lets a newcomer be the next', () => {
    const { enter, finish, served } = world();
    for (let count = 0; count < 64; count++) enter('flooder');
    enter('anna');
    finish(() => 5);
    expect(served).toEqual(['flooder', 'anna']);
  });

  it('is served as fast as the machine can when nobody else waits', () => {
    const { enter, finish, served } = world();
    for (let count = 0; count < 20; count++) enter('flooder');
    for (let count = 0; count < 20; count++) finish(() => 500);
    expect(served.length).toBe(20);
  });

  it('is refused beyond its own bound, and others are not', () => {
    const { enter } = world({ perUserWaiting: 2 });
    expect(Array.from({ length: 4 }, () => typeof enter('flooder'))).toEqual(['object', 'object', 'object', 'string']);
    expect(enter('flooder')).toBe('user-queue-full');
    expect(typeof enter('anna')).toBe('object');
  });
});

describe('an organisation that sends many people', () => {
  const fill = (queue: ReturnType<typeof createFairQueue>, organisation: string | undefined) => {
    const entered = [];
    for (let user = 0; user < 8; user++)
      for (let count = 0; count < 10; count++)
        entered.push(queue.enter(`${organisation}${user}`, () => undefined, organisation));
    return entered;
  };

  it('cannot fill the queue that others need', () => {
    const queue = createFairQueue({ ...limits, totalWaiting: 40, perOrganisationWaiting: 20 });
    expect(fill(queue, 'crowd').filter((entered) => entered === 'organisation-queue-full')).toHaveLength(59);
    expect(typeof queue.enter('anna', () => undefined, 'other')).toBe('object');
    expect(queue.waiting).toBe(21);
  });

  it('may go on when some of its own are served', () => {
    const queue = createFairQueue({ ...limits, perOrganisationWaiting: 1 });
    const running = queue.enter('anna', () => undefined, 'crowd');
    queue.enter('bert', () => undefined, 'crowd');
    expect(queue.enter('clara', () => undefined, 'crowd')).toBe('organisation-queue-full');
    if (typeof running !== 'string') running.release(1);
    expect(typeof queue.enter('clara', () => undefined, 'crowd')).toBe('object');
  });

  it('is bound by it alone: who belongs to none are not one organisation', () => {
    const queue = createFairQueue({ ...limits, totalWaiting: 40, perOrganisationWaiting: 20 });
    expect(fill(queue, undefined)).not.toContain('organisation-queue-full');
  });
});

it('shares by cost, not by number: who costs ten times as much is served a tenth as often', () => {
  const { enter, finish, served } = world();
  for (let count = 0; count < 100; count++) {
    enter('heavy');
    enter('light');
  }
  for (let count = 0; count < 100; count++) finish((user) => (user === 'heavy' ? 50 : 5));
  const heavy = served.filter((user) => user === 'heavy').length;
  expect(heavy).toBeGreaterThanOrEqual(5);
  expect(heavy).toBeLessThanOrEqual(15);
});

it('refuses everybody when too much waits in all', () => {
  const { enter } = world({ totalWaiting: 1 });
  enter('anna');
  enter('bert');
  expect(enter('clara')).toBe('queue-full');
});

it('serves everything once, within its limits, and keeps no account afterwards', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('enter' as const), user: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ kind: fc.constant('finish' as const), costMs: fc.nat(100) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { queue, enter, finish, served, running } = world({ concurrency: 3, perUserRunning: 2 });
      let entered = 0;
      for (const action of steps) {
        if (action.kind === 'enter') entered += typeof enter(action.user) === 'string' ? 0 : 1;
        else finish(() => action.costMs);
        expect(queue.running).toBe(running.length);
        expect(queue.running).toBeLessThanOrEqual(3);
        for (const user of ['a', 'b', 'c'])
          expect(running.filter((work) => work.user === user).length).toBeLessThanOrEqual(2);
      }
      while (running.length > 0) finish(() => 10);
      expect(served.length).toBe(entered);
      expect([queue.running, queue.waiting, queue.users]).toEqual([0, 0, 0]);
    }),
  );
});

it('lets nobody starve: a newcomer is served before anybody who waits is served twice', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 200 }),
      (counts, costMs) => {
        const { enter, finish, served } = world();
        counts.forEach((count, user) => {
          for (let request = 0; request < count; request++) enter(`user${user}`);
        });
        finish(() => costMs);
        const before = served.length;
        enter('newcomer');
        while (!served.includes('newcomer')) finish(() => costMs);
        const between = served.slice(before, -1);
        expect(new Set(between).size).toBe(between.length);
      },
    ),
  );
});

it('keeps one organisation from running everything, however many people it has', () => {
  const queue = createFairQueue({ ...limits, concurrency: 4, perOrganisationRunning: 3 });
  const served: string[] = [];
  const tickets: FairQueueTicket[] = [];
  const enter = (user: string, organisation: string): void => {
    const entered = queue.enter(user, () => served.push(user), organisation);
    if (typeof entered !== 'string') tickets.push(entered);
  };
  for (let person = 0; person < 6; person++) enter(`big${person}`, 'big');
  enter('small', 'small');
  expect(served).toEqual(['big0', 'big1', 'big2', 'small']);
  tickets[0]?.release(1);
  expect(served.at(-1)).toBe('big3');
  for (const ticket of tickets) ticket.release(1);
  expect([queue.running, queue.waiting, queue.users]).toEqual([0, 0, 0]);
});

describe('organisations', () => {
  const owner = (user: string): string => user.split('/')[0] ?? '';
  /** The same world, in which users are called `organisation/person`. */
  function tenants(overrides: Partial<FairQueueLimits> = {}) {
    const queue = createFairQueue({ ...limits, ...overrides });
    const served: string[] = [];
    const running: ((costMs: number) => void)[] = [];
    const enter = (user: string): void => {
      const place: { ticket?: FairQueueTicket } = {};
      const entered = queue.enter(
        user,
        () => {
          served.push(user);
          running.push((costMs) => place.ticket?.release(costMs));
        },
        owner(user),
      );
      if (typeof entered !== 'string') place.ticket = entered;
    };
    const finish = (costOf: (organisation: string) => number): void =>
      running.shift()?.(costOf(owner(served.at(-1) ?? '')));
    const countOf = (organisation: string): number => served.filter((user) => owner(user) === organisation).length;
    return { queue, served, enter, finish, countOf };
  }

  it('take turns: one person of a small one does not wait for all people of a big one', () => {
    const { enter, finish, served } = tenants();
    for (let person = 0; person < 50; person++) enter(`big/${person}`);
    enter('small/anna');
    finish(() => 5);
    expect(served).toEqual(['big/0', 'small/anna']);
  });

  it('get the same, however many people they have and however dear their requests are', () => {
    const { enter, finish, countOf } = tenants();
    const costOf = (organisation: string): number => (organisation === 'big' ? 20 : 5);
    for (let request = 0; request < 12; request++)
      for (let person = 0; person < 30; person++) {
        enter(`big/${person}`);
        if (person === 0) for (let more = 0; more < 8; more++) enter('small/anna');
      }
    for (let step = 0; step < 100; step++) finish(costOf);
    const [big, small] = [countOf('big') * 20, countOf('small') * 5];
    expect(big / small).toBeGreaterThan(0.8);
    expect(big / small).toBeLessThan(1.25);
  });

  it('get more by weight', () => {
    const { enter, finish, countOf } = tenants({ weightOf: (name) => (name === 'gold' ? 3 : 1) });
    for (let request = 0; request < 100; request++) {
      enter('gold/anna');
      enter('plain/bert');
    }
    for (let step = 0; step < 80; step++) finish(() => 5);
    const ratio = countOf('gold') / countOf('plain');
    expect(ratio).toBeGreaterThan(2.5);
    expect(ratio).toBeLessThan(3.5);
  });

  it('share among their own people as everybody does', () => {
    const { enter, finish, served } = tenants();
    for (let request = 0; request < 60; request++) enter('big/flooder');
    for (let request = 0; request < 20; request++) enter('other/clara');
    enter('big/anna');
    for (let step = 0; step < 3; step++) finish(() => 5);
    expect(served.slice(0, 4)).toContain('big/anna');
  });

  it('say how many requests run before a newcomer', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 }),
        fc.nat(6),
        (people, newcomersOrganisation) => {
          const { queue, enter, finish, served } = tenants({ quantumMs: 1_000_000, totalWaiting: 10_000 });
          enter('running/now');
          people.forEach((count, organisation) => {
            for (let person = 0; person < count; person++)
              for (let request = 0; request < 30; request++) enter(`${organisation}/${person}`);
          });
          const name = String(newcomersOrganisation);
          const forecast = queue.aheadOf(name);
          enter(`${name}/newcomer`);
          for (let step = 0; step < 3_000 && !served.includes(`${name}/newcomer`); step++) finish(() => 1);
          const ahead = served.length - 2;
          // Whose turn it is just now is not counted exactly: one of each organisation more or less.
          expect(Math.abs(ahead - forecast)).toBeLessThanOrEqual(people.length);
        },
      ),
    );
  });
});
