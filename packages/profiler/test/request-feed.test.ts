import { requests } from '@dataguardian/telemetry';
import { createFakeClock } from '@dataguardian/testing';
import { expect, it } from 'vitest';
import { createRequestFeed } from '../src/request-feed.ts';

const publish = (requestId: string): void =>
  requests.publish({
    requestId,
    method: 'GET',
    route: '/orders',
    statusCode: 200,
    durationMs: 3,
    bytes: 0,
    userId: undefined,
    organisationId: undefined,
  });

/** A feed with two listeners, the first of which fails. */
const world = () => {
  const clock = createFakeClock();
  const heard: string[] = [];
  const failures: unknown[] = [];
  const feed = createRequestFeed(
    () => clock.now(),
    (error) => failures.push(error),
  );
  const startedAt = clock.now();
  feed.subscribe(() => {
    throw new Error('a listener that fails');
  });
  feed.subscribe(({ requestId }, at) => heard.push(`${requestId} at ${at - startedAt}`));
  feed.start();
  return { clock, heard, failures, feed };
};

it('tells of requests in batches, with the moment at which each ended, whatever other listeners do', async () => {
  const { clock, heard, failures, feed } = world();
  publish('first');
  await clock.advance(40);
  publish('second');
  expect(heard).toEqual([]);
  feed.settle();
  expect([heard, failures.length]).toEqual([['first at 0', 'second at 40'], 2]);
  feed.stop();
});

it('keeps no more than sixteen waiting, and nobody when it stops', () => {
  const { heard, feed } = world();
  for (let request = 0; request < 15; request++) publish('many');
  expect(heard).toHaveLength(0);
  publish('sixteenth');
  expect(heard).toHaveLength(16);
  publish('last');
  feed.stop();
  expect(heard.at(-1)).toBe('last at 0');
  publish('unheard');
  feed.settle();
  expect(heard).toHaveLength(17);
});
