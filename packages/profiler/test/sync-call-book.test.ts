import { expect, it } from 'vitest';
import type { Span } from '../src/tracing/span.ts';
import { createSyncCallBook } from '../src/tracing/sync-call-book.ts';
import { openTrace } from '../src/tracing/trace.ts';

const trace = (at: number, spans: readonly Span[]) => ({
  ...openTrace({ kind: 'request', name: 'POST /sign-in', labels: {}, at, begunAt: 0 }),
  spans,
});
const span = (fields: Partial<Span>): Span => ({
  kind: 'crypto',
  name: 'pbkdf2Sync',
  startMs: 3,
  durationMs: 20,
  failed: false,
  isSync: true,
  site: '/srv/sign-in.ts:12',
  ...fields,
});

it('remembers synchronous calls of every request, with their end and place', () => {
  const book = createSyncCallBook();
  for (let request = 0; request < 50; request++) book.add(trace(1_000 * request, [span({})]));
  expect(book.since(0).length).toBe(50);
  expect(book.since(48_000)).toEqual([
    { at: 48_023, durationMs: 20, kind: 'crypto', name: 'pbkdf2Sync', site: '/srv/sign-in.ts:12' },
    { at: 49_023, durationMs: 20, kind: 'crypto', name: 'pbkdf2Sync', site: '/srv/sign-in.ts:12' },
  ]);
});

it('leaves out what is short, asynchronous, without a place, or no call of Node', () => {
  const book = createSyncCallBook();
  const { site: _, ...placeless } = span({});
  book.add(trace(0, [span({ durationMs: 4 }), span({ isSync: false }), placeless, span({ kind: 'function' })]));
  expect(book.since(0)).toEqual([]);
});
