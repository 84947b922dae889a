import { randomBytes } from 'node:crypto';
import { type Cache, createCache } from '@dataguardian/cache';
import { until } from '@dataguardian/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { describeNamespaceContract, type OpenNamespace } from '../contract/namespace-contract.ts';
import { redisWorld, type RedisWorld } from './worlds.ts';

let world: RedisWorld;
let cache: Cache;
let downed: Cache;
let alone: Cache;
let count = 0;
beforeAll(async () => {
  world = await redisWorld();
  const encryption = { currentKeyId: 'k1', keys: { k1: randomBytes(32) } };
  [cache, downed] = await Promise.all([world.open({ encryption }), world.open({ redisUrl: 'redis://127.0.0.1:1' })]);
  alone = createCache();
  await until(() => cache.health().status === 'up' && downed.health().status === 'degraded');
});
afterAll(async () => {
  await alone.close();
  await world.close();
});

const openOn =
  (from: () => Cache, fixed: object): OpenNamespace =>
  async (policy) =>
    from().namespace<unknown>(`contract-${count++}`, { ttlMs: 600_000, ...fixed, ...policy });

const contexts: readonly (readonly [name: string, open: OpenNamespace])[] = [
  ['without Redis', openOn(() => alone, {})],
  ['in memory', openOn(() => cache, { tiers: 'memory' })],
  ['in Redis', openOn(() => cache, { tiers: 'redis' })],
  ['in both tiers', openOn(() => cache, {})],
  ['in both tiers, private', openOn(() => cache, { private: true })],
  ['while Redis is away', openOn(() => downed, {})],
];
describe.each(contexts)('a namespace %s', (_, open) => {
  describeNamespaceContract(open);
});
