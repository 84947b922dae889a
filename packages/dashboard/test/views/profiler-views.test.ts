import { createProfiler, type Span } from '@dataguardian/profiler';
import { describe, expect, it } from 'vitest';
import { BOTTLENECK_WORDS, NEXT_STEPS } from '../../src/views/bottleneck-words.ts';
import { readTrace, readTracedRequest } from '../../src/views/trace-spans.ts';
import { toProblems } from '../../src/views/problems.ts';

describe('a trace', () => {
  it('has the request and its parts in the order in which they began', () => {
    const spans: readonly Span[] = [
      { kind: 'sql', name: 'select $1', startMs: 5, durationMs: 3, failed: false, rowCount: 2, site: 'a.ts:7' },
      { kind: 'cache', name: 'users', startMs: 1, durationMs: 1, failed: false, verdict: 'miss' },
    ];
    const profiler = {
      trace: () => ({
        id: 'r',
        kind: 'request' as const,
        name: 'GET /x',
        labels: {},
        at: 0,
        durationMs: 9,
        failed: false,
        statusCode: 200,
        bytes: 1,
        mediaType: '',
        spans,
        droppedSpanCount: 0,
      }),
    };
    expect(readTrace(profiler, 'r')).toMatchObject([
      { kind: 'request', name: 'GET /x', parentId: null },
      { kind: 'cache', attributes: { verdict: 'miss' } },
      { kind: 'query', location: 'a.ts:7', attributes: { rowCount: 2 } },
    ]);
    expect(readTracedRequest(profiler, 'r')).toEqual({
      requestId: 'r',
      method: 'GET',
      route: '/x',
      statusCode: 200,
      durationMs: 9,
      at: 9,
    });
    expect(readTrace(createProfiler(), 'unknown')).toBeUndefined();
  });
});

describe('the words of bottlenecks', () => {
  it('are there in both languages, with a next step', () => {
    const all = Object.values(BOTTLENECK_WORDS);
    expect(all.length).toBeGreaterThan(25);
    expect(all.filter(({ en, nl, page }) => en === '' || nl === '' || NEXT_STEPS[page].nl === '')).toEqual([]);
  });
});

describe('problems', () => {
  it('come worst first, each with its page and what to do', () => {
    const problems = toProblems(
      [{ name: 'cache', status: 'down', detail: 'gone', since: 5, fallback: null, remedy: null }],
      [],
      [
        {
          rule: 'n-plus-one',
          subject: 'GET /x',
          severity: 'high',
          title: '',
          evidence: {},
          location: 'a.ts:3',
          share: 0.5,
          since: 7,
        },
      ],
    );
    expect(problems).toMatchObject([
      { kind: 'component', severity: 'critical', page: '/cache', since: 5 },
      { kind: 'bottleneck', page: '/database', since: 7, what: { en: 'The same statement for each row: a.ts:3' } },
    ]);
  });
});
