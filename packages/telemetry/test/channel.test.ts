import { onSubscriberError, openChannel } from '@dataguardian/telemetry';
import { describe, expect, it } from 'vitest';

describe('a channel', () => {
  it('hands each event to its subscribers until they end', () => {
    const channel = openChannel<number>('test:numbers');
    const seen: number[] = [];
    const end = channel.subscribe((event) => seen.push(event));
    channel.publish(1);
    end();
    channel.publish(2);
    expect(seen).toEqual([1]);
  });

  it('says whether anybody listens', () => {
    const channel = openChannel<number>('test:listeners');
    const before = channel.hasSubscribers;
    const end = channel.subscribe(() => undefined);
    const during = channel.hasSubscribers;
    end();
    expect([before, during, channel.hasSubscribers]).toEqual([false, true, false]);
  });

  it('keeps a failing subscriber from its publisher and from the others, and reports it', () => {
    const channel = openChannel<number>('test:failing');
    const reported: unknown[] = [];
    const seen: number[] = [];
    const ends = [
      onSubscriberError((name, error) => reported.push([name, error])),
      channel.subscribe(() => {
        throw new Error('broken');
      }),
      channel.subscribe((event) => seen.push(event)),
    ];
    channel.publish(7);
    for (const end of ends) end();
    expect(seen).toEqual([7]);
    expect(reported).toEqual([['test:failing', new Error('broken')]]);
  });
});
