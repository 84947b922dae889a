import { cacheLoads, cacheLoadStarts, cacheReads, queries, admissions } from '@dataguardian/telemetry';
import { toSite } from '../call-site.ts';
import type { Instrument } from './instrument.ts';

/** Reads shorter than this are answered from memory and would only fill the trace. */
const SHORTEST_CACHE_MS = 0.2;

/** Turns what the platform's modules publish into spans: statements, cache reads and loads, waits at the gate. */
export const instrumentModules: Instrument = ({ clock, tracer, sites }) => {
  const ends = [
    queries.subscribe(({ fingerprint, statement, durationMs, waitMs, rowCount, verdict, failed, caller, callers }) => {
      const trace = tracer.current();
      const known = caller === undefined ? undefined : [caller, ...(callers ?? [])];
      const trail = known ?? sites.trail(`${trace?.name ?? ''}\n${fingerprint}`);
      tracer.record(
        {
          kind: 'sql',
          name: statement,
          fingerprint,
          begunAt: clock.monotonic() - durationMs,
          durationMs,
          waitMs,
          rowCount,
          verdict,
          failed,
          ...toSite(trail),
        },
        trace,
      );
    }),
    cacheReads.subscribe(({ namespace, outcome, durationMs }) => {
      const trace = tracer.current();
      if (trace === undefined || (outcome === 'hit-memory' && durationMs < SHORTEST_CACHE_MS)) return;
      const site = outcome === 'hit-memory' ? undefined : sites.find(`${trace.name}\ncache ${namespace}`);
      tracer.record({
        kind: 'cache',
        name: namespace,
        begunAt: clock.monotonic() - durationMs,
        durationMs,
        failed: false,
        verdict: outcome,
        ...(site === undefined ? {} : { site }),
      });
    }),
    // When it ends, nobody who asked is on the stack any more: the place is found now and remembered.
    cacheLoadStarts.subscribe(({ namespace }) => {
      const trace = tracer.current();
      if (trace !== undefined) sites.find(`${trace.name}\nload ${namespace}`);
    }),
    cacheLoads.subscribe(({ namespace, durationMs, failed }) => {
      const trace = tracer.current();
      if (trace === undefined) return;
      const site = sites.find(`${trace.name}\nload ${namespace}`);
      const begunAt = clock.monotonic() - durationMs;
      tracer.record({
        kind: 'load',
        name: namespace,
        begunAt,
        durationMs,
        failed,
        ...(site === undefined ? {} : { site }),
      });
    }),
    admissions.subscribe(({ kind, waitMs, decision }) => {
      if (waitMs <= 0 || tracer.current() === undefined) return;
      const begunAt = clock.monotonic() - waitMs;
      tracer.record({ kind: 'queue', name: kind, begunAt, durationMs: waitMs, failed: decision === 'shed' });
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
};
