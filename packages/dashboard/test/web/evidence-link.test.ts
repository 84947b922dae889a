import { expect, it } from 'vitest';
import { evidenceLink } from '../../web/src/evidence-link.ts';

const at = 1_000_000_000;
const time = 'from=999100000&to=1000060000';

it('leads to the statement with its plan, in the time in which it was slow', () => {
  expect(evidenceLink({ kind: 'database.index', evidence: { fingerprint: 'ab12', gain: 4 }, at })).toEqual({
    page: '/database',
    search: `?${time}&plan=ab12`,
  });
});

it('leads to the route among the requests, and in the flame graph', () => {
  expect(evidenceLink({ kind: 'query.rewrite', evidence: { route: 'GET /team', fingerprint: 'ab12' }, at })).toEqual({
    page: '/requests',
    search: `?${time}&route=GET+%2Fteam`,
  });
  expect(evidenceLink({ kind: 'code.stall', evidence: { route: 'POST /sign-in' }, at }).page).toBe('/profiler');
});

it('leads to the page at that time where there is nothing narrower', () => {
  expect(evidenceLink({ kind: 'cache.size', evidence: {}, at })).toEqual({ page: '/cache', search: `?${time}` });
});
