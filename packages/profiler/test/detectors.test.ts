import { detectBottlenecks, type Span, type Stall, type Trace } from '@dataguardian/profiler';
import { describe, expect, it } from 'vitest';
import { isIndependent } from '../src/detectors/data-dependency.ts';
import { maskLiterals, readScans } from '../src/database/plan-reader.ts';
import { toCoarseRoute } from '../src/route-names.ts';
import { peakConcurrency, unionMs } from '../src/tracing/trace.ts';
import { evidenceOf } from './evidence.ts';

const span = (parts: Partial<Span> = {}): Span => ({
  kind: 'sql',
  name: 'select note from t where id = $1',
  fingerprint: 'f1',
  startMs: 0,
  durationMs: 1,
  failed: false,
  verdict: 'off',
  site: '/srv/app/orders.ts:7',
  ...parts,
});

const trace = (spans: readonly Span[], parts: Partial<Trace> = {}): Trace => ({
  id: 't1',
  kind: 'request',
  name: 'GET /orders',
  labels: { route: 'GET /orders' },
  at: 0,
  durationMs: 100,
  failed: false,
  statusCode: 200,
  bytes: 10,
  mediaType: 'application/json',
  spans,
  droppedSpanCount: 0,
  ...parts,
});

const rulesOf = (traces: readonly Trace[]): readonly string[] =>
  detectBottlenecks(evidenceOf({ traces })).map(({ rule }) => rule);

const inTurn = (count: number, parts: Partial<Span> = {}): readonly Span[] =>
  Array.from({ length: count }, (_, index) => span({ startMs: index * 2, ...parts }));

describe('one statement repeated in a request', () => {
  it('is an N+1 from ten times on, one after the other or together', () => {
    expect(rulesOf([trace(inTurn(10))])).toEqual(['n-plus-one']);
    expect(rulesOf([trace(inTurn(10, { startMs: 0 }))])).toEqual(['n-plus-one']);
  });

  it('is none when it is repeated three times, or answered by the query cache, or opens transactions', () => {
    expect(rulesOf([trace(inTurn(3))])).toEqual([]);
    expect(rulesOf([trace(inTurn(30, { verdict: 'hit' }))])).toEqual([]);
    expect(rulesOf([trace(inTurn(30, { name: 'begin' }))])).toEqual([]);
  });

  it('is none in a job that works through batches, or in one request of many', () => {
    expect(rulesOf([trace(inTurn(30), { kind: 'job' })])).toEqual([]);
    expect(rulesOf([trace(inTurn(30)), trace([]), trace([])])).toEqual([]);
  });

  it('names the line that sends it', () => {
    const [first] = detectBottlenecks(evidenceOf({ traces: [trace(inTurn(12))] }));
    expect(first).toMatchObject({ location: '/srv/app/orders.ts:7', evidence: { repeatCount: 12 } });
  });
});

describe('awaits in turn', () => {
  const lines = (text: string) => ({
    lineText: (_file: string, line: number) => text.split('\n')[line - 1] ?? '',
  });
  const at = (...numbers: readonly number[]) => numbers.map((line) => ({ file: '/a.ts', line }));

  it('could run together when no result is used by a later one', () => {
    const source = lines('const a = await load(1);\nconst b = await load(2);\nreturn a + b;');
    expect(isIndependent(at(1, 2), source)).toBe(true);
  });

  it('could not when a later one uses an earlier result, directly or through what is computed between', () => {
    expect(isIndependent(at(1, 2), lines('const a = await load(1);\nconst b = await load(a.id);'))).toBe(false);
    expect(
      isIndependent(at(1, 3), lines('const a = await load(1);\nconst id = a.id;\nconst b = await load(id);')),
    ).toBe(false);
  });

  it('could not when something is decided between them, or the source cannot be read', () => {
    const deciding = lines('const a = await load(1);\nif (a === undefined) return;\nconst b = await load(2);');
    expect(isIndependent(at(1, 3), deciding)).toBe(false);
    expect(isIndependent(at(1, 2), lines(''))).toBe(false);
  });

  it('of a loop could, unless one turn may end it', () => {
    expect(isIndependent(at(2, 2), lines('for (const url of urls) {\n  await fetch(url);\n}'))).toBe(true);
    expect(isIndependent(at(2, 2), lines('for (const url of urls) {\n  if (await fetch(url)) break;\n}'))).toBe(false);
    expect(isIndependent(at(2, 2), lines('while (next) {\n  next = await fetch(next);\n}'))).toBe(false);
  });
});

