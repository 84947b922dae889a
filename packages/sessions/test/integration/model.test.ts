import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Session, Sessions } from '@dataguardian/sessions';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ANNA, MINUTE, sessionWorld, type SessionWorld } from './session-world.ts';

const RUNS = Number(process.env['SESSIONS_MODEL_RUNS'] ?? 15);
const IDLE_MS = 30 * MINUTE;
const ABSOLUTE_MS = 60 * MINUTE;

/** What a session should be, by the words of the documentation. */
interface ModelSession {
  readonly userId: string;
  readonly handle: string;
  readonly createdAt: number;
  /** Every token it ever had; the last one is good. */
  readonly tokens: string[];
  readonly data: Record<string, number>;
  lastSeenAt: number;
  isEnded: boolean;
}
interface Model {
  readonly sessions: ModelSession[];
}
interface Real {
  readonly nodes: readonly [Sessions, Sessions];
  readonly world: SessionWorld;
}
type Command = fc.AsyncCommand<Model, Real>;

let world: SessionWorld;
beforeEach(async () => {
  world = await sessionWorld();
});
afterEach(() => world.close());

const isLive = ({ isEnded, createdAt, lastSeenAt }: ModelSession, now: number): boolean =>
  !isEnded && now < Math.min(createdAt + ABSOLUTE_MS, lastSeenAt + IDLE_MS);

/** A step of one node. What it sent and what others must hear of it has arrived when the step is over. */
function command(name: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return {
    check: () => true,
    toString: () => name,
    async run(model, real) {
      await run(model, real);
      await real.world.settled();
    },
  };
}

const nodeIndex = fc.nat(1);
const pick = fc.nat(30);
const nodeOf = ({ nodes }: Real, index: number): Sessions => nodes[index === 0 ? 0 : 1];

/** Opens a session by its latest token, and holds it against the model. */
async function resume(chosen: ModelSession, real: Real, node: number): Promise<Session | undefined> {
  const now = real.world.clock.now();
  const session = await nodeOf(real, node).resume(chosen.tokens.at(-1) ?? '');
  if (!isLive(chosen, now)) {
    assert.equal(session, undefined);
    return undefined;
  }
  chosen.lastSeenAt = now;
  assert.deepEqual([session?.userId, session?.handle], [chosen.userId, chosen.handle]);
  for (const key of ['a', 'b']) assert.equal(session?.get(key), chosen.data[key]);
  return session;
}

const withSession = (
  name: string,
  index: number,
  run: (chosen: ModelSession, real: Real, model: Model) => Promise<void>,
): Command =>
  command(`${name} #${index}`, async (model, real) => {
    const chosen = model.sessions[index % Math.max(1, model.sessions.length)];
    if (chosen !== undefined) await run(chosen, real, model);
  });

