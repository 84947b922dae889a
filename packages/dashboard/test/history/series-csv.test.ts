import { expect, it } from 'vitest';
import { toCsv } from '../../src/history/series-csv.ts';

const summary = { min: null, max: null, last: null, value: null };

it('has a row a point, a column a metric, and nothing where nothing was measured', () => {
  const line = (values: readonly (number | null)[]) =>
    ({ metric: 'requests.p95', unit: 'ms', merge: 'max', values, summary }) as const;
  const csv = toCsv({
    from: 0,
    to: 2_000,
    stepMs: 1_000,
    resolutionMs: 1_000,
    source: 'memory',
    instances: [],
    marks: [],
    lines: [line([1.5, null])],
    compare: { from: 0, to: 0, lines: [line([3, 4])] },
  });
  expect(csv.split('\r\n')).toEqual([
    'time,requests.p95 (ms),requests.p95 (ms) compared',
    '1970-01-01T00:00:00.000Z,1.5,3',
    '1970-01-01T00:00:01.000Z,,4',
    '',
  ]);
});
