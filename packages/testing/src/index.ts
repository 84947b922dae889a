export { createFakeClock, type FakeClock } from './fake-clock.ts';
export { createSeededRandom, type SeededRandom } from './seeded-random.ts';
export { until, type UntilOptions } from './until.ts';
export { ownPostgresForTest, postgresForTest, type TestPostgres } from './postgres.ts';
export { freePort, redisForTest, type RedisKind, type TestRedis } from './redis.ts';
export { findRedisServer, type RedisServerBinary } from './redis-server-binary.ts';
export { createFaultProxy, type FaultProxy, type Faults } from './fault-proxy.ts';
export { launchBrowser } from './browser.ts';
export { prepareChromium, type ChromiumLaunch } from './chromium.ts';