const commands = [
  fc.tuple(nodeIndex, fc.constantFrom('anna', 'bert')).map(([node, userId]) =>
    command(`start ${userId} on ${node}`, async (model, real) => {
      const { session, token } = await nodeOf(real, node).start({ ...ANNA, userId });
      const now = real.world.clock.now();
      const { handle } = session;
      model.sessions.push({
        userId,
        handle,
        createdAt: now,
        tokens: [token],
        data: {},
        lastSeenAt: now,
        isEnded: false,
      });
    }),
  ),
  fc.tuple(nodeIndex, pick).map(([node, index]) =>
    withSession(`resume on ${node}`, index, async (chosen, real) => {
      await resume(chosen, real, node);
      for (const former of chosen.tokens.slice(0, -1)) assert.equal(await nodeOf(real, node).resume(former), undefined);
    }),
  ),
  fc.tuple(nodeIndex, pick, fc.constantFrom('a', 'b'), fc.integer()).map(([node, index, key, value]) =>
    withSession(`set ${key}=${value} on ${node}`, index, async (chosen, real) => {
      const session = await resume(chosen, real, node);
      if (session === undefined) return;
      await session.set(key, value);
      chosen.data[key] = value;
    }),
  ),
  fc.tuple(nodeIndex, pick).map(([node, index]) =>
    withSession(`increment on both, first ${node}`, index, async (chosen, real) => {
      const [mine, other] = [await resume(chosen, real, node), await resume(chosen, real, 1 - node)];
      if (mine === undefined || other === undefined) return;
      await Promise.all([mine.increment('a'), other.increment('a'), other.increment('b', 2)]);
      chosen.data['a'] = (chosen.data['a'] ?? 0) + 2;
      chosen.data['b'] = (chosen.data['b'] ?? 0) + 2;
    }),
  ),
  fc.tuple(nodeIndex, pick).map(([node, index]) =>
    withSession(`rotate on ${node}`, index, async (chosen, real) => {
      const rotated = await nodeOf(real, node).rotate(chosen.tokens.at(-1) ?? '');
      assert.equal(rotated !== undefined, isLive(chosen, real.world.clock.now()));
      if (rotated === undefined) chosen.isEnded = true;
      else chosen.tokens.push(rotated.token);
    }),
  ),
  fc.tuple(nodeIndex, pick).map(([node, index]) =>
    withSession(`revoke on ${node}`, index, async (chosen, real) => {
      const wasLive = isLive(chosen, real.world.clock.now());
      const existed = await nodeOf(real, node).revoke(chosen.handle);
      // What has expired may or may not have been removed already.
      assert.ok(existed || !wasLive);
      chosen.isEnded = true;
    }),
  ),
  fc.tuple(nodeIndex, pick).map(([node, index]) =>
    withSession(`revoke others on ${node}`, index, async (chosen, real, model) => {
      await nodeOf(real, node).revokeUser(chosen.userId, { exceptHandle: chosen.handle });
      for (const other of model.sessions) if (other.userId === chosen.userId && other !== chosen) other.isEnded = true;
    }),
  ),
  fc.integer({ min: 5_000, max: 20 * MINUTE }).map((ms) =>
    command(`advance ${ms}`, async (_model, real) => {
      await real.world.clock.advance(ms);
    }),
  ),
  fc.tuple(nodeIndex, pick, fc.integer({ min: 10, max: 28 })).map(([node, index, minutes]) =>
    withSession(`use on ${node} every ${minutes} minutes`, index, async (chosen, real) => {
      for (let step = 0; step < 3; step++) {
        await real.world.clock.advance(minutes * MINUTE);
        await real.world.settled();
        await resume(chosen, real, node);
      }
    }),
  ),
  fc.tuple(nodeIndex, fc.constantFrom('anna', 'bert')).map(([node, userId]) =>
    command(`list ${userId} on ${node}`, async (model, real) => {
      const now = real.world.clock.now();
      const listed = (await nodeOf(real, node).list(userId)).map(({ handle }) => handle);
      const expected = model.sessions.filter((session) => session.userId === userId && isLive(session, now));
      assert.deepEqual(listed.toSorted(), expected.map(({ handle }) => handle).toSorted());
    }),
  ),
];

it('sessions on two nodes behave as a single list of sessions would, whatever is done to them', async () => {
  const details = await fc.check(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 25 }), async (steps) => {
      const node = (): Sessions =>
        world.node({
          withBus: true,
          idleTimeoutMs: IDLE_MS,
          absoluteTimeoutMs: ABSOLUTE_MS,
          perUserLimit: 1_000,
          touchIntervalMs: 1,
          renewalIntervalMs: 0,
        });
      const nodes = [node(), node()] as const;
      try {
        await fc.asyncModelRun(() => ({ model: { sessions: [] }, real: { nodes, world } }), steps);
      } finally {
        await Promise.all(nodes.map((sessions) => sessions.close()));
        await world.pool.query('truncate sessions, session_activity');
      }
    }),
    { numRuns: RUNS },
  );
  expect(fc.defaultReportMessage(details)).toBeUndefined();
}, 120_000);