describe('what follows from something else', () => {
  it('steps back when its cause is found', () => {
    const slow = {
      name: 'GET /orders',
      count: 50,
      errorCount: 0,
      totalMs: 20_000,
      meanMs: 400,
      minMs: 300,
      lastAt: 0,
      p50Ms: 400,
      p95Ms: 450,
      p99Ms: 460,
      maxMs: 460,
    };
    const alone = detectBottlenecks(evidenceOf({ routes: [slow] }));
    expect(alone.map(({ rule, severity }) => [rule, severity])).toEqual([['slow-route', 'medium']]);
    const explained = detectBottlenecks(evidenceOf({ routes: [slow], traces: [trace(inTurn(12))] }));
    expect(explained.map(({ rule, severity }) => [rule, severity])).toEqual([
      ['n-plus-one', 'medium'],
      ['slow-route', 'low'],
    ]);
  });

  it('is found by no rule when there is no evidence', () => {
    expect(detectBottlenecks(evidenceOf({}))).toEqual([]);
  });
});

describe('spans', () => {
  it('cover their time once where they overlap', () => {
    const spans = [
      span({ durationMs: 10 }),
      span({ startMs: 5, durationMs: 10 }),
      span({ startMs: 30, durationMs: 5 }),
    ];
    expect(unionMs(spans)).toBe(20);
    expect(peakConcurrency(spans)).toBe(2);
  });
});

describe('nothing personal', () => {
  it('is in a plan that is read', () => {
    const plan = [
      {
        Plan: {
          'Node Type': 'Seq Scan',
          'Relation Name': 'people',
          'Plan Rows': 3,
          Filter: "(email = 'anna@example.org'::text)",
        },
      },
    ];
    expect(readScans(plan)).toEqual([{ table: 'people', keptRowCount: 3, condition: '(email = ?::text)' }]);
    expect(maskLiterals("update t set a = 'Anna''s', b = 42 where id = $1")).toBe(
      'update t set a = ?, b = ? where id = $1',
    );
  });

  it('is in the route of a server that does not tell its routes', () => {
    expect(toCoarseRoute('/customers/anna?mail=a@b.nl')).toBe('/customers/*');
    expect(toCoarseRoute('/anna@example.org')).toBe('/*');
    expect(toCoarseRoute('/0612345678')).toBe('/*');
    expect(toCoarseRoute('/')).toBe('/');
  });
});

describe('a loop that stands still for two seconds', () => {
  const stall: Stall = {
    at: 3_000,
    durationMs: 2_000,
    cause: 'code',
    place: { functionName: '(anonymous)', file: '/srv/app/report.ts', line: 12, cause: 'code' },
    stack: [],
    labels: {},
    waitingCount: 0,
    cpuRatio: 1,
    isStartUp: true,
    isLoading: false,
  };
  const claimsOf = (parts: Partial<Stall>): readonly string[] =>
    detectBottlenecks(evidenceOf({ stalls: [{ ...stall, ...parts }] })).map(
      ({ rule, location }) => `${rule} ${location}`,
    );

  it('is reported with its line, also when nobody waited for it', () => {
    expect(claimsOf({})).toEqual(['blocked-event-loop /srv/app/report.ts:12']);
  });

  it('is not held against a module that is loaded, unless somebody waited', () => {
    expect(claimsOf({ isLoading: true })).toEqual([]);
    expect(claimsOf({ isLoading: true, waitingCount: 1 })).toEqual(['blocked-event-loop /srv/app/report.ts:12']);
  });
});
