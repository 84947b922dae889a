// What a read from Redis by one caller takes, and how much of it is a client's: a bare socket that asks and waits,
// node-redis, and ours, for the same session. All in one process, in turns.
import { once } from 'node:events';
import { connect } from 'node:net';
import type { TestRedis } from '@dataguardian/testing';
import { createClient } from 'redis';
import { createOurs } from './cache-contenders.ts';
import { comparePairs, interleavePairs, summariseSpent } from './cache-measure.ts';
import { SESSION } from './cache-session.ts';

const KEY = 'round-trip';
const BARE = 'a bare socket, the bytes of a GET';

/** Microseconds of one call by each way. */
export async function measureRoundTrip(redis: TestRedis, { isShort }: { readonly isShort: boolean }): Promise<unknown> {
  const client = createClient({ url: redis.url });
  await client.connect();
  const text = JSON.stringify(SESSION);
  await client.set(KEY, text);
  const ours = await createOurs('redis', redis.url, 'rt');
  await ours.set(KEY, SESSION);
  const bare = await openBare(redis.url, KEY, text);
  const ways: Readonly<Record<string, () => unknown>> = {
    [BARE]: bare.read,
    'node-redis GET': () => client.get(KEY),
    'node-redis GET and JSON.parse': async () => JSON.parse((await client.get(KEY)) ?? 'null') as unknown,
    'ours, get': () => ours.get(KEY),
  };
  const spent = await interleavePairs(
    { passes: isShort ? 10 : 40, count: isShort ? 200 : 500, callers: 1, perCall: 1 },
    ways,
  );
  bare.close();
  await Promise.all([client.close(), ours.close()]);
  return {
    'microseconds of a call by the clock, one caller': summariseSpent(spent.clock),
    'microseconds of processor time': summariseSpent(spent.processor),
    'over a bare socket, by the clock': {
      'node-redis GET': comparePairs(spent.clock, 'node-redis GET', BARE),
      'ours, get': comparePairs(spent.clock, 'ours, get', BARE),
    },
    'over node-redis GET and JSON.parse, by the clock': comparePairs(
      spent.clock,
      'ours, get',
      'node-redis GET and JSON.parse',
    ),
  };
}

/** A connection that speaks no more of the protocol than one reply needs. */
async function openBare(url: string, key: string, text: string): Promise<{ read(): Promise<void>; close(): void }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setNoDelay();
  await once(socket, 'connect');
  const request = `*2\r\n$3\r\nGET\r\n$${Buffer.byteLength(key)}\r\n${key}\r\n`;
  const reply = `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
  let received = '';
  let finish: () => void = () => undefined;
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1');
    if (received.length < reply.length) return;
    if (received !== reply) throw new Error('the server answered something else');
    received = '';
    finish();
  });
  return {
    read: () =>
      new Promise((resolve) => {
        finish = resolve;
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}
